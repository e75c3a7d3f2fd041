"""Best common ancestors, on histories as they come and as they should not."""

from hypothesis import given
from hypothesis import strategies as st

from asterism.vcs.dag import ancestors, best_common_ancestors, is_ancestor


def parents_of(history: dict[str, list[str]]):
    return lambda snapshot: history.get(snapshot, [])


def best(history: dict[str, list[str]], one: str, other: str) -> set[str]:
    return set(best_common_ancestors(one, other, parents_of(history)))


def test_a_head_is_its_own_ancestor():
    history = {"b": ["a"], "c": ["b"]}
    assert best(history, "c", "c") == {"c"}
    assert best(history, "c", "b") == {"b"}
    assert is_ancestor("a", "c", parents_of(history))
    assert not is_ancestor("c", "a", parents_of(history))


def test_the_fork_is_the_base_and_nothing_older():
    assert best({"b": ["a"], "x": ["b"], "y": ["b"]}, "x", "y") == {"b"}


def test_strangers_have_none_and_unknown_parents_are_leaves():
    assert best({"x": ["lost"], "y": ["gone"]}, "x", "y") == set()
    assert best({"x": ["lost"], "y": ["lost"]}, "x", "y") == {"lost"}


def test_a_criss_cross_has_two():
    history = {"a": ["r"], "b": ["r"], "x": ["a", "b"], "y": ["b", "a"]}
    assert best(history, "x", "y") == {"a", "b"}


def test_circles_end_and_one_of_a_circle_stands_for_it():
    assert best({"a": ["b"], "b": ["a"], "x": ["a"], "y": ["b"]}, "x", "y") <= {"a", "b"}
    assert len(best({"a": ["b"], "b": ["a"], "x": ["a"], "y": ["b"]}, "x", "y")) == 1
    assert best({"a": ["a"], "x": ["a"], "y": ["a"]}, "x", "y") == {"a"}
    assert best({"x": ["y"], "y": ["x"]}, "x", "y") == {"x"}
    history = {"x": ["c", "a"], "y": ["a", "c"], "a": ["b"], "b": ["a"], "c": ["d"], "d": ["c", "a"]}
    assert len(best(history, "x", "y")) == 1
    assert best(history, "x", "y") <= {"c", "d"}


def test_each_of_two_circles_has_one_that_stands_for_it():
    circles = {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}
    assert best({**circles, "x": ["a", "c"], "y": ["c", "a"]}, "x", "y") == {"a", "c"}


@st.composite
def histories(draw):
    size = draw(st.integers(1, 12))
    return {
        str(number): [str(parent) for parent in draw(st.lists(st.integers(0, number - 1), max_size=3, unique=True))]
        if number
        else []
        for number in range(size)
    }


@given(histories(), st.data())
def test_the_best_are_those_below_no_other_common_ancestor(history, data):
    names = st.sampled_from(sorted(history))
    one, other = data.draw(names), data.draw(names)
    known = parents_of(history)
    common = set(ancestors([one], known)) & set(ancestors([other], known))
    expected = {
        found for found in common if not any(later != found and is_ancestor(found, later, known) for later in common)
    }
    assert best(history, one, other) == expected


def test_a_long_history_is_no_trouble():
    history = {str(number): [str(number - 1)] for number in range(1, 50_000)}
    assert best(history, "49999", "40000") == {"40000"}
