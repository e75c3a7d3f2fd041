"""Entries of the log, and activity events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

MAX_TITLE = 200
KEPT_DAYS = 30
KEPT_ENTRIES = 1_000
EVENT_DAYS = 365
MAX_EVENTS = 10_000


class Subject(msgspec.Struct, frozen=True):
    """What an entry is about: the type of the thing, and its id."""

    type: str
    id: str


class Entry(msgspec.Struct, frozen=True):
    """One thing that happened in a project; `data` has the fields of its kind, `title` is a sentence for people."""

    seq: int
    at: str
    kind: str
    actor: str
    workspace_id: str | None
    subject: Subject
    tree: str | None
    title: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries after a cursor. `last_seq` is the newest number of the log.

    `reset`: the log cannot tell everything after the cursor, as older entries are not kept; it begins with the oldest.
    """

    entries: Sequence[Entry]
    last_seq: int
    reset: bool


@dataclass(frozen=True, slots=True)
class ActivityEvent:
    """One thing that happened in a project, as clients list it (Fastest 0.10)."""

    id: str
    project_id: str
    workspace_id: str | None
    actor: str
    type: str
    snapshot_id: str | None
    message: str | None
    created_at: str
