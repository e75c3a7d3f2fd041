"""What a client may say about a snapshot (Fastest 6.2), before anything stored is looked at."""

import re
from datetime import datetime, timedelta

from asterism.base.clock import parse
from asterism.base.errors import Invalid
from asterism.features.versions.snapshots.models import (
    MAX_AUTHOR,
    MAX_IMPORTED_SUMMARY,
    MAX_ORIGIN,
    MAX_PARENTS,
    MAX_SUMMARY,
    NewSnapshot,
)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")
FUTURE = timedelta(hours=24)


def check_shape(new: NewSnapshot, now: datetime) -> None:
    """Raise Invalid when a text is too long, the time no time or too far ahead, or the id none."""
    for field, text, limit in (
        ("summary", new.summary, MAX_IMPORTED_SUMMARY if new.source == "import" else MAX_SUMMARY),
        ("author_name", new.author_name, MAX_AUTHOR),
        ("author_email", new.author_email, MAX_AUTHOR),
        ("origin", new.origin, MAX_ORIGIN),
    ):
        if text is not None and len(text) > limit:
            raise Invalid.field(field, f"must have at most {limit} characters")
    if new.origin is not None and new.source != "import":
        raise Invalid.field("origin", "belongs to source import alone")
    if new.created_at is not None:
        given_time(new, now)
    if new.id is not None and not _ID.match(new.id):
        raise Invalid.field("snapshot_id", "is not an id")


def given_time(new: NewSnapshot, now: datetime) -> datetime | None:
    """Read the time that a client says it made the snapshot at; an import may bring any (ADR 0056). Raises Invalid."""
    if new.created_at is None:
        return None
    try:
        moment = parse(new.created_at)
    except (ValueError, OverflowError) as error:
        raise Invalid.field("created_at", "is not an RFC 3339 time") from error
    if new.source != "import" and moment > now + FUTURE:
        raise Invalid.field("created_at", "lies more than 24 hours ahead")
    return moment


def distinct_parents(new: NewSnapshot) -> tuple[str, ...]:
    """Return the parents, each once, in their order. Raises Invalid for a wrong id, too many, or itself."""
    for index, parent in enumerate(new.parents):
        if not _ID.match(parent):
            raise Invalid.field(f"parent_snapshot_ids[{index}]", "is not an id")
        if parent == new.id:
            raise Invalid.field(f"parent_snapshot_ids[{index}]", "is the snapshot itself")
    parents = tuple(dict.fromkeys(new.parents))
    if len(parents) > MAX_PARENTS:
        raise Invalid.field("parent_snapshot_ids", f"must have at most {MAX_PARENTS} items")
    return parents
