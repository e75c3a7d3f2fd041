"""Keeping a conversation short: what goes, what stays, what is cited."""

from asterism.kernel.agents.builtin import context
from asterism.kernel.llm import Text, ToolCall, ToolResult, Turn


def step(number: int, length: int = 4000) -> list[Turn]:
    call = ToolCall(f"c{number}", "read", '{"filePath": "a.py"}')
    return [
        Turn("assistant", parts=(Text(f"Step {number}."), call)),
        Turn("user", parts=(ToolResult(call.id, f"{number}" * length),)),
    ]


TURNS = [Turn("user", "Do it."), *(turn for number in range(8) for turn in step(number))]


def test_old_results_go_first_and_calls_keep_a_result() -> None:
    after = context.pruned(TURNS, 2500)
    results = [part.text for turn in after for part in turn.content if isinstance(part, ToolResult)]
    assert results[0] == context.REMOVED
    assert results[-1] == "7" * 4000
    assert len(after) == len(TURNS)
    assert context.size(after) < context.size(TURNS)


def test_a_division_parts_no_call_from_its_result() -> None:
    for keep in range(0, 12_000, 500):
        old, new = context.divided(TURNS, keep)
        assert [*old, *new] == TURNS
        assert not any(isinstance(part, ToolResult) for turn in new[:1] for part in turn.content)


def test_citations_name_passages_that_there_are() -> None:
    text = context.cited("It was asked [1] and read [2][3], and invented [99].", TURNS)
    assert "[99]" not in text
    assert text.endswith('Sources:\n[1] user: Do it.\n[2] assistant: read {"filePath": "a.py"}\n[3] user: ' + "0" * 80)


def test_the_oldest_turns_are_dropped_first() -> None:
    turns = [Turn("user", "old " * 100), Turn("assistant", "older"), Turn("user", "new")]
    assert context.fitting(turns, 20) == turns[1:]
    assert context.fitting(turns, 1) == []
