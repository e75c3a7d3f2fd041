"""What every object store does, whatever it is made of."""

import hashlib
import os
from pathlib import Path

import pytest

from asterism.base.errors import Unavailable
from asterism.kernel.blobs import Blobs, ObjectMissing, Spool, open_blobs


@pytest.fixture(params=["folder", "memory", "address", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    addresses: dict[str, str | Path] = {"folder": tmp_path / "blobs", "memory": "memory://"}
    addresses["address"] = (tmp_path / "a url").as_uri()
    if request.param == "s3":
        addresses["s3"] = f"s3://{request.getfixturevalue('s3').bucket()}/some/prefix"
    return open_blobs(addresses[request.param], spool=tmp_path / "incoming")


def test_what_was_put_is_read_back_whole_and_in_ranges(store: Blobs) -> None:
    content = os.urandom(3 * 1024 * 1024 + 5)
    store.put("u/blobs/aa/x", content)
    store.put("u/blobs/aa/empty", b"")
    store.sync(["u/blobs/aa/x", "u/blobs/aa/empty"])
    assert store.get("u/blobs/aa/x") == content
    assert store.get("u/blobs/aa/empty") == b""
    assert b"".join(store.read("u/blobs/aa/x", 7, 2_000_000)) == content[7:2_000_000]
    assert b"".join(store.read("u/blobs/aa/empty", 0, 0)) == b""
    assert store.get_range("u/blobs/aa/x", 3, 9) == content[3:9]
    assert store.get_range("u/blobs/aa/x", 3, 3) == b""
    assert (store.size("u/blobs/aa/x"), store.size("u/blobs/aa/empty")) == (len(content), 0)


@pytest.mark.parametrize("size", [0, 10, 6 * 1024 * 1024])
def test_spooled_content_arrives_whole_and_leaves_nothing_behind(store: Blobs, size: int) -> None:
    content = os.urandom(size)
    with Spool(store.spool_folder) as spool:
        for start in range(0, size, 100_000):
            spool.write(content[start : start + 100_000])
        assert (spool.hash, spool.size) == (hashlib.sha256(content).hexdigest(), size)
        store.put_spool("deep/folder/key", spool)
    assert store.get("deep/folder/key") == content
    assert not [*store.spool_folder.glob("incoming-*")]


def test_a_spool_that_is_given_up_leaves_nothing_behind(store: Blobs) -> None:
    with Spool(store.spool_folder) as spool:
        spool.write(b"x" * 2_000_000)
        assert spool.path.exists()
    assert not spool.path.exists()
    assert [*store.list("")] == []


def test_what_is_not_there_is_missing(store: Blobs) -> None:
    assert store.size("no") is None
    with pytest.raises(ObjectMissing):
        store.get("no")
    with pytest.raises(ObjectMissing):
        store.get_range("no", 0, 5)
    with pytest.raises(ObjectMissing):
        [*store.read("no", 0, 5)]
    store.delete(["no"])


def test_listing_keeps_to_its_folder_and_deleting_to_its_keys(store: Blobs) -> None:
    for number in range(30):
        store.put(f"u/blobs/{number:02}", b"x" * number)
    store.put("v/blobs/00", b"other")
    assert {(o.key, o.size) for o in store.list("u/blobs")} == {(f"u/blobs/{n:02}", n) for n in range(30)}
    store.delete([f"u/blobs/{n:02}" for n in range(29)])
    assert [o.key for o in store.list("u")] == ["u/blobs/29"]
    assert store.get("v/blobs/00") == b"other"
    store.sync(["u/blobs/29"])


def test_many_files_are_made_durable_at_once(store: Blobs) -> None:
    keys = [f"many/{n}" for n in range(20)]
    for key in keys:
        store.put(key, b"x")
    store.sync(keys)
    assert all(store.size(key) == 1 for key in keys)


def test_a_store_that_cannot_write_says_so_and_keeps_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "blobs"
    store = open_blobs(folder, spool=folder)
    (folder / "taken").write_text("a file where a folder is needed")
    with pytest.raises(Unavailable):
        store.put("taken/key", b"x")


def test_leftovers_of_a_killed_process_are_removed_at_the_start(tmp_path: Path) -> None:
    store = open_blobs(tmp_path, spool=tmp_path)
    spool = Spool(store.spool_folder)
    spool.write(b"x" * 2_000_000)
    assert [*open_blobs(tmp_path, spool=tmp_path).spool_folder.iterdir()]  # it may still be written
    os.utime(spool.path, (0, 0))
    assert not [*open_blobs(tmp_path, spool=tmp_path).spool_folder.iterdir()]
    spool.close()
