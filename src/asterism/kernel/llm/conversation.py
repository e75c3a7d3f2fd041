"""What is said in a conversation: turns and their parts, and the tools that a model may call."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Text. `signature` is whatever its provider wants back with it; nobody else can read it."""

    text: str
    signature: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Thought:
    """What a model thought before it went on; `hidden` when the provider keeps the text to itself."""

    text: str
    signature: str | None = field(default=None, repr=False)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model wants a tool to be run. `json` are the arguments as it wrote them, which may be no JSON at all."""

    id: str
    name: str
    json: str = "{}"
    signature: str | None = field(default=None, repr=False)

    @property
    def arguments(self) -> Mapping[str, Any] | None:
        """The arguments, None when what the model wrote is no JSON object. No text at all is an empty object."""
        try:
            value = json.loads(self.json) if self.json.strip() else {}
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call: text for the model, marked when it tells of an error."""

    call_id: str
    text: str
    error: bool = False


TurnPart: TypeAlias = Text | Thought | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation: plain `text`, or `parts` in their order.

    Thoughts and calls are the assistant's, results the user's. `provider` is who wrote the turn: signatures are sent
    back to nobody else.
    """

    role: Literal["user", "assistant"]
    text: str = ""
    parts: tuple[TurnPart, ...] = ()
    provider: str | None = None

    @property
    def content(self) -> tuple[TurnPart, ...]:
        """The parts, whichever way the turn was given."""
        return self.parts or ((Text(self.text),) if self.text else ())

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The calls of the turn."""
        return tuple(part for part in self.parts if isinstance(part, ToolCall))


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a model may call. `schema` is the JSON schema of its arguments, an object."""

    name: str
    description: str
    schema: Mapping[str, Any]


UNANSWERED = "The call was broken off before there was a result."


def answered(turns: Sequence[Turn]) -> list[Turn]:
    """Give every call without a result one that says so: providers refuse a conversation that leaves a call open.

    That is how it looks after an agent was cancelled. Results belong into the turn after their calls.
    """
    found: list[Turn] = []
    waiting: tuple[ToolCall, ...] = ()
    for turn in turns:
        if waiting:
            found.extend(_with_results(turn, waiting))
        else:
            found.append(turn)
        waiting = turn.calls if turn.role == "assistant" else ()
    if waiting:
        found.append(Turn("user", parts=_broken_off(waiting)))
    return found


def _with_results(turn: Turn, waiting: tuple[ToolCall, ...]) -> Iterator[Turn]:
    if turn.role == "assistant":
        yield Turn("user", parts=_broken_off(waiting))
        yield turn
        return
    given = {part.call_id for part in turn.content if isinstance(part, ToolResult)}
    missing = _broken_off(tuple(call for call in waiting if call.id not in given))
    yield Turn("user", parts=(*missing, *turn.content)) if missing else turn


def _broken_off(calls: tuple[ToolCall, ...]) -> tuple[ToolResult, ...]:
    return tuple(ToolResult(call.id, UNANSWERED, error=True) for call in calls)


def alternating(turns: Sequence[Turn]) -> list[Turn]:
    """Join neighbours of one role, texts with a blank line, and let the user begin."""
    joined: list[Turn] = []
    for turn in turns:
        if joined and joined[-1].role == turn.role:
            joined[-1] = _joined(joined[-1], turn)
        else:
            joined.append(turn)
    if joined and joined[0].role == "assistant":
        joined.insert(0, Turn("user", "(The conversation so far starts with your answer.)"))
    return joined


def _joined(first: Turn, second: Turn) -> Turn:
    if not first.parts and not second.parts:
        return Turn(first.role, f"{first.text}\n\n{second.text}")
    provider = first.provider if first.provider == second.provider else None
    return Turn(first.role, parts=(*first.content, *second.content), provider=provider)
