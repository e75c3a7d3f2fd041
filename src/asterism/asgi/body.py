"""Reading request bodies: bounded, strict JSON, and raw streams.

The rules are those of `/v1` (Fastest 0.2, 0.3): syntax errors and bad UTF-8 are malformed JSON; a wrong shape, a
U+0000 or a lone surrogate inside a string is invalid; there is no coercion.
"""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request

from asterism.asgi.incoming import TIMED_OUT
from asterism.base.errors import DomainError, Invalid, TooLarge, Unsupported

T = TypeVar("T")
JSON_LIMIT = 1024 * 1024
LONGEST_LENGTH = 18  # digits of a Content-Length that are read at all
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_PLACE = re.compile(r"^(?P<problem>.*?)(?: - at `(?:key in )?\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")


class MalformedJson(Invalid):
    """The body is not UTF-8 JSON at all."""

    code = "INVALID_JSON"


class Disconnected(Exception):
    """The client went away before its request was complete; there is nobody to answer."""


class TooSlow(DomainError):
    """The body did not arrive in time; the connection is better used for somebody else."""

    code = "BODY_TIMEOUT"

    def __init__(self) -> None:
        super().__init__("The request body did not arrive in time.", hint="Send it again, without pauses.")


async def stream_body(request: Request) -> AsyncIterator[bytes]:
    """Yield the body in chunks as they arrive. Raises Disconnected when it is cut off, TooSlow."""
    while True:
        message: Any = await request.receive()
        if message["type"] == TIMED_OUT:
            raise TooSlow
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        if chunk:
            yield chunk
        if not message.get("more_body", False):
            return


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body. Raises TooLarge beyond `limit` bytes (announced or sent), Disconnected when cut off."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and (len(announced) > LONGEST_LENGTH or int(announced) > limit):
        raise TooLarge.bytes(limit)
    parts: list[bytes] = []
    size = 0
    async for chunk in stream_body(request):
        size += len(chunk)
        if size > limit:
            raise TooLarge.bytes(limit)
        parts.append(chunk)
    return parts[0] if len(parts) == 1 else b"".join(parts)


class Upload:
    """A body of bytes, read by the handler itself once it is known who sends it."""

    def __init__(self, request: Request) -> None:
        self._request = request

    @property
    def media(self) -> str:
        """The media type in lower case, without parameters; empty when none was sent."""
        return self._request.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def announced(self) -> int | None:
        """How many bytes the client says it sends."""
        text = self._request.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_LENGTH else None

    def stream(self) -> AsyncIterator[bytes]:
        """Yield the body in chunks as they arrive. Raises Disconnected, TooSlow."""
        return stream_body(self._request)

    async def read(self, limit: int) -> bytes:
        """Return the whole body. Raises TooLarge, Disconnected, TooSlow."""
        return await read_body(self._request, limit)


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
    if b"\\u0000" in raw:
        check_texts(raw)
    return value


def check_texts(raw: bytes) -> None:
    """Raise Invalid when a string of valid JSON, in a field that somebody reads or not, is one no database can hold."""
    try:
        place = _find_unstorable(_loads(raw))
    except (ValueError, RecursionError):  # nested too deep to say where
        place = "" if _ESCAPED_NUL.search(raw) else None
    if place is not None:
        raise Invalid.field(place, "holds U+0000 or half a surrogate pair")


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
        place = _find_unstorable(_loads(raw.decode()))
    except (ValueError, RecursionError):
        return MalformedJson("The body is not valid JSON in UTF-8.")
    if place is not None:
        return Invalid.field(place, "is not valid Unicode")
    return MalformedJson("The body is not valid JSON.")


def _loads(raw: bytes | str) -> Any:
    """Read JSON for its texts alone: numbers of any length are skipped. Raises ValueError and RecursionError."""
    return json.loads(raw, parse_constant=_refuse_constant, parse_int=_no_number, parse_float=_no_number)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _no_number(_digits: str) -> int:
    return 0


Link = tuple["Link | None", str]  # the container a value lies in, and its key or index there


def _find_unstorable(document: Any) -> str | None:
    """Return the path of the first string that a database cannot hold, or None; however deep it lies."""
    pending: list[tuple[Any, Link | None]] = [(document, None)]
    while pending:
        value, link = pending.pop()
        if isinstance(value, str):
            if not _is_storable(value):
                return _path(link)
        elif isinstance(value, dict):
            if not all(map(_is_storable, value)):
                return _path(link)
            pending += [(child, (link, f".{key}")) for key, child in reversed(value.items())]
        elif isinstance(value, list):
            pending += [(child, (link, f"[{index}]")) for index, child in reversed(list(enumerate(value)))]
    return None


def _is_storable(text: str) -> bool:
    try:
        return "\x00" not in text and (text.isascii() or bool(text.encode()))
    except UnicodeEncodeError:
        return False


def _path(link: Link | None) -> str:
    keys: list[str] = []
    while link is not None:
        link, key = link
        keys.append(key)
    return "".join(reversed(keys)).removeprefix(".")
