"""One connection pool to one server: JSON calls, raw bodies both ways, retries of calls that are safe to repeat.

Errors: `Unreachable`, `ConnectionBroken`, `NoAnswer`, `BadAnswer` (somebody else is there), and whatever
`errors.from_answer` makes of an error status. A server that is not there fails a call within 25 seconds: three attempts
to connect of five seconds each, or one answer that is waited for 20 seconds.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from asterism.base.errors import DomainError, Invalid, RateLimited, Unavailable
from asterism.base.libraries import load
from asterism.client.errors import BadAnswer, ConnectionBroken, NoAnswer, Unreachable, from_answer

if TYPE_CHECKING:
    import httpx
else:
    httpx = load("httpx")

T = TypeVar("T")

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
TRANSFER_SECONDS = 120.0
GLANCE_SECONDS = 2.0
ATTEMPTS = 4
CONNECT_ATTEMPTS = 3

Body = bytes | Callable[[], Iterable[bytes]]
"""A request body: bytes, or a function that makes a fresh iterator for each attempt."""


class Http:
    """Calls one server. Thread-safe; close it, or use it in a `with` block.

    `headers` go with every call. `transport` and `sleep` are seams for tests: where requests go, and how a retry waits.
    """

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        connections: int = 8,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        scheme, host = address_parts(url)
        self.url = url.rstrip("/")
        self._again = partial(
            Http, url, token, connections=connections, headers=headers, transport=transport, sleep=sleep
        )
        self._sleep = sleep
        self._client = httpx.Client(
            base_url=self.url,
            headers={**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})},
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            transport=transport,
            trust_env=False if transport else _wants_proxy(host),
            verify=scheme == "https",
        )

    def __enter__(self) -> "Http":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def again(self) -> "Http":
        """Return another one to the same server, with connections of its own, as a fork needs."""
        return self._again()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def json(
        self,
        method: str,
        path: str,
        reply: type[T],
        *,
        body: object = None,
        query: Mapping[str, str | int] | None = None,
        safe: bool | None = None,
        seconds: float = ANSWER_SECONDS,
        tolerate: tuple[int, ...] = (),
    ) -> T:
        """Make a JSON call and read its answer as `reply`, which is waited for `seconds`.

        `safe` says that the call may be repeated when it is not known whether it arrived; GET and PUT always may.
        `tolerate` names error statuses whose bodies are answers too.
        """
        content = None if body is None else msgspec.json.encode(body)
        answer = self.raw(
            method,
            path,
            content,
            query=query,
            kind="application/json",
            safe=safe,
            seconds=seconds,
            tolerate=tolerate,
        )
        try:
            return msgspec.json.decode(answer, type=reply)
        except msgspec.MsgspecError as error:
            raise _not_asterism(self.url) from error

    def raw(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        query: Mapping[str, str | int] | None = None,
        kind: str = "application/octet-stream",
        safe: bool | None = None,
        seconds: float = ANSWER_SECONDS,
        tolerate: tuple[int, ...] = (),
        size: int | None = None,
    ) -> bytes:
        """Make a call and return the body of its answer; `kind` is the media type of what is sent.

        `size` is that of a body that comes piece by piece, where it is known.
        """

        def attempt() -> bytes:
            with self._open(method, path, body, query, kind, seconds, tolerate, size) as response:
                return response.read()

        return self._repeat(attempt, safe=method in ("GET", "PUT", "DELETE") if safe is None else safe)

    def glance(self, path: str, reply: type[T]) -> T | None:
        """Look something up that one can do without: one GET, waited for briefly; None whatever goes wrong."""
        try:
            with self._open("GET", path, None, None, "application/json", GLANCE_SECONDS, ()) as response:
                return msgspec.json.decode(response.read(), type=reply)
        except (DomainError, msgspec.MsgspecError):
            return None

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        query: Mapping[str, str | int] | None = None,
        kind: str = "application/json",
    ) -> Iterator[Iterator[bytes]]:
        """Make a call and hand out its answer piece by piece. Not repeated by itself: the caller knows where it was."""
        with self._open(method, path, body, query, kind, TRANSFER_SECONDS, ()) as response:
            yield _pieces(response, self.url)

    @contextmanager
    def _open(
        self,
        method: str,
        path: str,
        body: Body | None,
        query: Mapping[str, str | int] | None,
        kind: str,
        seconds: float,
        tolerate: tuple[int, ...],
        size: int | None = None,
    ) -> Iterator[httpx.Response]:
        content: Any = body() if callable(body) else body
        headers = {"Content-Type": kind} if body is not None else {}
        if size is not None:
            headers["Content-Length"] = str(size)
        request = self._client.build_request(
            method,
            path,
            content=content,
            params=query,
            headers=headers,
            timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                if response.status_code >= 300 and response.status_code not in tolerate:
                    raise _refusal(response, self.url)
                yield response
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise _broken(error, self.url) from error

    def _repeat(self, attempt: Callable[[], T], *, safe: bool) -> T:
        """Call `attempt` until it succeeds, as often as is right for how it fails."""
        for number in range(1, ATTEMPTS + 1):
            try:
                return attempt()
            except DomainError as error:
                pause = _pause(error, number, safe=safe)
                if pause is None:
                    raise
            self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def repeat(self, attempt: Callable[[], T]) -> T:
        """Run a whole transfer that knows what it still lacks, again while its connection breaks."""
        return self._repeat(attempt, safe=True)


def address_parts(url: str) -> tuple[str, str]:
    """Return scheme and host of a server's address. Raises Invalid when it is none."""
    try:
        parsed = urlsplit(url)
        scheme, host, _ = parsed.scheme, parsed.hostname or "", parsed.port
    except ValueError:
        scheme, host = "", ""
    if host and "@" in parsed.netloc:  # the token's header would give way to it
        raise Invalid("The address of a server holds no user name and no password.", hint="Give a token by --token.")
    if scheme not in ("http", "https") or not host:
        raise Invalid(f"{url!r} is no address of a server.", hint="Give one like http://127.0.0.1:3000.")
    return scheme, host


def _pause(error: DomainError, number: int, *, safe: bool) -> float | None:
    """Return how long to wait before attempt `number` + 1, None when there is to be none."""
    if number >= ATTEMPTS:
        return None
    if isinstance(error, RateLimited):
        return float(error.retry_after) if error.retry_after <= 60 else None
    if isinstance(error, Unreachable):
        if number >= CONNECT_ATTEMPTS:
            return None
    elif not (safe and isinstance(error, Unavailable) and error.code in _PASSING):
        return None
    return float(0.2 * 2 ** (number - 1)) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing


_PASSING = frozenset(
    {"CONNECTION_BROKEN", "UNAVAILABLE", "SHUTTING_DOWN", "UPSTREAM_ERROR", "HTTP_502", "HTTP_503", "HTTP_504"}
)


def _broken(error: httpx.HTTPError, url: str) -> DomainError:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable(
            f"No server answers at {url}.",
            hint="Start one with `asterism serve`, or name another with --url or ASTERISM_URL.",
        )
    if isinstance(error, httpx.TimeoutException):
        return NoAnswer(f"The server at {url} does not answer in time.", hint="Try again later.")
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return ConnectionBroken(f"The connection to {url} broke.", hint="Run the command again; it resumes.")
    return BadAnswer(f"The call to {url} failed: {type(error).__name__}.")


def _refusal(response: httpx.Response, url: str) -> DomainError:
    body = response.read()
    if response.status_code < 400:
        return _not_asterism(url)
    if response.status_code in (404, 405) and b'"error"' not in body[:200]:
        return _not_asterism(url)
    return from_answer(response.status_code, body, retry_after=response.headers.get("retry-after"))


def _not_asterism(url: str) -> BadAnswer:
    return BadAnswer(f"What answers at {url} is no Asterism server.", hint="Check --url or ASTERISM_URL.")


def _pieces(response: httpx.Response, url: str) -> Iterator[bytes]:
    try:
        yield from response.iter_raw()
    except httpx.HTTPError as error:
        raise _broken(error, url) from error


def _wants_proxy(host: str) -> bool:
    """Say whether proxy settings of the environment apply: never for this machine itself."""
    return host not in ("127.0.0.1", "localhost", "::1")
