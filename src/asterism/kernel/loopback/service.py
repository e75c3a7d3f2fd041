"""A fake of an HTTP service with JSON bodies: routes, a record of what was asked, and faults on demand."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from asterism.kernel.loopback import http
from asterism.kernel.loopback.http import HttpRequest
from asterism.kernel.loopback.server import LoopbackServer

LONGEST_HOLD = 60.0


@dataclass(slots=True)
class Asked:
    """One request as it came: `path` as it was sent, `parts` its segments without percent-encoding.

    `closed_early` says that who asked went away before the answer, `waited` how many seconds they had waited then.
    """

    method: str
    path: str
    parts: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    closed_early: bool = False
    waited: float = 0.0

    @property
    def body(self) -> Any:
        """The JSON of the body, None without one."""
        try:
            return json.loads(self.raw) if self.raw else None
        except ValueError:
            return None

    @property
    def bearer(self) -> str:
        """The token that came along, empty without one."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        return value if scheme.lower() in {"bearer", "token"} else ""


@dataclass(slots=True)
class Given:
    """One answer. `body` is JSON, or bytes as they are; None is an empty one."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Fault:
    """What happens instead of the answer to requests that match, so many `times`.

    `late` performs the request first and then answers this; `hang` never answers, `cut` drops the connection in the
    middle of the body. `hold` keeps back the right answer until the event is set, a minute at most.
    """

    method: str
    path: str
    given: Given = field(default_factory=Given)
    times: int = 1
    late: bool = False
    hang: bool = False
    cut: bool = False
    hold: threading.Event | None = None


Route = tuple[str, str, Callable[..., Given]]
"""Method, path pattern (`/repos/{owner}/{name}`, `{rest*}` for all that follows), and who answers."""


class FakeService(LoopbackServer):
    """Answers by `routes`; `prefix` is a path in front of all of them."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, prefix: str = "") -> None:
        super().__init__(host=host, port=port)
        self.prefix = prefix
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Given]]] = []

    @property
    def url(self) -> str:
        """The base URL."""
        return self.origin + self.prefix

    def route(self, routes: Sequence[Route]) -> None:
        """Add routes; the first that matches answers."""
        for method, path, answer in routes:
            pattern = re.sub(r"\\{(\w+)\\\*\\}", r"(?P<\1>.+)", re.escape(path))
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", pattern)
            self._routes.append((method, re.compile(pattern), answer))

    def fail(
        self,
        path: str,
        status: int = 500,
        body: Any = None,
        *,
        method: str = "",
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        late: bool = False,
        hang: bool = False,
        cut: bool = False,
        hold: threading.Event | None = None,
    ) -> Fault:
        """Have the next requests whose path holds `path` answered otherwise."""
        fault = Fault(method, path, Given(status, body, headers or {}), times, late, hang, cut, hold)
        self.faults.append(fault)
        return fault

    def of(self, method: str, path: str) -> list[Asked]:
        """Return what was asked so far with that method and a path that holds `path`."""
        return [asked for asked in self.asked if asked.method == method and path in asked.path]

    def forget(self) -> None:
        """Forget what was asked and what should fail."""
        self.asked.clear()
        self.faults.clear()

    async def serve(self, request: HttpRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        asked = _asked(request, self.prefix)
        self.asked.append(asked)
        fault = next(
            (f for f in self.faults if f.times and f.method in ("", asked.method) and f.path in asked.path), None
        )
        if fault is not None:
            fault.times -= 1
        if fault is None or fault.hold is not None:
            if fault is not None and fault.hold is not None:
                await asyncio.to_thread(fault.hold.wait, LONGEST_HOLD)
            await _write(writer, self.respond(asked))
            return
        if fault.late:
            self.respond(asked)
        if fault.hang:
            await _hang(asked, reader, writer)
        elif fault.cut:
            writer.write(http.head(fault.given.status, {"content-type": "application/json", "content-length": "1000"}))
            writer.write(b'{"half":')
            await writer.drain()
            writer.close()
        else:
            await _write(writer, fault.given)

    def respond(self, asked: Asked) -> Given:
        """Return the answer to a request that nothing is wrong with; a service checks headers and tokens here."""
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch("/" + "/".join(asked.parts)) if method == asked.method else None
            if found is not None:
                return answer(asked, **found.groupdict())
        return Given(404, {"message": "Not Found"})


def _asked(request: HttpRequest, prefix: str) -> Asked:
    split = urlsplit(request.path)
    path = split.path.removeprefix(prefix)
    parts = tuple(unquote(part) for part in path.strip("/").split("/"))
    return Asked(request.method, path, parts, dict(parse_qsl(split.query)), request.headers, request.body)


async def _write(writer: asyncio.StreamWriter, given: Given) -> None:
    raw = (
        given.body if isinstance(given.body, bytes) else b"" if given.body is None else json.dumps(given.body).encode()
    )
    writer.write(http.response(given.status, raw, {"date": formatdate(usegmt=True), **given.headers}))
    await writer.drain()


async def _hang(asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    since = time.monotonic()
    with suppress(ConnectionError):
        await reader.read(1)
    asked.waited = time.monotonic() - since
    asked.closed_early = True
    writer.transport.abort()
