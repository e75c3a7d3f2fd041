"""SQL of garbage collection."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from asterism.base.clock import shift
from asterism.features.versions.storage.models import Pack, Usage
from asterism.features.versions.storage.store import add_usage, chunked
from asterism.features.versions.storage.tables import (
    blobs,
    collection_leases,
    dead_objects,
    manifests,
    missing_blobs,
    packs,
    trees,
)
from asterism.kernel.db import RowDict, Tx, insert_ignore

LEASE_SECONDS = 600


def take_lease(tx: Tx, user_id: str, holder: str, seconds: int = LEASE_SECONDS) -> bool:
    """Take, or prolong, the right to collect for so many seconds; return False when somebody else has it."""
    now, until = tx.now(), shift(tx.now(), seconds=seconds)
    row = {"user_id": user_id, "holder": holder, "expires_at": until}
    if insert_ignore(tx, collection_leases, [row]):
        return True
    free = sa.or_(collection_leases.c.holder == holder, collection_leases.c.expires_at < now)
    return bool(
        tx.execute(
            sa.update(collection_leases).where(collection_leases.c.user_id == user_id, free).values(row)
        ).rowcount
    )


def lease_holder(tx: Tx, user_id: str) -> str | None:
    """Return who has the right to collect, or had it last."""
    found = tx.scalar(sa.select(collection_leases.c.holder).where(collection_leases.c.user_id == user_id))
    return None if found is None else str(found)


def drop_lease(tx: Tx, user_id: str, holder: str) -> None:
    """Give the right to collect back."""
    mine = (collection_leases.c.user_id == user_id, collection_leases.c.holder == holder)
    tx.execute(sa.delete(collection_leases).where(*mine))


def drop_leases(tx: Tx) -> None:
    """Forget who collects: for a server that knows itself alone, so all who did were killed."""
    tx.execute(sa.delete(collection_leases))


def all_manifests(tx: Tx, user_id: str) -> list[RowDict]:
    """Return hash, object, size, top folder and last use of every stored manifest."""
    columns = (manifests.c.hash, manifests.c.object_id, manifests.c.size, manifests.c.root, manifests.c.touched_at)
    return list(tx.all(sa.select(*columns).where(manifests.c.user_id == user_id)))


def blobs_after(tx: Tx, user_id: str, cursor: str, limit: int) -> list[tuple[str, int, str]]:
    """Return hash, size and last use of blobs, by hash, after the one named by `cursor`."""
    query = sa.select(blobs.c.hash, blobs.c.size, blobs.c.touched_at).where(
        blobs.c.user_id == user_id, blobs.c.hash > cursor
    )
    rows: Any = tx.execute(query.order_by(blobs.c.hash).limit(limit)).fetchall()
    return [tuple(row) for row in rows]


def delete_manifests(tx: Tx, user_id: str, hashes: Sequence[str], cutoff: str) -> list[RowDict]:
    """Forget manifests last used at or before `cutoff`; return hash, object and size of those forgotten."""
    gone: list[RowDict] = []
    for part in chunked(hashes):
        mine = (manifests.c.user_id == user_id, manifests.c.hash.in_(part), manifests.c.touched_at <= cutoff)
        statement = sa.delete(manifests).where(*mine)
        gone += tx.all(statement.returning(manifests.c.hash, manifests.c.object_id, manifests.c.size))
    for part in chunked([row["hash"] for row in gone]):
        tx.execute(
            sa.delete(missing_blobs).where(missing_blobs.c.user_id == user_id, missing_blobs.c.manifest_hash.in_(part))
        )
    whole = [row for row in gone if row["object_id"]]
    if gone:
        add_usage(tx, user_id, Usage(manifest_count=-len(gone), manifest_bytes=-sum(row["size"] for row in whole)))
    return gone


def drop_object(tx: Tx, user_id: str, manifest_hash: str, object_id: str) -> bool:
    """Say that a manifest is written from its records, and no more in this object; return whether it still was."""
    mine = (manifests.c.user_id == user_id, manifests.c.hash == manifest_hash, manifests.c.object_id == object_id)
    return bool(tx.execute(sa.update(manifests).where(*mine).values(object_id="")).rowcount)


def delete_blobs(tx: Tx, user_id: str, hashes: Sequence[str], cutoff: str) -> tuple[int, int]:
    """Forget blobs last used at or before `cutoff`; return how many, and their bytes."""
    gone: list[RowDict] = []
    for part in chunked(hashes):
        mine = (blobs.c.user_id == user_id, blobs.c.hash.in_(part), blobs.c.touched_at <= cutoff)
        gone += tx.all(sa.delete(blobs).where(*mine).returning(blobs.c.size, blobs.c.pack_id))
    by_pack: dict[str, int] = {}
    for row in gone:
        by_pack[row["pack_id"]] = by_pack.get(row["pack_id"], 0) + row["size"]
    for pack_id, size in by_pack.items():
        tx.execute(sa.update(packs).where(packs.c.id == pack_id).values(live_bytes=packs.c.live_bytes - size))
    freed = sum(by_pack.values())
    if gone:
        add_usage(tx, user_id, Usage(-len(gone), -freed))
    return len(gone), freed


def thin_packs(tx: Tx, user_id: str, limit: int) -> list[tuple[str, int]]:
    """Return packs less than half of which is still in use, with their size."""
    query = sa.select(packs.c.id, packs.c.size).where(packs.c.user_id == user_id, packs.c.live_bytes * 2 < packs.c.size)
    empty = sa.select(packs.c.id, packs.c.size).where(
        packs.c.user_id == user_id, packs.c.live_bytes == 0, packs.c.size == 0, ~_has_blobs()
    )
    rows: Any = tx.execute(sa.union(query, empty).limit(limit))
    return [(row.id, row.size) for row in rows]


def _has_blobs() -> Any:
    return sa.exists().where(blobs.c.pack_id == packs.c.id)


def pack_contents(tx: Tx, pack_id: str) -> list[tuple[str, int, int]]:
    """Return hash, start and size of the blobs that a pack still holds, by place."""
    query = sa.select(blobs.c.hash, blobs.c.start, blobs.c.size).where(blobs.c.pack_id == pack_id)
    rows: Any = tx.execute(query.order_by(blobs.c.start)).fetchall()
    return [tuple(row) for row in rows]


def move_blobs(tx: Tx, user_id: str, old_pack: str, new: Pack) -> None:
    """Say that what an old pack held is in a new one; blobs that were forgotten meanwhile are not brought back."""
    mine = (blobs.c.user_id == user_id, blobs.c.hash == sa.bindparam("blob"), blobs.c.pack_id == old_pack)
    move = sa.update(blobs).where(*mine).values(pack_id=new.id, start=sa.bindparam("place"))
    tx.execute(move, [{"blob": blob, "place": start} for blob, (start, _) in new.blobs.items()])
    live = tx.scalar(sa.select(sa.func.coalesce(sa.func.sum(blobs.c.size), 0)).where(blobs.c.pack_id == new.id))
    tx.execute(sa.insert(packs).values(id=new.id, user_id=user_id, size=new.size, live_bytes=int(live)))


def drop_pack(tx: Tx, pack_id: str) -> None:
    """Forget a pack that holds nothing any more."""
    tx.execute(sa.delete(packs).where(packs.c.id == pack_id))


def doom(tx: Tx, user_id: str, keys: Sequence[str]) -> None:
    """Write down objects that nothing refers to any more and that are to be deleted after the commit."""
    for part in chunked(keys):
        insert_ignore(tx, dead_objects, [{"key": key, "user_id": user_id} for key in part])


def doomed(tx: Tx, user_id: str, limit: int) -> list[str]:
    """Return objects that are to be deleted."""
    return [
        row[0]
        for row in tx.execute(sa.select(dead_objects.c.key).where(dead_objects.c.user_id == user_id).limit(limit))
    ]


def forget_doomed(tx: Tx, keys: Sequence[str]) -> None:
    """Strike deleted objects off the list."""
    for part in chunked(keys):
        tx.execute(sa.delete(dead_objects).where(dead_objects.c.key.in_(part)))


def trees_after(tx: Tx, user_id: str, cursor: str = "", limit: int | None = None) -> list[tuple[str, int]]:
    """Return names and sizes of folder records, in order, after the one named by `cursor`."""
    query = sa.select(trees.c.hash, sa.func.length(trees.c.record)).where(trees.c.user_id == user_id)
    rows: Any = tx.execute(query.where(trees.c.hash > cursor).order_by(trees.c.hash).limit(limit)).fetchall()
    return [tuple(row) for row in rows]


def delete_trees(tx: Tx, user_id: str, sizes: Mapping[str, int]) -> None:
    """Forget folder records, given with their sizes."""
    for part in chunked(list(sizes)):
        tx.execute(sa.delete(trees).where(trees.c.user_id == user_id, trees.c.hash.in_(part)))
    if sizes:
        add_usage(tx, user_id, Usage(manifest_bytes=-sum(sizes.values())))


def known_objects(tx: Tx, user_id: str) -> Mapping[str, set[str]]:
    """Return the ids of the packs and of the manifest objects that are registered."""
    of_packs = tx.execute(sa.select(packs.c.id).where(packs.c.user_id == user_id))
    of_manifests = tx.execute(
        sa.select(manifests.c.object_id).where(manifests.c.user_id == user_id, manifests.c.object_id != "")
    )
    return {"blobs": {row[0] for row in of_packs}, "manifests": {row[0] for row in of_manifests}}
