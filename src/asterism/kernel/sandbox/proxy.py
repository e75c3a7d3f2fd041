"""A way out of a sandbox to the network of this machine, but not to the machine itself: an HTTP proxy at a Unix socket.

Programs find it by the usual variables (`proxy_variables`). It connects where they ask, after it has looked the name
up itself: addresses of this machine, where the server and its neighbours listen, and link-local ones, where clouds hand
out credentials, are refused, whatever name leads there.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from asterism.base.libraries import later
from asterism.kernel.sandbox.door import HEAD_BYTES, UNREACHABLE, Streams, next_event, refusal, serving, write_out

if TYPE_CHECKING:
    import h11
else:
    h11 = later("h11")

_CONNECTS_WITHIN = 15.0
_CHUNK = 1 << 16
_DROPPED = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"upgrade", b"te"})


def proxy_variables(port: int) -> dict[str, str]:
    """Return the environment that sends programs to the proxy at a port of 127.0.0.1, except for what is local."""
    url, here = f"http://127.0.0.1:{port}", "127.0.0.1,localhost"
    found = {"NO_PROXY": here, "no_proxy": here, "ALL_PROXY": url, "all_proxy": url}
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        found[name] = url
    return found


class AddressRefused(OSError):
    """The address is none that a sandbox may reach."""


async def _carry(refuses: Callable[[str], bool], admits: Callable[[str], bool], near: Streams) -> None:
    inner = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
    request = await next_event(inner, near[0])
    if not isinstance(request, h11.Request):
        return
    try:
        if request.method == b"CONNECT":
            host, port = _authority(request.target.decode("ascii"), 443)
            if not admits(host):
                raise AddressRefused
            far = await _connect(host, port, refuses)
            await write_out(near[1], b"HTTP/1.1 200 Connection established\r\n\r\n")
            await carry_both(near, far, inner.trailing_data[0])
            return
        parts = urlsplit(request.target.decode("ascii"))
        if parts.scheme != "http" or not parts.hostname or not admits(parts.hostname):
            raise AddressRefused
        far = await _connect(parts.hostname, parts.port or 80, refuses)
    except (AddressRefused, ValueError):
        await write_out(near[1], refusal(403, UNREACHABLE))
        return
    except OSError:
        await write_out(near[1], refusal(502, b"The address cannot be reached."))
        return
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    await _plain(near, far, inner, request, target.encode("ascii"))


def _authority(text: str, usual: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise AddressRefused
    return parts.hostname, parts.port or usual


async def _connect(host: str, port: int, refuses: Callable[[str], bool]) -> Streams:
    """Connect to one of the addresses of a name. Raises AddressRefused and OSError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_CONNECTS_WITHIN):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if any(refuses(address) for address in addresses):
            raise AddressRefused
        problem: OSError = AddressRefused()
        for address in addresses:
            try:
                return await asyncio.open_connection(address, port)
            except OSError as error:
                problem = error
        raise problem


def is_ours(address: str) -> bool:
    """Whether an address is this machine's own or one of the link; anything unreadable counts too."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    if mapped.is_loopback or mapped.is_unspecified or mapped.is_link_local or mapped.is_multicast:
        return True
    family = socket.AF_INET if mapped.version == 4 else socket.AF_INET6
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((str(mapped), 0))  # only an address of this machine can be bound to
        return True
    return False


@asynccontextmanager
async def open_proxy(
    path: Path, refuses: Callable[[str], bool] = is_ours, admits: Callable[[str], bool] = lambda _: True
) -> AsyncIterator[Path]:
    """Serve the proxy at the socket `path` while the block runs.

    `refuses(address)` says where it does not lead, `admits(host)` which names are looked up at all. Yields the path.
    """
    async with serving(path, partial(_carry, refuses, admits)):
        yield path


async def _plain(near: Streams, far: Streams, inner: "h11.Connection", request: "h11.Request", target: bytes) -> None:
    """Carry one plain request; its connection is closed after it."""
    outer = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
    headers = [(name, value) for name, value in request.headers if name not in _DROPPED and name != b"expect"]
    passed = h11.Request(method=request.method, target=target, headers=[*headers, (b"connection", b"close")])
    await write_out(far[1], outer.send(passed))
    if inner.they_are_waiting_for_100_continue:
        await write_out(near[1], inner.send(h11.InformationalResponse(status_code=100, headers=[])))
    while isinstance(event := await next_event(inner, near[0]), h11.Data):
        await write_out(far[1], outer.send(event))
    await write_out(far[1], outer.send(h11.EndOfMessage()))
    await carry_both(near, far, b"")


async def carry_both(near: Streams, far: Streams, first: bytes) -> None:
    """Carry bytes both ways until one side has ended."""
    try:
        await write_out(far[1], first)
        tasks = {asyncio.ensure_future(_pump(near[0], far[1])), asyncio.ensure_future(_pump(far[0], near[1]))}
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.exception()
    finally:
        far[1].transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
