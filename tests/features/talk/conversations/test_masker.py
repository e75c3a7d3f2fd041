"""Masking what an agent tells: in every event, however a value comes in pieces (Beyond 11)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.features.talk.conversations.masker import Masker
from asterism.kernel.agents import (
    AgentEvent,
    Ended,
    MessageInfo,
    MessageTime,
    MessageUpdated,
    PartUpdated,
    TextPart,
    ToolPart,
    ToolState,
)

SECRETS = ("abcd", "sk-12345")


def text(part: str, said: str) -> PartUpdated:
    return PartUpdated(TextPart(part, "ses", "msg", said), "delta")


def shown(events: list[AgentEvent]) -> list[str]:
    return [one.part.text for one in events if isinstance(one, PartUpdated) and isinstance(one.part, TextPart)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c", "d", "ab", "cd", "x", " ", "sk-1", "2345", "sk-12345"]), max_size=12))
def test_no_event_shows_what_is_masked_in_the_end(pieces: list[str]) -> None:
    masker, whole, seen = Masker(SECRETS), "", list[str]()
    for piece in pieces:
        whole += piece
        seen += shown(masker.events(text("p", whole)))
    ended = MessageUpdated(MessageInfo("msg", "ses", "assistant", MessageTime(1, 2)))
    last = shown(masker.events(ended))
    for one in seen:
        assert masker.text(whole).startswith(one)
    assert last == ([masker.text(whole)] if pieces else [])
    assert masker.events(Ended("done")) == [Ended("done")]


def test_calls_are_masked_from_input_to_output() -> None:
    masker = Masker(["sk-12345"])
    state = ToolState(
        "completed", {"command": "echo sk-12345", "n": 1}, "sk-12345\n", None, "sk-12345", {"x": ["sk-12345"]}
    )
    [told] = masker.events(PartUpdated(ToolPart("p", "ses", "msg", "bash", "call", state)))
    assert isinstance(told, PartUpdated)
    assert isinstance(told.part, ToolPart)
    assert told.part.state == ToolState(
        "completed", {"command": "echo ***", "n": 1}, "***\n", None, "***", {"x": ["***"]}
    )
    growing = ToolState("running", {}, None, None, None, {"output": "so far sk-1"})
    [told] = masker.events(PartUpdated(ToolPart("p", "ses", "msg", "bash", "call", growing)))
    assert isinstance(told, PartUpdated)
    assert isinstance(told.part, ToolPart)
    assert told.part.state.metadata == {"output": "so far "}


def test_an_error_is_masked_and_without_values_nothing_is_touched() -> None:
    assert Masker(["sk-12345"]).events(Ended("failed", "no sk-12345")) == [Ended("failed", "no ***")]
    event = text("p", "sk-12345")
    assert Masker().events(event) == [event]
