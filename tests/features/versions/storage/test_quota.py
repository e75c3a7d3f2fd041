"""The quota holds exactly, for manifests too, and however many send at once; on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from asterism.features.versions import storage
from asterism.features.versions.storage import Limits, QuotaExceeded, store
from asterism.kernel.blobs import Spool
from asterism.vcs import manifest, tree
from tests.support.shelf import Shelf
from tests.support.trees import entries_of, frames, name_of

QUOTA = 10_000


def send_batch(shelf: Shelf, content: bytes) -> None:
    receiver = storage.Receiver(shelf.db, shelf.blobs, shelf.user, Limits(quota_bytes=QUOTA))
    receiver.take(frames([content]))
    receiver.finish(whole=True)


def send_one(shelf: Shelf, content: bytes) -> None:
    with Spool(shelf.blobs.spool_folder) as spool:
        spool.write(content)
        storage.store_spool(shelf.db, shelf.blobs, shelf.user, name_of(content), spool, QUOTA)


def send_manifest(shelf: Shelf, content: bytes) -> None:
    data = manifest.encode(entries_of({content[:4].hex() * 8 + f"{n}": content for n in range(15)}))
    storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(data), data, quota=QUOTA)


def send_odd_manifest(shelf: Shelf, content: bytes) -> None:
    """Send one that is not in the canonical form, and so is kept beside its folder records."""
    data = b" " + manifest.encode(entries_of({content[:4].hex() * 4 + f"{n}": content for n in range(8)}))
    storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(data), data, quota=QUOTA)


def used(shelf: Shelf) -> int:
    with shelf.db.read() as tx:
        found = storage.usage(tx, shelf.user)
    return found.blob_bytes + found.manifest_bytes


@pytest.mark.parametrize("send", [send_batch, send_one, send_manifest, send_odd_manifest])
def test_many_at_once_store_no_more_than_the_quota(shelf: Shelf, send) -> None:
    def attempt(number: int) -> bool:
        try:
            send(shelf, number.to_bytes(4, "big") * 750)
        except QuotaExceeded:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        accepted = sum(pool.map(attempt, range(12)))
    assert 1 <= accepted < 12
    assert QUOTA - 3000 < used(shelf) <= QUOTA
    with shelf.db.read() as tx:
        records = store.tree_bytes(tx, shelf.user)
    assert sum(shelf.blobs.size(key) or 0 for key in shelf.objects()) + records == used(shelf)  # no refused one is left


def test_the_last_byte_still_fits_and_one_more_does_not(shelf: Shelf) -> None:
    send_batch(shelf, b"x" * (QUOTA - 1))
    with pytest.raises(QuotaExceeded):
        send_batch(shelf, b"yy")
    send_batch(shelf, b"z")
    assert used(shelf) == QUOTA
    send_batch(shelf, b"z")  # what is stored already takes no room


def test_the_last_byte_of_a_manifest_fits_and_one_more_does_not(shelf: Shelf) -> None:
    data = manifest.encode(entries_of({"a": b"1", "d/b": b"2"}))
    _, forest = tree.build(manifest.read(data))
    taken = sum(map(len, forest.records.values()))
    send_batch(shelf, b"x" * (QUOTA - taken))
    with pytest.raises(QuotaExceeded):
        storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(data), data, quota=QUOTA - 1)
    assert used(shelf) == QUOTA - taken
    storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(data), data, quota=QUOTA)
    assert used(shelf) == QUOTA


def test_what_the_server_makes_counts_but_is_not_refused(shelf: Shelf) -> None:
    send_batch(shelf, b"x" * QUOTA)
    with shelf.db.write() as tx:
        storage.store_bytes(tx, shelf.blobs, shelf.user, [b"merged"])
        storage.store_entries(tx, shelf.blobs, shelf.user, entries_of({"a": b"merged"}))
    assert used(shelf) > QUOTA + 6
