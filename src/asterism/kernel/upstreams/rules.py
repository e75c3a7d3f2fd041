"""What every adapter does: follow redirects that stay at home, and ask again for reads that met a passing trouble."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from asterism.kernel.upstreams.models import Call, Reply, UpstreamFailure

Exchange = Callable[[Call, str], Awaitable[Reply]]
"""Sends a call to an address, and returns the reply as it is."""

MAX_REDIRECTS = 3
TOTAL_SECONDS = 30.0
PAUSE = 0.5
PATIENCE = 2
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SAME_METHOD = frozenset({307, 308})


async def send(exchange: Exchange, call: Call, *, total: float = TOTAL_SECONDS) -> Reply:
    """Send a call by the rules. Raises UpstreamFailure."""
    reply = await _within(exchange, call, total)
    pause = _pause(reply) if call.read else None
    if pause is None:
        return reply
    await asyncio.sleep(pause)
    return await _within(exchange, call, total)


def _pause(reply: Reply) -> float | None:
    """Return how long to wait before a read is repeated, None when it is not."""
    if reply.status >= 500 and reply.status != 529:
        return PAUSE
    wait = reply.number("retry-after")
    return float(wait) if reply.status == 429 and wait is not None and wait <= PATIENCE else None


async def _within(exchange: Exchange, call: Call, total: float) -> Reply:
    try:
        async with asyncio.timeout(total):
            return await _following(exchange, call)
    except TimeoutError:
        raise UpstreamFailure("timeout") from None


async def _following(exchange: Exchange, call: Call) -> Reply:
    url = call.url
    for _ in range(MAX_REDIRECTS + 1):
        reply = await exchange(call, url)
        if reply.status not in REDIRECTS:
            return reply
        url = _target(reply, call, url)
        if reply.status not in SAME_METHOD and call.method != "GET":
            if not call.read:
                raise UpstreamFailure("redirect")  # a write is repeated as it is, or not at all
            call = replace(call, method="GET", json=None)
    raise UpstreamFailure("redirect")


def _target(reply: Reply, call: Call, url: str) -> str:
    found = urljoin(url, reply.headers.get("location", "").strip())
    try:
        same = _place(found) == _place(call.base)
    except ValueError:
        same = False
    if not same or "location" not in reply.headers:
        raise UpstreamFailure("redirect")
    return found


def _place(url: str) -> tuple[str, str | None, int | None, str | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port, parts.username
