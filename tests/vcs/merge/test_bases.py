"""Merge bases: the plain ones, and those made up of several ancestors."""

from asterism.vcs.manifest import Entry
from asterism.vcs.merge import History, find_base, from_entries, make_plan
from tests.vcs.merge.worlds import STORE, file, read

Trees = dict[str, list[Entry]]


def history(parents: dict[str, list[str]], trees: Trees) -> History:
    order = {name: number for number, name in enumerate(parents)}
    return History(lambda name: parents.get(name, []), lambda name: order[name], lambda name: trees[name])


def text(*lines: str) -> list[Entry]:
    return [file("p", "".join(f"{line}\n" for line in lines))]


def test_strangers_have_the_empty_tree_and_one_ancestor_is_the_base():
    past = history({"a": [], "b": ["a"], "c": ["a"], "d": []}, {})
    assert find_base("b", "d", past, read).kind == "empty"
    found = find_base("b", "c", past, read)
    assert (found.kind, found.snapshots, found.entries) == ("snapshot", ("a",), None)


def test_a_criss_cross_of_edits_apart_merges_cleanly():
    parents = {"r": [], "a": ["r"], "b": ["r"], "x": ["a", "b"], "y": ["b", "a"]}
    both = ("A", "2", "3", "4", "B")
    trees = {
        "r": text("1", "2", "3", "4", "5"),
        "a": text("A", "2", "3", "4", "5"),
        "b": text("1", "2", "3", "4", "B"),
        "x": text("A", "x", "3", "4", "B"),
        "y": text(*both),
    }
    found = find_base("x", "y", history(parents, trees), read)
    assert (found.kind, found.snapshots) == ("virtual", ("a", "b"))
    assert found.entries == tuple(text(*both))
    assert len(found.contents) == 1
    assert make_plan(from_entries(found.entries, trees["x"], trees["y"]), read).is_empty


def test_where_the_ancestors_conflict_the_base_is_what_they_came_from():
    parents = {"r": [], "a": ["r"], "b": ["r"], "x": ["a", "b"], "y": ["b", "a"]}
    trees = {"r": text("1"), "a": text("A"), "b": text("B"), "x": text("A"), "y": text("B")}
    found = find_base("x", "y", history(parents, trees), read)
    assert found.entries == tuple(text("1"))
    (decision,) = make_plan(from_entries(found.entries, trees["x"], trees["y"]), read).decisions
    assert decision.kind == "content"
    trees["r"] = []
    assert find_base("x", "y", history(parents, trees), read).entries == ()


def crossing(depth: int) -> tuple[dict[str, list[str]], Trees]:
    """A history whose two lines merged each other `depth` times, each with an edit of its own in between."""
    parents: dict[str, list[str]] = {"r": [], "a0": ["r"], "b0": ["r"]}
    lines = ["-"] * (4 * depth + 9)
    trees = {"r": text(*lines)}

    def with_line(at: int, word: str) -> list[Entry]:
        lines[at] = word
        return text(*lines)

    trees["a0"], trees["b0"] = with_line(0, "a0"), with_line(2, "b0")
    for level in range(1, depth + 1):
        for side, other, at in (("a", "b", 4 * level), ("b", "a", 4 * level + 2)):
            parents[f"{side}{level}"] = [f"{side}{level - 1}", f"{other}{level - 1}"]
            trees[f"{side}{level}"] = with_line(at, f"{side}{level}")
    return parents, trees


def test_crossings_up_to_depth_8_have_a_virtual_base_and_deeper_ones_the_newest_ancestor():
    parents, trees = crossing(30)
    past = history(parents, trees)
    assert find_base("a1", "b1", past, read).kind == "virtual"
    assert find_base("a8", "b8", past, read).kind == "virtual"
    for level in (9, 30):
        found = find_base(f"a{level}", f"b{level}", past, read)
        assert (found.kind, found.snapshots) == ("snapshot", (f"b{level - 1}",))


def test_more_than_16_best_ancestors_are_too_many():
    for width, kind in ((16, "virtual"), (17, "snapshot")):
        names = [f"s{number}" for number in range(width)]
        parents = {"r": [], **{name: ["r"] for name in names}, "x": names, "y": names}
        trees = {name: [file("p", "p"), file(name, name)] for name in [*names, "r"]}
        found = find_base("x", "y", history(parents, trees), read)
        assert found.kind == kind
        if kind == "virtual":
            assert {entry.path for entry in found.entries or ()} == {"p", *names}
        else:
            assert found.snapshots == ("s16",)


def test_a_history_in_circles_has_a_base():
    parents = {"a": ["b"], "b": ["a"], "x": ["a"], "y": ["b"]}
    assert find_base("x", "y", history(parents, {}), read).kind == "snapshot"


def test_contents_of_the_virtual_base_can_be_read_by_the_merge_on_it():
    parents = {"r": [], "a": ["r"], "b": ["r"], "x": ["a", "b"], "y": ["b", "a"]}
    trees = {
        "r": text("1", "2", "3", "4", "5"),
        "a": text("A", "2", "3", "4", "5"),
        "b": text("1", "2", "3", "4", "B"),
        "x": text("A", "2", "x", "4", "B"),
        "y": text("y", "2", "3", "4", "B"),
    }
    found = find_base("x", "y", history(parents, trees), read)

    def reader(hashes):
        return {name: found.contents.get(name) or STORE[name] for name in hashes}

    plan = make_plan(from_entries(found.entries or (), trees["x"], trees["y"]), reader)
    assert [action.content for action in plan.actions] == [b"y\n2\nx\n4\nB\n"]
