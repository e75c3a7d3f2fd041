"""The adapter: real connections."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from asterism.base.hosts import is_loopback
from asterism.base.libraries import later
from asterism.kernel.upstreams import rules
from asterism.kernel.upstreams.models import Call, FailureReason, Reply, UpstreamFailure

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

log = structlog.get_logger("asterism.upstreams")

CONNECT_SECONDS = 5.0
MAX_REPLY = 10 * 1024 * 1024
MAX_CONNECTIONS = 100


class HttpUpstreams:
    """Asks over HTTP; proxies of the environment are used except towards this machine."""

    def __init__(self, *, connect: float = CONNECT_SECONDS, total: float = rules.TOTAL_SECONDS) -> None:
        self._connect, self._total = connect, total
        self._clients: dict[bool, httpx.AsyncClient] = {}

    async def send(self, call: Call) -> Reply:
        """Send a call and return its reply, whatever its status. Raises UpstreamFailure."""
        return await rules.send(self._exchange, call, total=self._total)

    async def stop(self) -> None:
        """Close every connection."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def _exchange(self, call: Call, url: str) -> Reply:
        # A compressed reply could grow without bounds while it is read.
        headers = {**call.headers, "Accept-Encoding": "identity"}
        body = call.body
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            client = await self._client(url)
            async with client.stream(call.method, url, headers=headers, content=body) as response:
                return await _read(response)
        except httpx.TimeoutException as error:
            raise _failure(call, "timeout", error) from None
        except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.ProxyError) as error:
            raise _failure(call, "unreachable", error) from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise _failure(call, "broken", error) from None

    async def _client(self, url: str) -> "httpx.AsyncClient":
        here = is_loopback(urlsplit(url).hostname or "")
        if here not in self._clients:
            made = await asyncio.to_thread(self._make, here)
            self._clients.setdefault(here, made)
        return self._clients[here]

    def _make(self, here: bool) -> "httpx.AsyncClient":
        return httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=self._connect),  # `rules` limits the whole
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=20),
            follow_redirects=False,
            trust_env=not here,
        )


async def _read(response: "httpx.Response") -> Reply:
    if response.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise UpstreamFailure("broken")
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_REPLY:
            raise UpstreamFailure("oversize")
        parts.append(part)
    return Reply(response.status_code, {k.lower(): v for k, v in response.headers.items()}, b"".join(parts))


def _failure(call: Call, reason: FailureReason, error: Exception) -> UpstreamFailure:
    host = urlsplit(call.base).hostname
    log.warning("upstreams.failed", host=host, method=call.method, reason=reason, error=type(error).__name__)
    return UpstreamFailure(reason)
