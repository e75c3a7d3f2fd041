"""SQL of stored content."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from asterism.features.storage.models import Manifest, Prepared, Usage
from asterism.features.storage.tables import blobs, doomed_objects, manifests, missing_blobs, trees, user_storage
from asterism.kernel.db import Tx, insert_ignore

AT_ONCE = 500


def chunked(items: Sequence[str], size: int = AT_ONCE) -> Iterator[Sequence[str]]:
    """Cut a list into parts that fit into one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def lock(tx: Tx, user_id: str) -> int:
    """Hold the user's storage until the transaction ends; return its epoch, which grows when objects are deleted."""
    empty = {"blob_count": 0, "blob_bytes": 0, "manifest_count": 0, "manifest_bytes": 0, "epoch": 0}
    insert_ignore(tx, user_storage, [{"user_id": user_id, **empty}])
    row = tx.one(sa.select(user_storage.c.epoch).where(user_storage.c.user_id == user_id).with_for_update())
    return int(row["epoch"]) if row else 0


def epoch(tx: Tx, user_id: str) -> int:
    """Return the epoch of the user's storage without holding it."""
    return tx.scalar(sa.select(user_storage.c.epoch).where(user_storage.c.user_id == user_id)) or 0


def usage(tx: Tx, user_id: str) -> Usage:
    """Return how much the user stores."""
    row = tx.one(sa.select(user_storage).where(user_storage.c.user_id == user_id))
    if row is None:
        return Usage()
    return Usage(row["blob_count"], row["blob_bytes"], row["manifest_count"], row["manifest_bytes"])


def add_usage(tx: Tx, user_id: str, change: Usage) -> None:
    """Add to (or, with negative numbers, take from) what the user stores."""
    table = user_storage.c
    tx.execute(
        sa.update(user_storage)
        .where(table.user_id == user_id)
        .values(
            blob_count=table.blob_count + change.blob_count,
            blob_bytes=table.blob_bytes + change.blob_bytes,
            manifest_count=table.manifest_count + change.manifest_count,
            manifest_bytes=table.manifest_bytes + change.manifest_bytes,
        )
    )


def blob_sizes(tx: Tx, user_id: str, hashes: Sequence[str]) -> dict[str, int]:
    """Return the sizes of those blobs that are stored."""
    found: dict[str, int] = {}
    for part in chunked(hashes):
        query = sa.select(blobs.c.hash, blobs.c.size).where(blobs.c.user_id == user_id, blobs.c.hash.in_(part))
        found.update((row["hash"], row["size"]) for row in tx.all(query))
    return found


def touch_blobs(tx: Tx, user_id: str, hashes: Sequence[str]) -> None:
    """Note that somebody was told these blobs are stored, which keeps a collection away from them for a while."""
    now = tx.now()
    for part in chunked(hashes):
        tx.execute(
            sa.update(blobs)
            .where(blobs.c.user_id == user_id, blobs.c.hash.in_(part), blobs.c.touched_at < now)
            .values(touched_at=now)
        )


def insert_blobs(tx: Tx, user_id: str, sizes: Mapping[str, int]) -> None:
    """Add blobs that are not there yet, and settle what waited for them."""
    now = tx.now()
    rows = [{"user_id": user_id, "hash": blob, "size": size, "touched_at": now} for blob, size in sizes.items()]
    tx.execute(sa.insert(blobs), rows)
    for part in chunked(list(sizes)):
        mine = (missing_blobs.c.user_id == user_id, missing_blobs.c.hash.in_(part))
        tx.execute(sa.delete(missing_blobs).where(*mine))
        tx.execute(
            sa.delete(doomed_objects).where(
                doomed_objects.c.user_id == user_id, doomed_objects.c.kind == "blob", doomed_objects.c.hash.in_(part)
            )
        )


def manifest(tx: Tx, user_id: str, manifest_hash: str) -> Manifest | None:
    """Return a stored manifest, None when there is none."""
    mine = (missing_blobs.c.user_id == user_id, missing_blobs.c.manifest_hash == manifest_hash)
    missing = sa.select(sa.func.count()).select_from(missing_blobs).where(*mine).scalar_subquery()
    row = tx.one(
        sa.select(manifests, missing.label("missing")).where(
            manifests.c.user_id == user_id, manifests.c.hash == manifest_hash
        )
    )
    if row is None:
        return None
    return Manifest(row["hash"], row["size"], row["root"], row["files"], row["total_bytes"], row["missing"])


def missing_counts(tx: Tx, user_id: str, hashes: Iterable[str]) -> dict[str, int]:
    """Return how many blobs each of these manifests lacks; those that lack none are absent."""
    found: dict[str, int] = {}
    for part in chunked(list(set(hashes))):
        query = (
            sa.select(missing_blobs.c.manifest_hash, sa.func.count().label("count"))
            .where(missing_blobs.c.user_id == user_id, missing_blobs.c.manifest_hash.in_(part))
            .group_by(missing_blobs.c.manifest_hash)
        )
        found.update((row["manifest_hash"], row["count"]) for row in tx.all(query))
    return found


def missing_of(tx: Tx, user_id: str, manifest_hash: str, limit: int) -> list[str]:
    """Return blobs that a manifest names and that are not stored."""
    mine = (missing_blobs.c.user_id == user_id, missing_blobs.c.manifest_hash == manifest_hash)
    return [row["hash"] for row in tx.all(sa.select(missing_blobs.c.hash).where(*mine).limit(limit))]


def is_awaited(tx: Tx, user_id: str, blob: str) -> bool:
    """Say whether a stored manifest names this blob although it is not stored."""
    mine = (missing_blobs.c.user_id == user_id, missing_blobs.c.hash == blob)
    return tx.one(sa.select(missing_blobs.c.hash).where(*mine).limit(1)) is not None


def touch_manifest(tx: Tx, user_id: str, manifest_hash: str) -> None:
    """Note that the manifest was uploaded again."""
    mine = (manifests.c.user_id == user_id, manifests.c.hash == manifest_hash)
    tx.execute(sa.update(manifests).where(*mine).values(touched_at=tx.now()))


def insert_manifest(tx: Tx, user_id: str, prepared: Prepared, missing: Sequence[str]) -> None:
    """Add a manifest with the records of its folders and the blobs that it waits for."""
    insert_trees(tx, user_id, prepared.forest.records)
    tx.execute(
        sa.insert(manifests).values(
            user_id=user_id,
            hash=prepared.hash,
            size=len(prepared.data),
            root=prepared.top.hash,
            files=prepared.top.files,
            total_bytes=prepared.top.size,
            touched_at=tx.now(),
        )
    )
    mine = (doomed_objects.c.user_id == user_id, doomed_objects.c.kind == "manifest")
    tx.execute(sa.delete(doomed_objects).where(*mine, doomed_objects.c.hash == prepared.hash))
    if missing:
        rows = [{"user_id": user_id, "manifest_hash": prepared.hash, "hash": blob} for blob in missing]
        tx.execute(sa.insert(missing_blobs), rows)


def insert_trees(tx: Tx, user_id: str, records: Mapping[str, bytes]) -> None:
    """Add folder records; known ones are passed over."""
    rows = [{"user_id": user_id, "hash": name, "record": record} for name, record in records.items()]
    for start in range(0, len(rows), AT_ONCE):
        insert_ignore(tx, trees, rows[start : start + AT_ONCE])


def tree_records(tx: Tx, user_id: str, hashes: Sequence[str]) -> dict[str, bytes]:
    """Return folder records by name. Raises KeyError when one is not there."""
    found: dict[str, bytes] = {}
    for part in chunked(hashes):
        query = sa.select(trees.c.hash, trees.c.record).where(trees.c.user_id == user_id, trees.c.hash.in_(part))
        found.update((row["hash"], bytes(row["record"])) for row in tx.all(query))
    for name in hashes:
        if name not in found:
            raise KeyError(name)
    return found
