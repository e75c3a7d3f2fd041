"""Reading request bodies: bounded, strict JSON, and raw streams.

The rules are those of `/v1` (Fastest 0.2, 0.3): syntax errors and bad UTF-8 are malformed JSON; a wrong shape, a
U+0000 or a lone surrogate inside a string is invalid; there is no coercion.
"""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec
from litestar import Request

from asterism.base.errors import Invalid, TooLarge, Unsupported

T = TypeVar("T")
AnyRequest = Request[Any, Any, Any]

JSON_LIMIT = 1024 * 1024
_PLACE = re.compile(r"^(?P<problem>.*?)(?: - at `(?:key in )?\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")


class MalformedJson(Invalid):
    """The body is not UTF-8 JSON at all."""

    code = "INVALID_JSON"


class Disconnected(Exception):
    """The client went away before its request was complete; there is nobody to answer."""


async def stream_body(request: AnyRequest) -> AsyncIterator[bytes]:
    """Yield the body in chunks as they arrive. Raises Disconnected when the client goes away before its end."""
    while True:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        if chunk:
            yield chunk
        if not message.get("more_body", False):
            return


async def read_body(request: AnyRequest, limit: int) -> bytes:
    """Return the whole body. Raises TooLarge beyond `limit` bytes (announced or sent), Disconnected when cut off."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge.bytes(limit)
    parts: list[bytes] = []
    size = 0
    async for chunk in stream_body(request):
        size += len(chunk)
        if size > limit:
            raise TooLarge.bytes(limit)
        parts.append(chunk)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def check_json_type(content_type: str) -> None:
    """Raise Unsupported unless the content type is absent or JSON (`application/json`, `…+json`)."""
    media = content_type.partition(";")[0].strip().lower()
    if media and media != "application/json" and not media.endswith("+json"):
        raise Unsupported(f"This route takes JSON, not {media[:80]}.", hint="Send Content-Type: application/json.")


def decode_json(raw: bytes, shape: type[T]) -> T:
    """Decode a JSON body into `shape`, strictly; an empty body counts as `{}`.

    Raises MalformedJson for bad syntax or UTF-8 and Invalid, naming the fields, for a wrong shape.
    """
    raw = raw or b"{}"
    try:
        raw.decode()
        value = msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(raw) from error
    if b"\\u0000" in raw and (path := _find_unstorable(json.loads(raw), "")) is not None:
        raise Invalid.field(path, "holds U+0000 or half a surrogate pair")
    return value


def _invalid(message: str) -> Invalid:
    found = _PLACE.match(message)
    problem, path = (found["problem"], found["path"] or "") if found else (message, "")
    missing = _MISSING.match(problem)
    if missing:
        name = missing["name"]
        return Invalid.field(f"{path}.{name}" if path else name, "is required")
    return Invalid.field(path, problem[:1].lower() + problem[1:])


def _malformed(raw: bytes) -> Invalid:
    """Tell text that no JSON string may hold (well-formed, but half a surrogate pair) from broken syntax."""
    try:
        value = json.loads(raw.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return MalformedJson("The body is not valid JSON in UTF-8.")
    path = _find_unstorable(value, "")
    return MalformedJson("The body is not valid JSON.") if path is None else Invalid.field(path, "is not valid Unicode")


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _find_unstorable(value: Any, path: str) -> str | None:
    """Return the path of the first string that a database cannot hold, or None."""
    if isinstance(value, str):
        return path if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value) else None
    children: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        children = [(f"{path}.{key}" if path else key, child) for key, child in value.items()]
        if any(_find_unstorable(key, path) is not None for key in value):
            return path
    elif isinstance(value, list):
        children = [(f"{path}[{index}]", child) for index, child in enumerate(value)]
    return next((found for p, c in children if (found := _find_unstorable(c, p)) is not None), None)
