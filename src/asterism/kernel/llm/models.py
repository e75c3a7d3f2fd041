"""What is asked of a model and what comes back, and the port."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from asterism.kernel.llm.conversation import Tool, ToolCall, Turn

FinishReason: TypeAlias = Literal["end", "max_tokens"]
EndReason: TypeAlias = Literal["end", "max_tokens", "tool_calls"]
Reasoning: TypeAlias = Literal["lowest", "default", "high"]


@dataclass(frozen=True, slots=True)
class Target:
    """Who is asked: a provider's id (`providers`), its model, and how to get there.

    `base_url` includes the version path. The key is sent to that address only, and never shown by `repr`.
    """

    provider: str
    model: str
    base_url: str
    api_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: until the first part (a thought is one too), between two of them, and for the whole answer."""

    first_token: float = 60
    gap: float = 60
    total: float = 300


@dataclass(frozen=True, slots=True)
class Request:
    """One question.

    `reasoning` is None for models without it, `temperature` where the provider's own is wanted. With a `schema` (of a
    JSON object) the provider's structured output is used where it has one, and `complete` returns the object. The
    model may call `tools`, several at once.
    """

    target: Target
    turns: tuple[Turn, ...]
    system: str = ""
    max_output_tokens: int = 4096
    reasoning: Reasoning | None = None
    temperature: float | None = None
    schema: Mapping[str, Any] | None = None
    tools: tuple[Tool, ...] = ()
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; `reported` is False when it did not say."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    reported: bool = False


def summed(counts: Iterable[Usage]) -> Usage:
    """Add up tokens; what was not reported adds nothing."""
    known = list(counts)
    return Usage(
        sum(one.input_tokens for one in known),
        sum(one.output_tokens for one in known),
        sum(one.cached_input_tokens for one in known),
        sum(one.reasoning_tokens for one in known),
        reported=any(one.reported for one in known),
    )


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer: never empty, without U+0000 and halves of code points."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The regular end of an answer."""

    reason: FinishReason
    usage: Usage


Part: TypeAlias = Delta | Finish


@dataclass(frozen=True, slots=True)
class ThoughtDelta:
    """A piece of what the model thinks, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class CallStart:
    """The model begins to write a call. The id is unique in the answer, even where the provider gave none."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CallDelta:
    """A piece of the JSON of a call's arguments, never empty. Parallel calls may take turns."""

    id: str
    json: str


@dataclass(frozen=True, slots=True)
class CallEnd:
    """A call is written to its end."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The regular end of an answer; `turn` is the whole of it, to be sent back as it is with the next request.

    `tool_calls` is the reason when the turn calls tools; with `max_tokens` the last call may be cut off.
    """

    reason: EndReason
    usage: Usage
    turn: Turn


AnswerPart: TypeAlias = Delta | ThoughtDelta | CallStart | CallDelta | CallEnd | TurnEnd


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer; `data` is its JSON object when the request had a schema, `turn` all of it."""

    text: str
    reason: EndReason
    usage: Usage
    data: Mapping[str, Any] | None = None
    turn: Turn = field(default_factory=lambda: Turn("assistant"))


class Models(Protocol):
    """The port."""

    async def start(self) -> None:
        """Begin to load what is slow to load, in the background."""
        ...

    async def stop(self) -> None:
        """Close every connection."""
        ...

    def parts(self, request: Request) -> AsyncGenerator[AnswerPart, None]:
        """Yield the answer as it comes, and at the end one `TurnEnd`.

        A call is one `CallStart`, its `CallDelta` parts and, if the answer comes to its end, one `CallEnd`. Closing the
        generator, or cancelling who reads it, closes the connection. Raises ModelFailure, also for an answer with
        neither text nor calls.
        """
        ...

    def stream(self, request: Request) -> AsyncGenerator[Part, None]:
        """Yield the text alone: `Delta` parts and at the end one `Finish`.

        Raises ModelFailure, also for an answer without text.
        """
        ...

    async def complete(self, request: Request) -> Completion:
        """Return the whole answer. Raises ModelFailure, of kind `other` when the answer holds no JSON object."""
        ...
