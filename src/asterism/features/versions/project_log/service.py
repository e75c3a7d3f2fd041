"""Use cases of the log and of activity events."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from asterism.base import ids
from asterism.base.clock import shift
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.versions.project_log import store
from asterism.features.versions.project_log.events import Telling, Told
from asterism.features.versions.project_log.models import (
    EVENT_DAYS,
    KEPT_DAYS,
    KEPT_ENTRIES,
    MAX_EVENTS,
    MAX_TITLE,
    ActivityEvent,
    Entry,
    LogPage,
    Subject,
)
from asterism.kernel.db import Tx
from asterism.kernel.streams import Event, Head, logs

PREFIX = "project:"
DAY = 24 * 3600


class _Kept(msgspec.Struct, frozen=True):
    """What the stream keeps of an entry beside its number, its time and its kind."""

    actor: str
    workspace_id: str | None
    subject: Subject
    tree: str | None
    title: str
    data: Any


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Kept).decode


def name_of(project_id: str) -> str:
    """Return the name of the stream that is a project's log."""
    return PREFIX + project_id


def append(
    tx: Tx,
    project_id: str,
    told: Told,
    *,
    title: str,
    subject: tuple[str, str],
    actor: str = "system",
    workspace_id: str | None = None,
    tree: str | None = None,
) -> ActivityEvent | None:
    """Tell what happened with the transaction of what is told; return the activity event, if its kind makes one.

    `title` is one sentence for people, cut at 200 characters; `subject` a type and an id; `actor` is `cli`, `web` or
    `system`, the kind of client behind the caller's token; `tree` the manifest hash that it happened on.
    """
    return append_all(tx, project_id, [Telling(told, title, subject, actor, workspace_id, tree)])[0]


def append_all(tx: Tx, project_id: str, tellings: Sequence[Telling]) -> list[ActivityEvent | None]:
    """Do what `append` does for many things at once, in their order."""
    found: list[ActivityEvent | None] = []
    for one in tellings:
        kind = Event.of(0, one.told, "")
        kept = _Kept(
            one.actor, one.workspace_id, Subject(*one.subject), one.tree, cut(one.title), msgspec.Raw(kind.data)
        )
        logs.append(tx, name_of(project_id), kind.type, _encode(kept))
        shown = one.told.activity()
        found.append(
            ActivityEvent(
                ids.ulid(),
                project_id,
                one.workspace_id,
                one.actor,
                shown.type,
                shown.snapshot_id,
                shown.message,
                tx.now(),
            )
            if shown is not None
            else None
        )
    store.insert_events(tx, [event for event in found if event is not None])
    return found


def cut(text: str) -> str:
    """Return a title: one line, at most 200 characters."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def entry_of(event: Event) -> Entry:
    """Read an entry from the event that the stream has of it."""
    kept = _decode(event.data)
    return Entry(
        event.seq,
        event.created_at,
        event.type,
        kept.actor,
        kept.workspace_id,
        kept.subject,
        kept.tree,
        kept.title,
        kept.data,
    )


def read_log(tx: Tx, project_id: str, *, after: int, limit: int, kinds: Collection[str] | None = None) -> LogPage:
    """Return entries after a cursor, oldest first; of these kinds, if any are named (Beyond 1)."""
    head, reset = log_head(tx, project_id, after)
    found = logs.read(tx, name_of(project_id), head.floor if reset else after, limit, kinds)
    return LogPage([entry_of(event) for event in found], head.last_seq, reset)


def log_head(tx: Tx, project_id: str, after: int) -> tuple[Head, bool]:
    """Return how far the log has come, and whether it cannot tell everything after a cursor.

    That is so when older entries are not kept, and for a cursor of another life of the server, beyond the end.
    """
    head = logs.head(tx, name_of(project_id))
    return head, after < head.floor or after > head.last_seq


def list_events(
    tx: Tx, caller: Caller, project_id: str, *, limit: int, cursor: str | None = None
) -> Page[ActivityEvent]:
    """Return what happened in a project, newest first."""
    scope = f"events:{project_id}"
    before = decode_cursor(scope, cursor, tuple[str, str]) if cursor else None
    found = store.events(tx, project_id, limit + 1, before, only_workspace=caller.scope.only_workspace)
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return Page(found[:limit], encode_cursor(scope, [last.created_at, last.id]) if last else None)


def newest_events(tx: Tx, caller: Caller, project_id: str, count: int) -> Sequence[ActivityEvent]:
    """Return the newest events that the caller's scope reaches."""
    return store.events(tx, project_id, count, only_workspace=caller.scope.only_workspace)


def last_event_at(tx: Tx, project_id: str, type: str) -> str | None:
    """Return when an event of this type was last written, None when never."""
    return store.newest_event_at(tx, project_id, type)


def prune(tx: Tx) -> None:
    """Keep entries for 30 days, but always the last 1,000; events for 365 days, but 10,000 at most of a project.

    For the retention job.
    """
    logs.retain(tx, PREFIX, shift(tx.now(), seconds=-KEPT_DAYS * DAY), keep=KEPT_ENTRIES)
    before = shift(tx.now(), seconds=-EVENT_DAYS * DAY)
    for project_id in store.ids_with_events(tx):
        store.prune_events(tx, project_id, MAX_EVENTS, before)


def remove(tx: Tx, project_id: str) -> None:
    """Remove the log of a project that is purged; its events go with the project."""
    logs.remove(tx, name_of(project_id))
