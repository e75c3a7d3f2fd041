"""What one part of the address space decides before anything is routed: who may knock, and what every answer says.

A face brings its realm; `asgi/wrapper.py` applies it to HTTP and WebSocket alike.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Headers = list[tuple[bytes, bytes]]
NOT_SENT = b""


class Knock(NamedTuple):
    """A request as it looks before routing. `method` is `WEBSOCKET` for a WebSocket."""

    method: str
    path: str
    headers: dict[bytes, bytes]

    @classmethod
    def of(cls, scope: Any) -> "Knock":
        """Read an ASGI scope."""
        method = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
        return cls(method, scope["path"], dict(scope["headers"]))

    @property
    def origin(self) -> bytes | None:
        """The page that asks, as a browser says it."""
        return self.headers.get(b"origin")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer given instead of routing; a WebSocket is not opened."""

    status: int
    body: bytes = b""
    headers: Headers = field(default_factory=list)


class Realm(Protocol):
    """The rules of the paths that it covers."""

    def covers(self, path: str) -> bool:
        """Whether a path belongs to this realm."""
        ...

    def refuse(self, knock: Knock) -> Refusal | None:
        """Answer at once, or let the request be routed (None)."""
        ...

    def preflight(self, knock: Knock) -> Headers | None:
        """Return the headers of the answer to an OPTIONS request; None leaves it to routing."""
        ...

    def headers(self, path: str, origin: bytes | None) -> Headers:
        """Return what every answer under this path carries, unless it says something else itself."""
        ...

    def problem(self, path: str, status: int, code: str, message: str) -> bytes:
        """Word what the wrapper itself refuses (too many at once, two Host headers, a stop)."""
        ...
