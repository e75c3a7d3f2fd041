"""SQL of inspections."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from asterism.features.versions.storage.keys import manifest_key, pack_key
from asterism.features.versions.storage.models import Manifest, Usage
from asterism.features.versions.storage.store import tree_bytes
from asterism.features.versions.storage.tables import blobs, manifests, missing_blobs, packs, user_storage
from asterism.kernel.db import Tx, insert_ignore


@dataclass(frozen=True, slots=True)
class PackedBlob:
    """A blob as a pack holds it; `lost` is whether it counts as lost."""

    hash: str
    start: int
    size: int
    lost: bool


def users(tx: Tx) -> list[str]:
    """Return the users who store anything."""
    return [row[0] for row in tx.execute(sa.select(user_storage.c.user_id).order_by(user_storage.c.user_id))]


def packs_after(tx: Tx, user_id: str, cursor: str, limit: int) -> list[str]:
    """Return ids of packs, in order, after the one named by `cursor`."""
    query = sa.select(packs.c.id).where(packs.c.user_id == user_id, packs.c.id > cursor)
    return [row[0] for row in tx.execute(query.order_by(packs.c.id).limit(limit))]


def contents(tx: Tx, user_id: str, pack_id: str) -> list[PackedBlob]:
    """Return the blobs that a pack holds, by place."""
    query = sa.select(blobs.c.hash, blobs.c.start, blobs.c.size, blobs.c.lost)
    rows: Any = tx.execute(query.where(blobs.c.user_id == user_id, blobs.c.pack_id == pack_id).order_by(blobs.c.start))
    return [PackedBlob(*row) for row in rows]


def manifests_after(tx: Tx, user_id: str, cursor: str, limit: int) -> list[Manifest]:
    """Return manifests (not counting what they miss), by hash, after the one named by `cursor`."""
    query = sa.select(manifests).where(manifests.c.user_id == user_id, manifests.c.hash > cursor)
    fields = ("hash", "object_id", "size", "root", "entries", "files", "total_bytes", "spliceable")
    rows = tx.all(query.order_by(manifests.c.hash).limit(limit))
    return [Manifest(**{name: row[name] for name in fields}, missing=0) for row in rows]


def manifest_names(tx: Tx, user_id: str) -> set[str]:
    """Return the hashes of all stored manifests."""
    return {row[0] for row in tx.execute(sa.select(manifests.c.hash).where(manifests.c.user_id == user_id))}


def add_missing(tx: Tx, user_id: str, manifest_hash: str, names: Sequence[str]) -> None:
    """Note that a manifest waits for blobs."""
    insert_ignore(
        tx, missing_blobs, [{"user_id": user_id, "manifest_hash": manifest_hash, "hash": name} for name in names]
    )


def counted_usage(tx: Tx, user_id: str) -> Usage:
    """Return how much is stored, counted row by row."""
    size = sa.func.coalesce(sa.func.sum(blobs.c.size), 0)
    of_blobs: Any = tx.execute(sa.select(sa.func.count(), size).where(blobs.c.user_id == user_id)).one()
    whole = sa.func.coalesce(sa.func.sum(sa.case((manifests.c.object_id != "", manifests.c.size), else_=0)), 0)
    of_manifests: Any = tx.execute(sa.select(sa.func.count(), whole).where(manifests.c.user_id == user_id)).one()
    of_trees = tree_bytes(tx, user_id)
    return Usage(of_blobs[0], int(of_blobs[1]), of_manifests[0], int(of_manifests[1]) + of_trees)


def set_usage(tx: Tx, user_id: str, usage: Usage) -> None:
    """Write down how much is stored."""
    tx.execute(sa.update(user_storage).where(user_storage.c.user_id == user_id).values(asdict(usage)))


def object_keys(tx: Tx) -> Iterator[str]:
    """Yield the keys of all objects of packs and manifests, of everybody."""
    for row in tx.execute(sa.select(packs.c.user_id, packs.c.id)):
        yield pack_key(row.user_id, row.id)
    whole = sa.select(manifests.c.user_id, manifests.c.hash, manifests.c.object_id).where(manifests.c.object_id != "")
    for row in tx.execute(whole):
        yield manifest_key(row.user_id, row.hash, row.object_id)
