"""SQL of the streams."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from asterism.kernel.db import Prepared, Tx, insert_ignore
from asterism.kernel.streams.facts import Fact
from asterism.kernel.streams.models import Event, Head
from asterism.kernel.streams.tables import stream_events, streams

CHANNEL = "asterism_streams"
IN_ONE = 500  # numbers in one statement


_INSERT, _WRITE = streams.insert(), stream_events.insert()
_OPEN = (streams.c.id == sa.bindparam("stream")) & streams.c.closed_at.is_(None)
_END = sa.bindparam("end", type_=sa.BigInteger)
_ADVANCE = streams.update().where(_OPEN, streams.c.last_seq < _END).values(last_seq=_END)
_CLOSE = streams.update().where(_OPEN, streams.c.last_seq <= _END).values(last_seq=_END, closed_at=sa.bindparam("at"))
_EXTEND = (
    streams.update()
    .where(_OPEN)
    .values(last_seq=streams.c.last_seq + sa.bindparam("count", type_=sa.BigInteger))
    .returning(streams.c.last_seq)
)
_HEAD = sa.select(
    streams.c.last_seq, streams.c.closed_at.is_not(None), streams.c.expired, streams.c.shared, streams.c.floor
).where(streams.c.id == sa.bindparam("stream"))
_HEADS = Prepared(_HEAD), Prepared(_HEAD.with_for_update())


def insert(tx: Tx, stream: str, *, shared: bool = False) -> None:
    """Make an empty open stream."""
    tx.execute(_INSERT, _empty(tx, stream, shared=shared))


def insert_missing(tx: Tx, stream: str) -> None:
    """Make an empty shared stream, unless it is there."""
    insert_ignore(tx, streams, [_empty(tx, stream, shared=True)])


def _empty(tx: Tx, stream: str, *, shared: bool) -> dict[str, Any]:
    values = {"id": stream, "last_seq": 0, "created_at": tx.now(), "closed_at": None, "expired": False}
    return values | {"shared": shared, "floor": 0}


def advance(tx: Tx, stream: str, last_seq: int, *, close: bool = False) -> bool:
    """Move the durable end of an open stream forward, taking its row lock; return whether it was open and behind.

    A writer that was taken for dead and replaced is behind, and can do no harm any more.
    """
    if close:
        found = tx.execute(_CLOSE, {"stream": stream, "end": last_seq, "at": tx.now()})
    else:
        found = tx.execute(_ADVANCE, {"stream": stream, "end": last_seq})
    return found.rowcount == 1


def extend(tx: Tx, stream: str, count: int) -> int | None:
    """Move the end of an open shared stream by so many numbers, holding its row; return the end, None without it."""
    found: int | None = tx.execute(_EXTEND, {"stream": stream, "count": count}).scalar()
    return found


def write(tx: Tx, stream: str, events: Sequence[Event]) -> None:
    """Write events; those already there (written by a coalesced write meanwhile) are passed over."""
    insert_ignore(tx, stream_events, [_row(stream, event) for event in events])


def write_new(tx: Tx, stream: str, events: Sequence[Event]) -> None:
    """Write events that nobody can have written; a duplicate is the bug of a second writer and raises."""
    tx.execute(_WRITE, [_row(stream, event) for event in events])


def write_tails(tx: Tx, tails: Mapping[str, Sequence[Event]]) -> None:
    """Write the tails of several open streams; a stream that was closed or deleted meanwhile is left alone."""
    for stream, events in sorted(tails.items()):
        if advance(tx, stream, events[-1].seq):
            write(tx, stream, events)
            notify(tx, stream)


def notify(tx: Tx, stream: str) -> None:
    """Tell the other processes after the commit (PostgreSQL only)."""
    if tx.dialect == "postgresql":
        tx.execute(sa.select(sa.func.pg_notify(CHANNEL, stream)))


def head(tx: Tx, stream: str, *, lock: bool = False) -> Head | None:
    """Return the durable end of a stream; with `lock`, hold its row until the transaction ends."""
    row = _HEADS[lock].first(tx, stream=stream)
    return Head(*row) if row else None


def read_after(tx: Tx, stream: str, seq: int, limit: int | None, types: Collection[str] | None = None) -> list[Event]:
    """Return durable events with a higher seq, in order; of these types, if any are named."""
    query = (
        sa.select(stream_events)
        .where(stream_events.c.stream_id == stream, stream_events.c.seq > seq)
        .order_by(stream_events.c.seq)
    )
    if types is not None:
        query = query.where(stream_events.c.type.in_(types))
    rows = tx.all(query.limit(limit) if limit is not None else query)
    return [Event(row["seq"], row["type"], row["data"].encode(), row["created_at"]) for row in rows]


def rewrite(tx: Tx, stream: str, drop: Sequence[int], put: Mapping[int, Fact]) -> None:
    """Drop events, and put facts in the place of others."""
    table = stream_events.c
    for first in range(0, len(drop), IN_ONE):
        chosen = list(drop[first : first + IN_ONE])
        tx.execute(stream_events.delete().where(table.stream_id == stream, table.seq.in_(chosen)))
    for seq, fact in sorted(put.items()):
        event = Event.of(seq, fact, "")
        values = {"type": event.type, "data": event.data.decode()}
        tx.execute(stream_events.update().where(table.stream_id == stream, table.seq == seq).values(values))


def trim(tx: Tx, stream: str, seq: int) -> None:
    """Drop the events up to a seq."""
    tx.execute(stream_events.delete().where(stream_events.c.stream_id == stream, stream_events.c.seq <= seq))
    tx.execute(streams.update().where(streams.c.id == stream, streams.c.floor < seq).values(floor=seq))


def retain(tx: Tx, stream: str, before: str, keep: int) -> bool:
    """Trim a stream: what is older than a stamp goes, except for the last `keep` numbers; say whether any went."""
    end = head(tx, stream, lock=True)
    aged = newest_before(tx, stream, before)
    if end is None or aged is None or min(aged, end.last_seq - keep) <= end.floor:
        return False
    trim(tx, stream, min(aged, end.last_seq - keep))
    return True


def names(tx: Tx, prefix: str) -> list[str]:
    """Return the streams whose name begins with a prefix."""
    query = sa.select(streams.c.id).where(streams.c.id.startswith(prefix, autoescape=True)).order_by(streams.c.id)
    return [row["id"] for row in tx.all(query)]


def newest_before(tx: Tx, stream: str, stamp: str) -> int | None:
    """Return the seq of the newest event that is older than a stamp."""
    table = stream_events.c
    query = sa.select(sa.func.max(table.seq)).where(table.stream_id == stream, table.created_at < stamp)
    found: int | None = tx.scalar(query)
    return found


def delete(tx: Tx, stream: str) -> None:
    """Remove a stream and its events."""
    tx.execute(stream_events.delete().where(stream_events.c.stream_id == stream))
    tx.execute(streams.delete().where(streams.c.id == stream))


def purge(tx: Tx, closed_before: str, prefix: str) -> int:
    """Drop the events of streams closed before the stamp; their heads stay."""
    old = sa.and_(_closed(closed_before, prefix), streams.c.expired.is_(False))
    tx.execute(stream_events.delete().where(stream_events.c.stream_id.in_(sa.select(streams.c.id).where(old))))
    return tx.execute(streams.update().where(old).values(expired=True)).rowcount


def drop(tx: Tx, closed_before: str, prefix: str) -> int:
    """Remove streams closed before the stamp, with everything."""
    old = _closed(closed_before, prefix)
    tx.execute(stream_events.delete().where(stream_events.c.stream_id.in_(sa.select(streams.c.id).where(old))))
    return tx.execute(streams.delete().where(old)).rowcount


def orphans(tx: Tx, prefix: str, table: str) -> list[str]:
    """Return the streams named `prefix` + id for which `table` has no row."""
    owner = sa.table(table, sa.column("id"))
    kept = sa.exists().where(owner.c.id == sa.func.substr(streams.c.id, len(prefix) + 1))
    query = sa.select(streams.c.id).where(streams.c.id.startswith(prefix, autoescape=True), ~kept)
    return [str(row["id"]) for row in tx.all(query)]


def ids_in(tx: Tx, table: str) -> set[str]:
    """Return the ids of the rows of a table."""
    return {str(row["id"]) for row in tx.all(sa.select(sa.column("id")).select_from(sa.table(table)))}


def _closed(before: str, prefix: str) -> sa.ColumnElement[bool]:
    return sa.and_(streams.c.closed_at < before, streams.c.id.startswith(prefix, autoescape=True))


def _row(stream: str, event: Event) -> dict[str, Any]:
    return {
        "stream_id": stream,
        "seq": event.seq,
        "type": event.type,
        "data": event.data.decode(),
        "created_at": event.created_at,
    }
