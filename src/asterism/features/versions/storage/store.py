"""SQL of stored content."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from asterism.features.versions.storage.models import Manifest, Pack, Place, Prepared, Usage
from asterism.features.versions.storage.tables import blobs, manifests, missing_blobs, packs, trees, user_storage
from asterism.kernel.db import Prepared as PreparedQuery
from asterism.kernel.db import RowDict, Tx, insert_ignore, listed, one_of

AT_ONCE = 500
PLACES_AT_ONCE = 5_000
_STORED = ("hash", "object_id", "size", "root", "entries", "files", "total_bytes", "spliceable")


def chunked(items: Sequence[str], size: int = AT_ONCE) -> Iterator[Sequence[str]]:
    """Cut a list into parts that fit into one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def lock(tx: Tx, user_id: str) -> None:
    """Hold the user's storage until the transaction ends: registrations and collections of one user take turns."""
    empty = {"blob_count": 0, "blob_bytes": 0, "manifest_count": 0, "manifest_bytes": 0}
    insert_ignore(tx, user_storage, [{"user_id": user_id, **empty}])
    tx.one(sa.select(user_storage.c.user_id).where(user_storage.c.user_id == user_id).with_for_update())


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


_PLACES = PreparedQuery(
    sa.select(blobs.c.hash, blobs.c.pack_id, blobs.c.start, blobs.c.size).where(
        blobs.c.user_id == sa.bindparam("user"),
        blobs.c.lost.is_(False),
        blobs.c.hash.op("IN")(one_of(sa.bindparam("hashes"))),
    )
)


def places(tx: Tx, user_id: str, hashes: Sequence[str]) -> dict[str, Place]:
    """Return where those blobs are that are stored, and not known to be lost."""
    found: dict[str, Place] = {}
    for part in chunked(hashes, PLACES_AT_ONCE):
        rows = _PLACES.rows(tx, user=user_id, hashes=listed(part))
        found.update((blob, Place(pack_id, start, size)) for blob, pack_id, start, size in rows)
    return found


def roots(tx: Tx, user_id: str, hashes: Sequence[str]) -> dict[str, str]:
    """Return the record of the top folder of those manifests that are stored."""
    found: dict[str, str] = {}
    for part in chunked(hashes):
        query = sa.select(manifests.c.hash, manifests.c.root)
        rows = tx.all(query.where(manifests.c.user_id == user_id, manifests.c.hash.in_(part)))
        found.update((row["hash"], row["root"]) for row in rows)
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


def mark_lost(tx: Tx, user_id: str, hashes: Sequence[str], *, lost: bool) -> int:
    """Note that blobs cannot be read any more, or can again; return of how many that was news."""
    count = 0
    for part in chunked(hashes):
        mine = (blobs.c.user_id == user_id, blobs.c.hash.in_(part), blobs.c.lost.is_(not lost))
        count += tx.execute(sa.update(blobs).where(*mine).values(lost=lost)).rowcount
    return count


def drop_lost(tx: Tx, user_id: str, hashes: Sequence[str]) -> None:
    """Forget lost blobs, because they are about to be stored anew."""
    gone: list[RowDict] = []
    for part in chunked(hashes):
        mine = (blobs.c.user_id == user_id, blobs.c.hash.in_(part), blobs.c.lost.is_(True))
        gone += tx.all(sa.delete(blobs).where(*mine).returning(blobs.c.size, blobs.c.pack_id))
    for row in gone:
        live = packs.c.live_bytes - row["size"]
        tx.execute(sa.update(packs).where(packs.c.id == row["pack_id"]).values(live_bytes=live))
    if gone:
        add_usage(tx, user_id, Usage(-len(gone), -sum(row["size"] for row in gone)))


def insert_pack(tx: Tx, user_id: str, pack: Pack, fresh: Mapping[str, tuple[int, int]]) -> None:
    """Add a pack with those of its blobs that are `fresh`, and settle what waited for them."""
    live = sum(size for _, size in fresh.values())
    tx.execute(sa.insert(packs).values(id=pack.id, user_id=user_id, size=pack.size, live_bytes=live))
    common = {"user_id": user_id, "pack_id": pack.id, "touched_at": tx.now()}
    rows = [{"hash": blob, "start": start, "size": size, **common} for blob, (start, size) in fresh.items()]
    tx.execute(sa.insert(blobs), rows)
    waiting = tx.one(sa.select(missing_blobs.c.hash).where(missing_blobs.c.user_id == user_id).limit(1))
    for part in chunked(list(fresh)) if waiting else ():
        tx.execute(sa.delete(missing_blobs).where(missing_blobs.c.user_id == user_id, missing_blobs.c.hash.in_(part)))


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
    return Manifest(**{name: row[name] for name in _STORED}, missing=row["missing"])


def manifests_named(tx: Tx, user_id: str, hashes: Sequence[str]) -> dict[str, Manifest]:
    """Return those of the manifests that are stored, by hash."""
    missing = missing_counts(tx, user_id, hashes)
    found: dict[str, Manifest] = {}
    for part in chunked(hashes):
        query = sa.select(*(manifests.c[name] for name in _STORED))
        for row in tx.all(query.where(manifests.c.user_id == user_id, manifests.c.hash.in_(part))):
            found[row["hash"]] = Manifest(**row, missing=missing.get(row["hash"], 0))
    return found


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
    """Say whether this blob is known although it is not stored: a stored manifest names it, or it was lost."""
    awaited = (missing_blobs.c.user_id == user_id, missing_blobs.c.hash == blob)
    lost = (blobs.c.user_id == user_id, blobs.c.hash == blob)
    queries = (sa.select(missing_blobs.c.hash).where(*awaited), sa.select(blobs.c.hash).where(*lost))
    return any(tx.one(query.limit(1)) is not None for query in queries)


def recent_manifests(tx: Tx, user_id: str, limit: int) -> list[Manifest]:
    """Return complete manifests of regular layout, the last used first."""
    missing = sa.select(missing_blobs.c.manifest_hash).where(missing_blobs.c.user_id == user_id)
    query = sa.select(manifests).where(
        manifests.c.user_id == user_id, manifests.c.regular.is_(True), manifests.c.hash.not_in(missing)
    )
    rows = tx.all(query.order_by(manifests.c.touched_at.desc()).limit(limit))
    return [Manifest(**{name: row[name] for name in _STORED}, missing=0) for row in rows]


def touch_manifest(tx: Tx, user_id: str, manifest_hash: str) -> bool:
    """Note that the manifest was uploaded again; return whether it is stored at all."""
    mine = (manifests.c.user_id == user_id, manifests.c.hash == manifest_hash)
    return bool(tx.execute(sa.update(manifests).where(*mine).values(touched_at=tx.now())).rowcount)


def set_manifest_object(tx: Tx, user_id: str, manifest_hash: str, object_id: str) -> str | None:
    """Say that a stored manifest's bytes are in another object; return the former one, None when it is not stored."""
    mine = (manifests.c.user_id == user_id, manifests.c.hash == manifest_hash)
    before = tx.scalar(sa.select(manifests.c.object_id).where(*mine))
    if before is not None:
        tx.execute(sa.update(manifests).where(*mine).values(object_id=object_id, touched_at=tx.now()))
    return str(before) if before is not None else None


def insert_manifest(tx: Tx, user_id: str, prepared: Prepared, object_id: str, missing: Sequence[str]) -> int:
    """Add a manifest with the records of its folders and the blobs that it waits for; return the bytes it takes."""
    taken = insert_trees(tx, user_id, prepared.forest.records)
    tx.execute(
        sa.insert(manifests).values(
            user_id=user_id,
            hash=prepared.hash,
            object_id=object_id,
            size=len(prepared.data),
            root=prepared.top.hash,
            entries=prepared.entries,
            files=prepared.top.files,
            total_bytes=prepared.top.size,
            regular=prepared.regular,
            spliceable=prepared.spliceable,
            touched_at=tx.now(),
        )
    )
    if missing:
        rows = [{"user_id": user_id, "manifest_hash": prepared.hash, "hash": blob} for blob in missing]
        tx.execute(sa.insert(missing_blobs), rows)
    return taken + (len(prepared.data) if object_id else 0)


def insert_manifests(tx: Tx, user_id: str, found: Sequence[tuple[Manifest, bool]], records: Mapping[str, bytes]) -> int:
    """Add manifests that lack nothing, each with whether its layout is regular, and the records of their folders.

    Returns the bytes that they take.
    """
    taken = insert_trees(tx, user_id, records)
    now = tx.now()
    rows = [
        {name: getattr(one, name) for name in _STORED} | {"user_id": user_id, "regular": regular, "touched_at": now}
        for one, regular in found
    ]
    if rows:
        tx.execute(sa.insert(manifests), rows)
    return taken + sum(one.size for one, _ in found if one.object_id)


def touch_manifests(tx: Tx, user_id: str, hashes: Sequence[str]) -> None:
    """Note that stored manifests were used, which keeps a collection away from them for a while."""
    for part in chunked(hashes):
        mine = (manifests.c.user_id == user_id, manifests.c.hash.in_(part))
        tx.execute(sa.update(manifests).where(*mine).values(touched_at=tx.now()))


def insert_trees(tx: Tx, user_id: str, records: Mapping[str, bytes]) -> int:
    """Add folder records and return the bytes of the new ones. The caller holds the user's storage."""
    known: set[str] = set()
    for part in chunked(list(records)):
        query = sa.select(trees.c.hash).where(trees.c.user_id == user_id, trees.c.hash.in_(part))
        known.update(row[0] for row in tx.execute(query).fetchall())
    rows = [
        {"user_id": user_id, "hash": name, "record": record} for name, record in records.items() if name not in known
    ]
    if rows:
        tx.execute(sa.insert(trees), rows)
    return sum(len(record) for name, record in records.items() if name not in known)


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


def replace_trees(tx: Tx, user_id: str, records: Mapping[str, bytes]) -> None:
    """Store folder records anew, in place of what stands under their names. The caller holds the user's storage."""
    before = tree_bytes(tx, user_id)
    for part in chunked(list(records)):
        tx.execute(sa.delete(trees).where(trees.c.user_id == user_id, trees.c.hash.in_(part)))
    insert_trees(tx, user_id, records)
    add_usage(tx, user_id, Usage(manifest_bytes=tree_bytes(tx, user_id) - before))


def tree_bytes(tx: Tx, user_id: str) -> int:
    """Return the bytes of all folder records of a user."""
    total = sa.func.coalesce(sa.func.sum(sa.func.length(trees.c.record)), 0)
    return int(tx.scalar(sa.select(total).where(trees.c.user_id == user_id)))
