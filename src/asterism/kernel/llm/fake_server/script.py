"""What the fake server is told to answer, and what it remembers of each call."""

from dataclasses import dataclass, field
from typing import Any, Literal

Wire = Literal["openai", "anthropic", "google"]


@dataclass(slots=True)
class Script:
    """One answer. Times are seconds.

    `first_delay` passes before the first piece, `delay` before each further one. `status` other than 200 answers an
    error (`error` overrides its body, `retry_after` adds the header). `cut_after` drops the connection after that many
    pieces, `end_after` ends the response there in good order but without the wire's own end marker, `garbage_after`
    sends bytes that are no JSON. `hang` sends the headers and nothing more. `usage` is (input, output) tokens, None to
    leave it out.
    """

    chunks: tuple[str, ...] = ()
    first_delay: float = 0.0
    delay: float = 0.0
    finish: Literal["stop", "length", "filtered"] = "stop"
    usage: tuple[int, int] | None = (10, 5)
    status: int = 200
    error: Any = None
    retry_after: float | None = None
    location: str | None = None
    cut_after: int | None = None
    end_after: int | None = None
    garbage_after: int | None = None
    hang: bool = False


@dataclass(slots=True)
class Call:
    """One recorded call. `closed_early` says that the client closed the connection before the answer's end,
    `closed_after` how many seconds after the call began, `sent` how many pieces were sent.
    """

    path: str
    headers: dict[str, str]
    body: Any
    wire: Wire
    model: str
    stream: bool
    began: float = 0.0
    sent: int = 0
    finished: bool = False
    closed_early: bool = False
    closed_after: float | None = None
    texts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        """The API key that came with the call, None without one."""
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        return bearer or self.headers.get("x-api-key") or self.headers.get("x-goog-api-key") or None
