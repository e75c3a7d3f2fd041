"""Content that was lost or damaged on disk: said so, sent again, found and repaired; on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from asterism.features.versions import storage
from asterism.features.versions.storage import (
    BlobGone,
    BlobsMissing,
    CollectionUnsafe,
    ManifestLost,
    Roots,
    inspection_store,
    tables,
)
from asterism.vcs.batch import BatchReader, FrameStart
from tests.support.shelf import Shelf
from tests.support.trees import name_of

SMALL = b"small content"
LARGE = b"large content " * 200_000


def files(shelf: Shelf, kind: str) -> list[Path]:
    return [path for path in (shelf.blobs._folder / shelf.user / kind).rglob("*") if path.is_file()]


def remove(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(bytes(data))


SHORTER: list[Callable[[Path], None]] = [remove, cut, empty]
DAMAGES: list[Callable[[Path], None]] = [*SHORTER, change]


def damage(shelf: Shelf, how: Callable[[Path], None], kind: str = "blobs") -> None:
    for path in files(shelf, kind):
        how(path)


def download(shelf: Shelf, content: bytes, *, verify: bool = False) -> bytes:
    name = name_of(content)
    with shelf.db.read() as tx:
        place = storage.locate(tx, shelf.user, name)
    if verify:
        storage.verify(shelf.db, shelf.blobs, shelf.user, name, place)
    return b"".join(storage.read(shelf.db, shelf.blobs, shelf.user, name, place))


def batch(shelf: Shelf, *contents: bytes) -> dict[str, int | None]:
    with shelf.db.read() as tx:
        plan = storage.plan_sending(tx, shelf.user, [name_of(content) for content in contents])
    body = b"".join(storage.send(shelf.db, shelf.blobs, shelf.user, plan))
    return {event.hash: event.size for event in BatchReader(1 << 30).feed(body) if isinstance(event, FrameStart)}


def inspected(shelf: Shelf, *, repair: bool = False) -> storage.Inspected:
    roots = [Roots(manifests=lambda _tx, _user: shelf.roots)]
    return storage.inspect(shelf.db, shelf.blobs, shelf.user, roots, repair=repair, progress=lambda _bytes: None)


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("content", [SMALL, LARGE])
def test_a_lost_blob_is_told_and_a_new_upload_repairs_it(
    shelf: Shelf, how: Callable[[Path], None], content: bytes
) -> None:
    shelf.put(content)
    damage(shelf, how)
    with pytest.raises(BlobGone):
        download(shelf, content, verify=True)
    assert shelf.has(content) == [False]
    shelf.put(content)
    assert shelf.has(content) == [True]
    assert download(shelf, content, verify=True) == content
    with shelf.db.read() as tx:
        assert storage.usage(tx, shelf.user).blob_bytes == len(content)


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("content", [SMALL, LARGE])
def test_an_upload_repairs_what_nobody_has_noticed(shelf: Shelf, how: Callable[[Path], None], content: bytes) -> None:
    shelf.put(content)
    damage(shelf, how)
    shelf.put(content)
    assert download(shelf, content, verify=True) == content


@pytest.mark.parametrize("how", SHORTER)
def test_what_is_too_short_is_never_sent(shelf: Shelf, how: Callable[[Path], None]) -> None:
    shelf.put(LARGE)
    damage(shelf, how)
    with pytest.raises(BlobGone):
        download(shelf, LARGE)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_batch_says_of_lost_blobs_that_they_are_not_stored(shelf: Shelf, how: Callable[[Path], None]) -> None:
    shelf.put(b"one", b"two")
    shelf.put(b"three")
    how(min(files(shelf, "blobs"), key=lambda path: path.name))  # the pack of one and two
    found = batch(shelf, b"one", b"three", b"two")
    assert found[name_of(b"three")] == 5
    assert found[name_of(b"one")] is None or how is cut
    assert None in found.values()


def test_a_batch_says_so_of_a_large_blob(shelf: Shelf) -> None:
    shelf.put(LARGE)
    damage(shelf, cut)
    assert batch(shelf, LARGE) == {name_of(LARGE): None}


@pytest.mark.parametrize("how", DAMAGES)
def test_content_for_the_server_itself_is_verified(shelf: Shelf, how: Callable[[Path], None]) -> None:
    shelf.put(SMALL)
    damage(shelf, how)
    with pytest.raises(BlobsMissing):
        shelf.read(SMALL)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_lost_manifest_is_told_and_a_new_upload_repairs_it(shelf: Shelf, how: Callable[[Path], None]) -> None:
    name = shelf.put_odd({"a": b"1"})
    damage(shelf, how, "manifests")
    with pytest.raises(ManifestLost):
        shelf.manifest_bytes(name)
    shelf.put_odd({"a": b"1"})
    assert name_of(shelf.manifest_bytes(name)) == name
    assert len(files(shelf, "manifests")) == 1


RECORDS: list[Callable[[bytes], bytes | None]] = [
    lambda _record: None,
    lambda record: record[:-1],
    lambda _record: b"",
    lambda record: record.replace(b"f", b"g", 1),
]


def damage_records(shelf: Shelf, how: Callable[[bytes], bytes | None]) -> None:
    """Damage the record of the folder `d`, which holds the file `f`."""
    with shelf.db.write() as tx:
        for row in tx.all(sa.select(tables.trees)):
            if b"\xa1f" in row["record"]:
                tx.execute(tables.trees.delete().where(tables.trees.c.hash == row["hash"]))
                changed = how(bytes(row["record"]))
                if changed is not None:
                    tx.execute(tables.trees.insert().values({**row, "record": changed}))


@pytest.mark.parametrize("how", RECORDS)
def test_lost_records_are_told_and_a_new_upload_repairs_them(
    shelf: Shelf, how: Callable[[bytes], bytes | None]
) -> None:
    name = shelf.put_tree({"a": b"1", "d/f": b"2"})
    damage_records(shelf, how)
    with pytest.raises(ManifestLost):
        shelf.manifest_bytes(name)
    with pytest.raises(CollectionUnsafe):
        shelf.collect()
    found = inspected(shelf, repair=True)
    assert (found.lost_manifests, found.rebuilt_manifests, found.beyond_repair) == ([name], [], 1)
    shelf.put_tree({"a": b"1", "d/f": b"2"})
    assert name_of(shelf.manifest_bytes(name)) == name
    assert inspected(shelf).found == 0


@pytest.mark.parametrize("how", RECORDS)
def test_a_new_upload_repairs_records_whatever_the_process_remembers(
    shelf: Shelf, how: Callable[[bytes], bytes | None]
) -> None:
    name = shelf.put_tree({"a": b"1", "d/f": b"2"})
    damage_records(shelf, how)
    assert name_of(shelf.manifest_bytes(name, remembered=True)) == name
    shelf.put_tree({"a": b"1", "d/f": b"2"})
    assert name_of(shelf.manifest_bytes(name)) == name


def test_nothing_is_wrong_with_what_is_well(shelf: Shelf) -> None:
    shelf.put_tree({"a": b"1", "d/e/f": LARGE})
    assert inspected(shelf).found == 0
    assert inspected(shelf, repair=True).found == 0


@pytest.mark.parametrize("how", DAMAGES)
def test_an_inspection_finds_lost_blobs_and_the_versions_that_need_them(
    shelf: Shelf, how: Callable[[Path], None]
) -> None:
    name = shelf.put_tree({"a": LARGE})
    damage(shelf, how)
    assert inspected(shelf).lost_blobs == [name_of(LARGE)]
    assert shelf.has(LARGE) == [True]  # a look changes nothing
    assert inspected(shelf, repair=True).lost_blobs == [name_of(LARGE)]
    assert shelf.has(LARGE) == [False]
    with shelf.db.read() as tx, pytest.raises(BlobsMissing):
        storage.require_complete(tx, shelf.user, name)
    shelf.put(LARGE)
    assert inspected(shelf).found == 0
    with shelf.db.read() as tx:
        assert storage.require_complete(tx, shelf.user, name).missing == 0


def test_what_comes_back_is_found_again(shelf: Shelf) -> None:
    shelf.put(SMALL)
    [path] = files(shelf, "blobs")
    path.rename(shelf.blobs._folder / "aside")
    inspected(shelf, repair=True)
    assert shelf.has(SMALL) == [False]
    path.parent.mkdir(parents=True, exist_ok=True)
    (shelf.blobs._folder / "aside").rename(path)
    assert inspected(shelf, repair=True).recovered_blobs == [name_of(SMALL)]
    assert shelf.has(SMALL) == [True]


@pytest.mark.parametrize("how", DAMAGES)
def test_a_lost_manifest_is_made_again_from_folder_records(shelf: Shelf, how: Callable[[Path], None]) -> None:
    name = shelf.put_tree({"a": b"1", "d/e": b"2"})
    shelf.make_whole(name)
    damage(shelf, how, "manifests")
    found = inspected(shelf, repair=True)
    assert (found.lost_manifests, found.rebuilt_manifests, found.beyond_repair) == ([name], [name], 0)
    assert inspected(shelf).found == 0


def test_folder_records_are_made_again_from_a_manifest(shelf: Shelf) -> None:
    name = shelf.put_odd({"a": b"1", "d/e": b"2"})
    with shelf.db.write() as tx:
        tx.execute(tables.trees.delete())
    assert inspected(shelf, repair=True).broken_trees == [name]
    assert inspected(shelf).found == 0


def test_wrong_counters_are_set_right(shelf: Shelf) -> None:
    shelf.put(SMALL)
    with shelf.db.write() as tx:
        right = storage.usage(tx, shelf.user)
        inspection_store.set_usage(tx, shelf.user, storage.Usage(7, 7, 7, 7))
    assert inspected(shelf, repair=True).usage_was_wrong
    with shelf.db.read() as tx:
        assert storage.usage(tx, shelf.user) == right


def test_a_version_whose_manifest_is_nowhere_is_named(shelf: Shelf) -> None:
    shelf.roots.add("0" * 64)
    shelf.put(SMALL)
    assert inspected(shelf).vanished_manifests == ["0" * 64]


def test_a_collection_leaves_a_damaged_pack_alone(shelf: Shelf) -> None:
    shelf.put(b"kept" * 10, b"dropped" * 100)
    shelf.held.add(name_of(b"kept" * 10))
    damage(shelf, remove)
    shelf.collect()
    assert shelf.has(b"kept" * 10) == [False]
    shelf.put(b"kept" * 10)
    shelf.collect()
    assert shelf.read(b"kept" * 10) == b"kept" * 10
