"""Audit entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: the client's address, and the token it used if any."""

    address: str | None = None
    token_id: str | None = None


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. `action` is a verb in the past (`signed_in`), `subject` the id or name of what it was done to."""

    id: str
    action: str
    subject: str | None
    token_id: str | None
    address: str | None
    details: Mapping[str, Any]
    created_at: str
