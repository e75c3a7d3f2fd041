"""What the fake server is told to answer, and what it remembers of each call."""

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from asterism.kernel.llm.conversation import ToolCall, ToolResult

Wire = Literal["openai", "anthropic", "google"]


@dataclass(slots=True)
class Script:
    """One answer: `thoughts`, then `chunks` of text, then `calls` of tools, in parallel. Times are seconds.

    `first_delay` passes before the first piece, `delay` before each further one. `status` other than 200 answers an
    error (`error` overrides its body, `retry_after` adds the header). `cut_after` drops the connection after that many
    pieces, `end_after` ends the response there in good order but without the wire's own end marker, `garbage_after`
    sends bytes that are no JSON. `hang` sends the headers and nothing more. `usage` is (input, output) tokens, None to
    leave it out. `raw` is sent as the body, byte by byte as it is, in pieces of `split` bytes (default: all at once);
    with `cut` the connection is dropped after it. `hold` keeps the answer from ending until it is set.
    """

    chunks: tuple[str, ...] = ()
    thoughts: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
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
    raw: bytes | None = None
    split: int = 0
    cut: bool = False
    hold: threading.Event | None = None

    @classmethod
    def of(cls, fields: dict[str, Any]) -> "Script":
        """Make a script of JSON. Raises TypeError for unknown fields."""
        calls = tuple(ToolCall(**call) for call in fields.get("calls", ()))
        lists = {name: tuple(fields.get(name, ())) for name in ("chunks", "thoughts")}
        return cls(**{**fields, **lists, "calls": calls})


@dataclass(slots=True)
class Call:
    """One recorded call. `closed_early` says that the client closed the connection before the answer's end,
    `closed_after` how many seconds after the call began, `sent` how many pieces were sent. `tools` are the names of
    those offered, `results` what the conversation holds of earlier calls.
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
    tools: list[str] = field(default_factory=list)
    results: list[ToolResult] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        """The API key that came with the call, None without one."""
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
        return bearer or self.headers.get("x-api-key") or self.headers.get("x-goog-api-key") or None

    @property
    def prompt(self) -> str:
        """What the user said last."""
        return next((text for role, text in reversed(self.texts) if role == "user" and text), "")

    @property
    def rounds(self) -> int:
        """How often the assistant has spoken since."""
        rounds = 0
        for role, text in reversed(self.texts):
            if role == "user" and text:
                break
            rounds += role == "assistant"
        return rounds
