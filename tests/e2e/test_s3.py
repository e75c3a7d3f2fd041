"""A server whose content lies in an S3 store: pushed, cloned, pulled, in batches and ranges, collected, looked at."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from asterism.server.doctor import examine
from asterism.server.settings import Settings
from asterism.vcs import batch
from tests.client.trees import build, describe
from tests.support.commands import answer, run
from tests.support.databases import SqliteFactory
from tests.support.s3 import S3Server
from tests.support.server import TestServer, free_port
from tests.support.trees import error, make_project, make_workspace, name_of, ok, push

LARGE = os.urandom(6_000_000)
TREE = {"README.md": ("file", b"# Demo\n", 0o644), "d": {"large.bin": ("file", LARGE, 0o644)}}


@pytest.fixture
def bucket(s3: S3Server) -> str:
    return s3.bucket()


@pytest.fixture
def server(bucket: str, tmp_path: Path, sqlite_factory: SqliteFactory) -> Iterator[TestServer]:
    address = f"s3://{bucket}/of/ours"
    with TestServer(tmp_path / "data", sqlite_factory.url(), object_store=address) as running:
        yield running


def test_a_tree_goes_there_and_comes_back(server: TestServer, s3: S3Server, bucket: str, tmp_path: Path) -> None:
    with server.person() as client:
        token = client.headers["Authorization"].split()[1]
    signed_in = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": token}
    build(tmp_path / "work", TREE)
    answer(run(tmp_path, signed_in, "push", "work", "--project", "Demo", "--message", "one", "--json"))
    answer(run(tmp_path, signed_in, "clone", "Demo", "back", "--json"))
    assert describe(tmp_path / "back") == describe(tmp_path / "work")
    (tmp_path / "work" / "new").write_bytes(b"new")
    answer(run(tmp_path, signed_in, "push", "--json", cwd=tmp_path / "work"))
    answer(run(tmp_path, signed_in, "pull", "--json", cwd=tmp_path / "back"))
    assert describe(tmp_path / "back") == describe(tmp_path / "work")
    keys = s3.keys(bucket)
    assert keys
    assert all(key.startswith("of/ours/") for key in keys)
    assert not (tmp_path / "data" / "blobs").exists()


def test_batches_ranges_and_a_collection(server: TestServer, s3: S3Server, bucket: str) -> None:
    with server.person() as client:
        push(client, project := make_project(client), make_workspace(client, project), {"kept": b"kept"})
        ok(client.put(f"/v1/blobs/upload/{name_of(LARGE)}", content=LARGE), 201)
        both = client.post("/v1/blobs/batch-download", json={"hashes": [name_of(b"kept"), name_of(LARGE)]}).content
        assert both == b"".join(batch.frame_head(name_of(part), len(part)) + part for part in (b"kept", LARGE))
        path = f"/v1/blobs/download/{name_of(LARGE)}"
        for start, end in ((0, 0), (4_194_300, 4_194_310), (5_999_999, 5_999_999)):
            part = client.get(path, headers={"Range": f"bytes={start}-{end}"})
            assert (part.status_code, part.content) == (206, LARGE[start : end + 1])
        assert ok(client.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 0}))["deletedBlobs"] == 1
        error(client.get(path), 404, "NOT_FOUND")
        assert client.get(f"/v1/blobs/download/{name_of(b'kept')}").content == b"kept"
        assert len(s3.keys(bucket)) == 1  # the pack


def test_a_manifest_that_is_kept_whole_comes_back_and_goes(server: TestServer, s3: S3Server, bucket: str) -> None:
    data = b'{"files": [{"path": "a", "target": "b", "type": "symlink"}]}'  # not as we write it
    path = f"/v1/blobs/manifests/{name_of(data)}"
    with server.person() as client:
        ok(client.put(path, content=data), 201)
        assert client.get(path).content == data
        assert len(s3.keys(bucket)) == 1
        assert ok(client.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 0}))["deletedManifests"] == 1
        assert s3.keys(bucket) == set()


def test_a_store_in_trouble_answers_503_keeps_its_rows_and_recovers(
    server: TestServer, s3: S3Server, client_of_a_person: httpx.Client
) -> None:
    client = client_of_a_person
    push(client, project := make_project(client), make_workspace(client, project), {"kept": b"kept"})
    path = f"/v1/blobs/download/{name_of(b'kept')}"
    with s3.failing(404, "NoSuchBucket"):
        assert "bucket" in error(client.get(path), 503, "UNAVAILABLE")["message"]
        error(client.put(f"/v1/blobs/upload/{name_of(b'x')}", content=b"x"), 503, "UNAVAILABLE")
        error(client.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 0}), 503, "UNAVAILABLE")
        (store,) = (found for found in examine(settings(server)) if found.about == "store")
        assert (store.state, "bucket" in store.text) == ("fails", True)
    assert client.get(path).content == b"kept"
    (store,) = (found for found in examine(settings(server)) if found.about == "store")
    assert store.state == "ok"
    assert "hunter22" not in str(list(examine(settings(server))))


def settings(server: TestServer) -> Settings:
    return msgspec.structs.replace(server.settings, port=free_port())


@pytest.fixture
def client_of_a_person(server: TestServer) -> Iterator[httpx.Client]:
    with server.person() as client:
        yield client
