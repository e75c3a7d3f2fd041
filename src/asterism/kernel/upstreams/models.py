"""What is asked of other services and what comes back, and the port."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import quote, urlencode

import msgspec

T = TypeVar("T")
FailureReason = Literal["unreachable", "timeout", "oversize", "redirect", "broken"]
Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `base` is an address of the settings, `path` what follows it, percent-encoded.

    `read` says that it changes nothing and may be sent again. Headers are never shown by `repr`: they hold credentials.
    """

    method: Method
    base: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    read: bool = False

    @property
    def url(self) -> str:
        """The whole address."""
        asked = f"?{urlencode(self.query)}" if self.query else ""
        return f"{self.base.rstrip('/')}{self.path}{asked}"

    @property
    def body(self) -> bytes | None:
        """The body, None for none."""
        return None if self.json is None else msgspec.json.encode(self.json)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether it worked."""
        return 200 <= self.status < 300

    def decode(self, shape: type[T]) -> T:
        """Return the body as `shape`. Raises UpstreamFailure when it is anything else."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise UpstreamFailure("broken") from None

    def number(self, header: str) -> int | None:
        """Return a header that is a whole number, None when it is none."""
        text = self.headers.get(header, "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class UpstreamFailure(Exception):
    """There is no usable reply. Tells nothing of what was sent."""

    def __init__(self, reason: FailureReason) -> None:
        super().__init__(reason)
        self.reason: FailureReason = reason


class Upstreams(Protocol):
    """The port."""

    async def send(self, call: Call) -> Reply:
        """Send a call and return its reply, whatever its status. Raises UpstreamFailure."""
        ...

    async def stop(self) -> None:
        """Close every connection."""
        ...


def path_of(*parts: str, within: str = "") -> str:
    """Return a path of percent-encoded segments; `within` is a last part whose slashes separate segments."""
    encoded = [quote(part, safe="") for part in parts]
    if within:
        encoded.append(quote(within, safe="/"))
    return "/" + "/".join(encoded)
