"""As much HTTP/1.1 as a loopback fake needs, by hand, so that it can break off at any byte."""

import asyncio
from dataclasses import dataclass

MAX_BODY = 64 * 1024 * 1024
REASONS = {200: "OK", 204: "No Content", 302: "Found", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(slots=True)
class HttpRequest:
    """One request as received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


async def read_request(reader: asyncio.StreamReader) -> HttpRequest | None:
    """Read the next request of a connection, None when the client closed it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return HttpRequest(method, path, headers, await _chunked(reader))
    length = min(int(headers.get("content-length", "0")), MAX_BODY)
    return HttpRequest(method, path, headers, await reader.readexactly(length) if length else b"")


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(parts)


def head(status: int, headers: dict[str, str]) -> bytes:
    """Write a response's head."""
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def response(status: int, body: bytes, extra: dict[str, str] | None = None) -> bytes:
    """Write a whole JSON response."""
    headers = {"content-type": "application/json", "content-length": str(len(body)), **(extra or {})}
    return head(status, headers) + body


def chunk(data: bytes) -> bytes:
    """Write one chunk of a chunked body; empty data writes its end."""
    return b"%x\r\n%s\r\n" % (len(data), data)
