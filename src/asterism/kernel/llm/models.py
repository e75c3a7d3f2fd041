"""What is asked of a model and what comes back, and the port."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

FinishReason: TypeAlias = Literal["end", "max_tokens"]
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
class Turn:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: until the first text, between two pieces of it, and for the whole answer."""

    first_token: float = 60
    gap: float = 60
    total: float = 300


@dataclass(frozen=True, slots=True)
class Request:
    """One question.

    `reasoning` is None for models without it, `temperature` where the provider's own is wanted. With a `schema` (of a
    JSON object) the provider's structured output is used where it has one, and `complete` returns the object.
    """

    target: Target
    turns: tuple[Turn, ...]
    system: str = ""
    max_output_tokens: int = 4096
    reasoning: Reasoning | None = None
    temperature: float | None = None
    schema: Mapping[str, Any] | None = None
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; `reported` is False when it did not say."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The regular end of an answer."""

    reason: FinishReason
    usage: Usage


Part: TypeAlias = Delta | Finish


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer; `data` is its JSON object when the request had a schema."""

    text: str
    reason: FinishReason
    usage: Usage
    data: Mapping[str, Any] | None = None


class Models(Protocol):
    """The port."""

    async def start(self) -> None:
        """Begin to load what is slow to load, in the background."""
        ...

    async def stop(self) -> None:
        """Close every connection."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[Part, None]:
        """Yield `Delta` parts and at the end one `Finish`. Raises ModelFailure, also for an answer without text."""
        ...

    async def complete(self, request: Request) -> Completion:
        """Return the whole answer. Raises ModelFailure, of kind `other` when the answer holds no JSON object."""
        ...
