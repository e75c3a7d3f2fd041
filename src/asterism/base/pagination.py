"""Opaque cursors for lists: a cursor names the last row that was seen and the list it belongs to."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from asterism.base.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(scope: str, key: Sequence[str | int]) -> str:
    """Write the sort key of the last row as a cursor that is valid for the list named `scope` only.

    `scope` names list and owner (`snapshots:<project id>`), so a cursor of another list is recognised.
    """
    raw = msgspec.json.encode([_tag(scope), *key])
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode_cursor(scope: str, cursor: str, types: type[T]) -> T:
    """Read a cursor back into a tuple type such as `tuple[str, str]`. Raises Invalid when it is not of this list."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        tag, *key = msgspec.json.decode(raw, type=list[str | int])
        if tag != _tag(scope):
            raise ValueError("another list's cursor")
        return msgspec.convert(key, types)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise Invalid.field("query.cursor", "is not a cursor of this list") from error


def _tag(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:12]
