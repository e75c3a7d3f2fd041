"""Rotation (Fastest 0.8): a new key id, every record re-wrapped, old keys dropped when nothing can name them.

Servers may run meanwhile. They look at the key store before every seal, so once the new ring is saved only
transactions that sealed before that moment can still bring a record with an old key; passes go on until one finds
none. The data itself is never decrypted. An interrupted rotation is finished by the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from asterism.base.clock import shift
from asterism.kernel.db import Database, Tx
from asterism.kernel.secrets import envelope
from asterism.kernel.secrets.keys import RESTORE, KeyRing, KeyStore, new_key_id
from asterism.kernel.secrets.port import MasterKeyError, Place, SealedPlace, SecretUnreadable
from asterism.kernel.secrets.registry import sealed_columns
from asterism.kernel.secrets.startup import forget_keys, record_key

BATCH = 500
KEEP_RETIRED = 24 * 3600  # seconds; far longer than any transaction that sealed with the key can take


@dataclass(frozen=True, slots=True)
class RotationReport:
    """What a rotation did. `unreadable` records kept their old wrapping, and its key if there is one."""

    key_id: str
    rewrapped: int
    unreadable: int
    dropped: list[str]


def rotate(
    db: Database,
    store: KeyStore,
    progress: Callable[[int], None] = lambda _count: None,
    *,
    places: Sequence[SealedPlace] = (),
) -> RotationReport:
    """Rotate the master key of one installation. `progress` is told the number of records after each batch.

    `places` are those outside the database that keep sealed values. Killed at any moment, it leaves every value
    readable.
    Raises MasterKeyError when there is no ring to rotate.
    """
    with db.write() as tx:
        ring = _add_key(tx, store)
    rewrapped, unreadable = 0, 0
    while True:
        changed, unreadable = _one_pass(db, ring, lambda count, base=rewrapped: progress(base + count))  # type: ignore[misc]
        rewrapped += changed
        if changed == 0:
            break
    for place in places:
        changed, failed = place.reseal()
        rewrapped, unreadable = rewrapped + changed, unreadable + failed
    return RotationReport(ring.active, rewrapped, unreadable, _drop_unused(db, store, places))


def _add_key(tx: Tx, store: KeyStore) -> KeyRing:
    tx.take_turns("key ring")
    ring = store.load()
    if ring is None:
        raise MasterKeyError("There is no master key to rotate.", hint=RESTORE)
    ring = ring.with_new_key(new_key_id(tx.now()), tx.now())
    store.save(ring)
    record_key(tx, ring)
    return ring


def _one_pass(db: Database, ring: KeyRing, progress: Callable[[int], None]) -> tuple[int, int]:
    changed, unreadable = 0, 0
    for table, column in sealed_columns():
        last = ""
        while True:
            with db.write() as tx:
                ids, failed = _one_batch(tx, ring, table, column, last)
            if not ids:
                break
            last = ids[-1]
            changed += len(ids) - failed
            unreadable += failed
            progress(changed)
    return changed, unreadable


def _one_batch(tx: Tx, ring: KeyRing, table: sa.Table, column: sa.Column[str], after: str) -> tuple[list[str], int]:
    """Re-wrap up to `BATCH` records whose id follows `after`; return their ids and how many did not open."""
    query = (
        sa.select(table.c.id, column)
        .where(table.c.id > after, column.like(f"{envelope.PREFIX}%"))
        .where(column.not_like(f"{envelope.PREFIX}{ring.active}:%"))
        .order_by(table.c.id)
        .limit(BATCH)
        .with_for_update()
    )
    rows = [(str(row["id"]), str(row[column.name])) for row in tx.all(query)]
    failed = 0
    for row_id, sealed in rows:
        try:
            renewed = envelope.rewrap(ring, Place(table.name, column.name, row_id), sealed)
        except SecretUnreadable:
            failed += 1
            continue
        tx.execute(sa.update(table).where(table.c.id == row_id, column == sealed).values({column.name: renewed}))
    return [row_id for row_id, _ in rows], failed


def _drop_unused(db: Database, store: KeyStore, places: Sequence[SealedPlace]) -> list[str]:
    """Drop keys that were retired long ago and that nothing names.

    First the database forgets them, then the ring: killed in between, the ring has a key too many, which does no harm.
    The other way about, the next start would find a key missing.
    """
    with db.write() as tx:
        tx.take_turns("key ring")
        ring = store.load()
        limit = shift(tx.now(), seconds=-KEEP_RETIRED)
        old = {key for key, retired_at in ring.retired.items() if retired_at < limit} if ring else set()
        unused = {key for key in old if not _named(tx, key)}.difference(*(place.key_ids() for place in places))
        forget_keys(tx, unused)
    if unused:
        with db.write() as tx:
            tx.take_turns("key ring")
            ring = store.load()  # anew: another rotation may have added a key
            if ring is not None:
                store.save(ring.without(unused))
    return sorted(unused)


def _named(tx: Tx, key_id: str) -> bool:
    return any(
        tx.scalar(sa.select(sa.literal(1)).where(column.like(f"{envelope.PREFIX}{key_id}:%")).limit(1))
        for table, column in sealed_columns()
        if table.name != "encryption_keys"
    )
