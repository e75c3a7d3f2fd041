"""Bodies and ids of `/api`: strict JSON objects, every problem a 400 with the route's code (Stargazer 0.5)."""

import re
from typing import TypeVar

from asterism.asgi.body import check_json_type, check_texts, decode_json
from asterism.base.errors import DomainError, Invalid

T = TypeVar("T")

DEEPEST = 64
_UUID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff"
)
_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def check_uuid(text: str) -> str:
    """Return an RFC 9562 UUID in lower case. Raises Invalid for anything else."""
    lower = text.lower()
    if not _UUID.fullmatch(lower):
        raise Invalid.field("id", "must be a UUID")
    return lower


def decode_local(raw: bytes, content_type: str, shape: type[T], *, code: str) -> T:
    """Decode a body into `shape`. Raises Invalid with `code` for everything that is not exactly such a JSON object."""
    if not raw:
        raise Invalid("The request needs a JSON body.", code=code)
    if not content_type:
        raise Invalid("The body needs Content-Type: application/json.", code=code)
    if too_deep(raw):
        raise Invalid(f"The body is nested deeper than {DEEPEST} levels.", code=code)
    try:
        check_json_type(content_type)
        decoded = decode_json(raw, shape)
        if b"\\u" in raw:
            check_texts(raw)  # also in fields that nobody reads
    except DomainError as error:
        raise Invalid(error.message, code=code) from error
    return decoded


def too_deep(raw: bytes) -> bool:
    """Whether JSON text nests objects and arrays more than 64 levels deep."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for match in _NESTING.finditer(raw):
        token = match[0]
        if token in (b"[", b"{"):
            depth += 1
            if depth > DEEPEST:
                return True
        elif token in (b"]", b"}"):
            depth -= 1
    return False
