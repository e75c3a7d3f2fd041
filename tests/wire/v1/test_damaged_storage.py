"""Downloads when the storage has lost something: what the wire says, and that an upload brings it back."""

import os
from pathlib import Path

import httpx
import pytest

from tests.support.server import TestServer
from tests.support.trees import error, frames, name_of, ok, put_tree

MIB = 1024 * 1024


@pytest.fixture(params=[1000, 3 * MIB])
def content(request: pytest.FixtureRequest) -> bytes:
    return os.urandom(request.param)


def upload(client: httpx.Client, content: bytes) -> httpx.Response:
    return client.put(f"/v1/blobs/upload/{name_of(content)}", content=content)


def pack_of(server: TestServer, client: httpx.Client) -> Path:
    user = ok(client.get("/v1/auth/me"))["user"]["id"]
    [pack] = [path for path in (server.settings.data_dir / "blobs" / user / "blobs").rglob("*") if path.is_file()]
    return pack


def test_a_lost_blob_is_missing_until_it_is_sent_again(server: TestServer, alice: httpx.Client, content: bytes) -> None:
    assert upload(alice, content).status_code == 201
    pack_of(server, alice).unlink()
    address = f"/v1/blobs/download/{name_of(content)}"
    error(alice.get(address), 404, "BLOB_MISSING")
    error(alice.get(address, headers={"Range": "bytes=0-9"}), 404, "BLOB_MISSING")
    assert ok(alice.post("/v1/blobs/exists", json={"hashes": [name_of(content)]}))["missing"] == [name_of(content)]
    assert upload(alice, content).json()["created"] is True
    assert alice.get(address).content == content


def test_an_upload_repairs_what_no_download_has_met(server: TestServer, alice: httpx.Client, content: bytes) -> None:
    upload(alice, content)
    pack_of(server, alice).unlink()
    answer = upload(alice, content)
    assert (answer.status_code, answer.json()["created"]) == (201, True)
    assert upload(alice, content).json()["created"] is False


def test_a_changed_byte_is_never_sent_as_the_blob(server: TestServer, alice: httpx.Client, content: bytes) -> None:
    upload(alice, content)
    pack = pack_of(server, alice)
    pack.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    address = f"/v1/blobs/download/{name_of(content)}"
    error(alice.get(address, params={"verify": "true"}), 404, "BLOB_MISSING")
    error(alice.get(address), 404, "BLOB_MISSING")


def test_a_batch_names_what_is_lost(server: TestServer, alice: httpx.Client, content: bytes) -> None:
    upload(alice, content)
    pack_of(server, alice).unlink()
    ok(alice.post("/v1/blobs/batch", content=frames([b"there"])))
    answer = alice.post("/v1/blobs/batch-download", json={"hashes": [name_of(b"there"), name_of(content)]})
    assert answer.status_code == 200
    assert answer.content.startswith(frames([b"there"]))
    assert len(answer.content) < 200


def test_a_lost_manifest_is_missing_until_it_is_sent_again(server: TestServer, alice: httpx.Client) -> None:
    put_tree(alice, {"a": os.urandom(8)})
    data = b'{"files": []}'  # not as we write it, so it has an object
    name = name_of(data)
    alice.put(f"/v1/blobs/manifests/{name}", content=data).raise_for_status()
    user = ok(alice.get("/v1/auth/me"))["user"]["id"]
    for path in (server.settings.data_dir / "blobs" / user / "manifests").rglob("*.json"):
        path.unlink()
    error(alice.get(f"/v1/blobs/manifests/{name}"), 404, "BLOB_MISSING")
    alice.put(f"/v1/blobs/manifests/{name}", content=data).raise_for_status()
    assert alice.get(f"/v1/blobs/manifests/{name}").content == data
