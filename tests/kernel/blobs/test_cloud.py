"""What can happen between a server and a store beyond its machine, on a real S3 server."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asterism.base.errors import Unavailable
from asterism.kernel.blobs import ObjectDamaged, ObjectMissing, Spool, open_blobs
from asterism.kernel.blobs.cloud import WINDOW, CloudBlobs
from tests.support.s3 import TORN, S3Server

Use = Callable[[CloudBlobs], object]

USES: dict[str, Use] = {
    "put": lambda store: store.put("key", b"x"),
    "get": lambda store: store.get("key"),
    "range": lambda store: store.get_range("key", 0, 5),
    "read": lambda store: list(store.read("key", 0, 5)),
    "size": lambda store: store.size("key"),
    "list": lambda store: list(store.list("folder")),
    "delete": lambda store: store.delete(["key"]),
}


@pytest.fixture
def bucket(s3: S3Server) -> str:
    return s3.bucket()


@pytest.fixture
def store(bucket: str, tmp_path: Path) -> Iterator[CloudBlobs]:
    """Return a store that soon gives up."""
    store = CloudBlobs(f"s3://{bucket}/a/prefix", tmp_path / "incoming", retries=1)
    store.put("key", b"content")
    return store


def told(use: Use, store: CloudBlobs) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        use(store)
    assert caught.value.hint
    assert "hunter22" not in f"{caught.value.message} {caught.value.hint}".lower()
    return caught.value


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_a_bucket_that_is_not_there_is_no_missing_object(use: Use, s3: S3Server, tmp_path: Path) -> None:
    gone = CloudBlobs("s3://never-made/a/prefix", tmp_path, retries=0)
    assert "bucket" in told(use, gone).message


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDenied", "refuses"),
        (403, "InvalidAccessKeyId", "credentials"),
        (403, "SignatureDoesNotMatch", "credentials"),
        (403, "RequestTimeTooSkewed", "clock"),
        (301, "PermanentRedirect", "region"),
        (503, "SlowDown", "overloaded"),
        (507, "QuotaExceeded", "full"),
        (400, "Anything", "cannot be reached"),
    ],
)
def test_what_a_store_answers_is_told_with_what_to_do(
    status: int, code: str, said: str, s3: S3Server, store: CloudBlobs
) -> None:
    with s3.failing(status, code):
        assert {said in told(use, store).message for name, use in USES.items() if name != "size"} == {True}
        told(USES["size"], store)  # to a HEAD there is a status and no code
    assert store.get("key") == b"content"


def test_a_store_that_is_busy_for_a_moment_is_asked_again(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    store = open_blobs(f"s3://{bucket}/x", spool=tmp_path)
    with s3.failing(503, "SlowDown", times=2) as fault:
        store.put("key", b"content")
        assert fault.times == 0
    with s3.failing(500, "InternalError", times=1, method="GET"):
        assert store.get("key") == b"content"


def test_without_credentials_a_server_says_so(
    s3: S3Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"{s3.url}/nothing-here")
    with s3.failing(404, "NotFound", about="latest/api/token"):
        assert "no credentials" in told(USES["get"], CloudBlobs(f"s3://{bucket}", tmp_path, retries=0)).message


def test_a_plain_address_must_be_asked_for(s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    said = told(USES["get"], CloudBlobs(f"s3://{s3.bucket()}", tmp_path, retries=0))
    assert "AWS_ALLOW_HTTP" in str(said.hint)


def test_a_download_that_breaks_off_goes_on(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    store, content = open_blobs(f"s3://{bucket}", spool=tmp_path), os.urandom(WINDOW + 1_000_000)
    store.put("key", content)
    with s3.failing(200, TORN, times=2, method="GET") as fault:
        assert b"".join(store.read("key", 5, len(content))) == content[5:]
        assert fault.times == 0
    with pytest.raises(ObjectDamaged):
        next(store.read("key", 0, len(content) + 1))
    with pytest.raises(ObjectDamaged):
        store.get_range("key", WINDOW, len(content) + 1)


def test_an_upload_that_loses_a_part_leaves_nothing(s3: S3Server, bucket: str, store: CloudBlobs) -> None:
    with Spool(store.spool_folder) as spool:
        spool.write(os.urandom(11_000_000))
        for about in ("partNumber=2", "uploadId="):
            method = "PUT" if about.startswith("part") else "POST"
            with s3.failing(400, "EntityTooSmall", method=method, about=about), pytest.raises(Unavailable):
                store.put_spool("large", spool)
            assert store.size("large") is None
            assert s3.uploads(bucket) == 0
        store.put_spool("large", spool)
        assert store.size("large") == 11_000_000
    assert s3.uploads(bucket) == 0


def test_nothing_outside_its_prefix_is_seen_or_touched(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    stores = [open_blobs(f"s3://{bucket}/{prefix}", spool=tmp_path) for prefix in ("a", "a/", "ab", "a/b", "")]
    inner, same, beside, below, root = stores
    for store in (inner, beside, below):
        store.put("u/blobs/1", b"x")
    assert s3.keys(bucket) == {"a/u/blobs/1", "ab/u/blobs/1", "a/b/u/blobs/1"}
    assert [found.key for found in same.list("u")] == ["u/blobs/1"]
    assert [found.key for found in beside.list("")] == ["u/blobs/1"]
    beside.delete([found.key for found in beside.list("")])
    assert s3.keys(bucket) == {"a/u/blobs/1", "a/b/u/blobs/1"}
    assert root.get("a/u/blobs/1") == b"x"
    with pytest.raises(ObjectMissing):
        root.get("u/blobs/1")


def test_long_lists_come_in_pages_and_go_in_bulk(s3: S3Server, store: CloudBlobs) -> None:
    keys = {f"many/{number:04}" for number in range(1100)}
    store.delete(keys)  # none of them is there
    s3.seen.clear()
    for number in range(0, 1100, 50):
        store.put(f"many/{number:04}", b"")
    assert {found.key for found in store.list("many")} == {f"many/{n:04}" for n in range(0, 1100, 50)}
    store.delete(keys)
    assert list(store.list("many")) == []
    assert sum("?delete" in line for line in s3.seen) == 2
