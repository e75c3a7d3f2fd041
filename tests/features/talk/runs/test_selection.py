"""The filling order of prompts, with the worked example of Starbot 6.6."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.features.talk.runs.models import ContextItem
from asterism.features.talk.runs.selection import Document, DoesNotFit, Filled, Line, Material, base_window, fill
from asterism.features.talk.runs.tokens import estimate, shortened


def item(name: str, tokens: int, *, source: str = "s", rank: bool = True) -> ContextItem:
    return ContextItem("project_memory", source, None, name, None, "rank" if rank else "fill", None, tokens, "x")


def line(number: int, tokens: int) -> Line:
    return Line(f"m{number}", "user" if number % 2 else "assistant", "x" * (tokens - 4) * 4, tokens)


def total(filled: Filled, fixed: int) -> int:
    items = [one for group in filled.documents for one in group] + filled.retrieved
    return fixed + sum(one.tokens + 20 for one in items) + sum(one.tokens for one in filled.lines)


def test_the_worked_example() -> None:
    lines = [line(n, 214) for n in range(1, 61)] + [line(61, 244)]
    chunks = {"p1": 410, "p2": 720, "p3": 540, "p4": 600, "p5": 780}
    places = {name: place for place, name in enumerate(chunks)}
    project = Document(
        whole=item("whole", 3050),
        ranked=tuple(item(name, chunks[name]) for name in ("p3", "p1", "p5", "p2", "p4")),
        k=5,
        places=places,
    )
    workspace = Document(whole=item("w", 620, source="w"))
    found = tuple(item(f"e{n}", tokens, source=f"old{n}") for n, tokens in enumerate((780, 640, 800, 300, 450)))
    material = Material(lines, [workspace, project], found, 350, 16_000, 28_000)
    assert [one.id for one in base_window(material)] == [f"m{n}" for n in range(33, 62)]
    filled = fill(material)
    assert [one.chunk_id for one in filled.documents[0]] == ["w"]
    assert [one.chunk_id for one in filled.documents[1]] == ["p1", "p3", "p5"]
    assert [one.tokens for one in filled.retrieved] == [780, 640, 800, 300, 450]
    assert [one.id for one in filled.lines] == [f"m{n}" for n in range(20, 62)]
    assert sum(one.tokens for one in filled.lines) == 9_018
    assert total(filled, 350) == 14_868


def test_the_first_candidate_that_does_not_fit_stops_the_rest() -> None:
    found = (item("a", 100, source="a"), item("b", 9_000, source="b"), item("c", 10, source="c"))
    filled = fill(Material([line(1, 20)], [], found, 100, 8_000, 30_000))
    assert [one.chunk_id for one in filled.retrieved] == ["a"]


def test_a_message_that_enters_the_window_is_not_shown_twice() -> None:
    lines = [line(n, 1_000) for n in range(1, 9)]
    filled = fill(Material(lines, [], (item("x", 50, source="m3"), item("y", 50, source="m1")), 100, 8_000, 30_000))
    shown = {one.id for one in filled.lines}
    assert "m3" in shown
    assert [one.source_id for one in filled.retrieved] == ["m1"]


def test_a_huge_message_borrows_and_stands_alone() -> None:
    lines = [line(1, 50), line(2, 50), line(3, 20_000)]
    filled = fill(Material(lines, [Document(item("d", 500))], (item("e", 100),), 300, 8_000, 30_000))
    assert [one.id for one in filled.lines] == ["m3"]
    assert filled.documents == [[]]
    assert filled.retrieved == []
    with pytest.raises(DoesNotFit) as problem:
        fill(Material(lines, [], (), 300, 8_000, 15_000))
    assert 0 < problem.value.limit < 15_000


def test_the_message_before_is_shortened_rather_than_left_out() -> None:
    filled = fill(Material([line(1, 9_000), line(2, 100)], [], (), 300, 8_000, 30_000))
    assert [one.id for one in filled.lines] == ["m1", "m2"]
    assert "shortened" in filled.lines[0].text


def test_chunks_in_document_order_fill_up_when_few_match() -> None:
    places = {f"c{n}": n for n in range(4)}
    document = Document(
        whole=item("whole", 9_000),
        ranked=(item("c2", 300),),
        in_order=tuple(item(f"c{n}", 300, rank=False) for n in range(4)),
        k=3,
        places=places,
    )
    (chosen,) = fill(Material([line(1, 20)], [document], (), 100, 8_000, 30_000)).documents
    assert [(one.chunk_id, one.selected_by) for one in chosen] == [("c0", "fill"), ("c1", "fill"), ("c2", "rank")]


sizes = st.lists(st.integers(5, 3_000), max_size=30)


@settings(max_examples=200)
@given(sizes, st.integers(5, 7_000), st.lists(st.integers(1, 4_000), max_size=2), sizes, st.integers(100, 1_200))
def test_the_estimate_never_exceeds_the_budget_unless_the_question_alone_does(
    before: list[int], newest: int, documents: list[int], found: list[int], fixed: int
) -> None:
    lines = [line(n, tokens) for n, tokens in enumerate([*before, newest])]
    material = Material(
        lines,
        [Document(item(f"d{n}", tokens, source=f"d{n}")) for n, tokens in enumerate(documents)],
        tuple(item(f"c{n}", tokens, source=f"c{n}") for n, tokens in enumerate(found)),
        fixed,
        8_000,
        100_000,
    )
    filled = fill(material)
    assert filled.lines[-1] == lines[-1]
    assert [one.id for one in filled.lines] == [one.id for one in lines[len(lines) - len(filled.lines) :]]
    assert total(filled, fixed) <= 8_000 or newest + fixed > 3_200


@given(st.text(min_size=500, max_size=3_000), st.integers(60, 100))
def test_shortening_keeps_both_ends_within_the_room(text: str, tokens: int) -> None:
    short = shortened(text, tokens, "[… shortened …]")
    assert estimate(short) <= tokens + 1
    assert short[:10] == text[:10]
    assert short[-8:] == text[-8:]
