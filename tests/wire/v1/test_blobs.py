"""`/v1/blobs`: content one by one and in batches, manifests, and everything that can be wrong with them."""

import hashlib
import json
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from asterism.vcs import batch, manifest
from tests.support.facts import until
from tests.support.server import TestServer
from tests.support.trees import (
    entries_of,
    error,
    field_error,
    frames,
    make_project,
    make_workspace,
    name_of,
    ok,
    push,
    put_manifest,
    put_tree,
)

EMPTY = name_of(b"")


def upload(client: httpx.Client, content: bytes) -> httpx.Response:
    return client.put(f"/v1/blobs/upload/{name_of(content)}", content=content)


def stored(client: httpx.Client, *contents: bytes) -> list[bool]:
    hashes = [name_of(content) for content in contents]
    existing = ok(client.post("/v1/blobs/exists", json={"hashes": hashes}))["existing"]
    return [blob in existing for blob in hashes]


@pytest.mark.parametrize("content", [b"", b"x", os.urandom(100_000), os.urandom(3 * 1024 * 1024 + 1)])
def test_a_blob_goes_in_and_comes_out(alice: httpx.Client, content: bytes) -> None:
    name = name_of(content)
    expected = {"hash": name, "size": len(content)}
    assert ok(upload(alice, content), 201) == {**expected, "created": True}
    assert ok(upload(alice, content)) == {**expected, "created": False}
    answer = alice.get(f"/v1/blobs/download/{name}")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["etag"] == f'"{name}"'
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    head = alice.head(f"/v1/blobs/download/{name}")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(content)))


def test_a_wrong_hash_is_refused_even_when_the_named_blob_exists(alice: httpx.Client) -> None:
    ok(upload(alice, b"right"), 201)
    for name in (name_of(b"right"), name_of(b"never"), "nonsense", name_of(b"wrong").upper()):
        error(alice.put(f"/v1/blobs/upload/{name}", content=b"wrong"), 400, "HASH_MISMATCH")
    assert stored(alice, b"right", b"wrong", b"never") == [True, False, False]


def test_content_is_private(alice: httpx.Client, bob: httpx.Client) -> None:
    ok(upload(alice, b"mine"), 201)
    theirs, unknown = (bob.get(f"/v1/blobs/download/{name_of(content)}") for content in (b"mine", b"nobody's"))
    error(theirs, 404, "NOT_FOUND")
    assert theirs.text == unknown.text
    assert stored(bob, b"mine") == [False]
    error(bob.get(f"/v1/blobs/manifests/{put_manifest(alice, [])}"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("wanted", "status", "expected", "content_range"),
    [
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-30", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=8-100", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
    ],
)
def test_ranges(alice: httpx.Client, wanted: str, status: int, expected: bytes, content_range: str | None) -> None:
    upload(alice, b"0123456789")
    answer = alice.get(f"/v1/blobs/download/{name_of(b'0123456789')}", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (status, expected)
    assert answer.headers.get("content-range") == content_range
    assert answer.headers["content-length"] == str(len(expected))


def test_ranges_outside_the_content_and_known_content(alice: httpx.Client) -> None:
    upload(alice, b"0123456789")
    path = f"/v1/blobs/download/{name_of(b'0123456789')}"
    for outside in ("bytes=10-", "bytes=10-12", "bytes=-0"):
        refused = alice.get(path, headers={"Range": outside})
        error(refused, 416, "RANGE_NOT_SATISFIABLE")
        assert refused.headers["content-range"] == "bytes */10"
    tag = f'"{name_of(b"0123456789")}"'
    for known in (tag, f'"x", {tag}', "*", f"W/{tag}"):
        answer = alice.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert alice.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    other = alice.get(path, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (other.status_code, other.content) == (200, b"0123456789")


def test_exists_answers_in_order_and_once(alice: httpx.Client) -> None:
    upload(alice, b"a")
    a, b = name_of(b"a"), name_of(b"b")
    found = ok(alice.post("/v1/blobs/exists", json={"hashes": [b, a, "no hash", a, b, a.upper()]}))
    assert found == {"missing": [b, "no hash", a.upper()], "existing": [a], "checked": 4}
    assert ok(alice.post("/v1/blobs/exists", json={"hashes": []})) == {"missing": [], "existing": [], "checked": 0}


def test_presigned_urls_are_paths_of_this_server(alice: httpx.Client) -> None:
    upload(alice, b"a")
    a, b = name_of(b"a"), name_of(b"b")
    assert ok(alice.post("/v1/blobs/presign-upload", json={"hashes": [a, b]})) == {
        "urls": {a: f"/v1/blobs/upload/{a}", b: f"/v1/blobs/upload/{b}"}
    }
    assert ok(alice.post("/v1/blobs/presign-download", json={"hashes": [a, b]})) == {
        "urls": {a: f"/v1/blobs/download/{a}", b: f"/v1/blobs/download/{b}"},
        "missing": [b],
    }
    for path in ("presign-upload", "presign-download"):
        field_error(alice.post(f"/v1/blobs/{path}", json={"hashes": [a, a.upper()]}), "hashes[1]")


@pytest.mark.parametrize("path", ["exists", "presign-upload", "presign-download", "batch-download"])
def test_lists_of_hashes_are_checked(alice: httpx.Client, path: str) -> None:
    for body in ({}, {"hashes": "x"}, {"hashes": [1]}, {"hashes": None}):
        error(alice.post(f"/v1/blobs/{path}", json=body), 422, "VALIDATION_ERROR")
    limit = 1000 if path == "batch-download" else 100
    field_error(alice.post(f"/v1/blobs/{path}", json={"hashes": [EMPTY] * (limit + 1)}), "hashes")


def test_a_batch_is_stored_and_read_back_in_order(alice: httpx.Client) -> None:
    contents = [b"one", b"", os.urandom(2_000_000), b"two", b"one"]
    total = len(b"onetwo") + 2_000_000
    assert ok(alice.post("/v1/blobs/batch", content=frames(contents))) == {"stored": 4, "existing": 0, "bytes": total}
    again = ok(alice.post("/v1/blobs/batch", content=frames([b"one", b"three"])))
    assert again == {"stored": 1, "existing": 1, "bytes": 5}
    wanted = [b"two", b"never", contents[2], b"", b"three", b"one", b"two"]
    answer = alice.post("/v1/blobs/batch-download", json={"hashes": [name_of(content) for content in wanted]})
    assert answer.headers["content-type"] == batch.MEDIA_TYPE
    gone = batch.frame_head(name_of(b"never"), None)
    expected = b"".join(gone if content == b"never" else frames([content]) for content in wanted)
    assert answer.content == expected


def test_an_empty_batch_stores_nothing(alice: httpx.Client) -> None:
    assert ok(alice.post("/v1/blobs/batch", content=b"")) == {"stored": 0, "existing": 0, "bytes": 0}
    field_error(alice.post("/v1/blobs/batch-download", json={"hashes": []}), "hashes")


def test_what_came_before_a_bad_frame_is_kept(alice: httpx.Client) -> None:
    wrong = batch.frame_head(name_of(b"promised"), 5) + b"other"
    found = error(
        alice.post("/v1/blobs/batch", content=frames([b"before"]) + wrong + frames([b"after"])), 400, "HASH_MISMATCH"
    )
    assert name_of(b"promised") in found["message"]
    assert stored(alice, b"before", b"promised", b"other", b"after") == [True, False, False, False]
    cut = frames([b"whole", b"cut off"])[:-3]
    error(alice.post("/v1/blobs/batch", content=cut), 422, "VALIDATION_ERROR")
    assert stored(alice, b"whole", b"cut off") == [True, False]
    error(alice.post("/v1/blobs/batch", content=batch.frame_head(EMPTY, None)), 422, "VALIDATION_ERROR")
    huge = batch.frame_head(EMPTY, 2**40)
    error(alice.post("/v1/blobs/batch", content=huge), 413, "PAYLOAD_TOO_LARGE")


def send_half(server: TestServer, token: str, path: str, method: str, body: bytes, announced: int) -> None:
    """Begin a request, send a part of its body, and break the connection."""
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port)) as connection:
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}"]
        head = "\r\n".join([*lines, f"Content-Length: {announced}", "", ""])
        connection.sendall(head.encode() + body)


def wait_for(client: httpx.Client, content: bytes) -> None:
    """Poll until a blob is stored; the server notices a broken connection in its own time."""
    until(lambda: stored(client, content) == [True])


def test_a_broken_connection_leaves_no_half_blob_and_keeps_the_whole_ones(
    server: TestServer, alice: httpx.Client
) -> None:
    token = alice.headers["authorization"].removeprefix("Bearer ")
    body = frames([b"arrived", b"also arrived"])
    send_half(server, token, "/v1/blobs/batch", "POST", body + frames([b"x" * 999])[:500], len(body) + 1039)
    wait_for(alice, b"also arrived")
    assert stored(alice, b"arrived", b"x" * 999) == [True, False]
    big = os.urandom(3_000_000)
    send_half(server, token, f"/v1/blobs/upload/{name_of(big)}", "PUT", big[:2_500_000], len(big))
    assert stored(alice, big) == [False]
    ok(upload(alice, big), 201)
    assert alice.get(f"/v1/blobs/download/{name_of(big)}").content == big


def test_two_clients_send_one_blob_at_once(alice: httpx.Client) -> None:
    content = os.urandom(1_500_000)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: upload(alice, content), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert sum(answer.json()["created"] for answer in answers) == 1
    assert alice.get(f"/v1/blobs/download/{name_of(content)}").content == content
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: ok(alice.post("/v1/blobs/batch", content=frames([b"p", b"q"]))), range(4)))
    assert sum(done["stored"] for done in batches) == 2
    assert ok(alice.get("/v1/blobs/stats"))["blobs"] == {"count": 3, "bytes": 1_500_002, "mb": 1.43}


def test_stats_count_what_is_stored(alice: httpx.Client) -> None:
    nothing = {"count": 0, "bytes": 0, "mb": 0.0}
    empty = ok(alice.get("/v1/blobs/stats"))
    assert (empty["blobs"], empty["manifests"], empty["total"]) == (nothing, nothing, {"bytes": 0, "mb": 0.0})
    put_tree(alice, {"a": b"x" * 1_048_576, "copy": b"x" * 1_048_576})
    found = ok(alice.get("/v1/blobs/stats"))
    assert found["blobs"] == {"count": 1, "bytes": 1_048_576, "mb": 1.0}
    assert found["manifests"]["count"] == 1
    assert found["total"]["bytes"] == found["blobs"]["bytes"] + found["manifests"]["bytes"]
    assert found["quota_bytes"] == 20 * 1024**3


def test_a_manifest_keeps_its_exact_bytes(alice: httpx.Client) -> None:
    data = b'{ "version":1,\n\n "files": [ {"hash":"%s", "path":"a"} ] }\n' % EMPTY.encode()
    name = name_of(data)
    assert ok(alice.put(f"/v1/blobs/manifests/{name}", content=data), 201) == {"hash": name, "created": True}
    assert ok(alice.put(f"/v1/blobs/manifests/{name}", content=data)) == {"hash": name, "created": False}
    answer = alice.get(f"/v1/blobs/manifests/{name}")
    assert (answer.content, answer.headers["content-type"]) == (data, "application/json")
    assert answer.headers["etag"] == f'"{name}"'
    assert "immutable" in answer.headers["cache-control"]
    assert alice.get(f"/v1/blobs/manifests/{name}", headers={"If-None-Match": f'"{name}"'}).status_code == 304
    error(alice.get(f"/v1/blobs/manifests/{'0' * 64}"), 404, "NOT_FOUND")
    error(alice.get("/v1/blobs/manifests/nonsense"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "bad", ["../x", "/x", "a//b", "a/./b", "a/", "..\\x", "C:/x", "a\x00b", "x" * 1_048_576, "a/" * 4096]
)
def test_a_manifest_with_a_bad_path_is_refused(alice: httpx.Client, bad: str) -> None:
    data = json.dumps({"files": [{"path": "ok", "hash": EMPTY}, {"path": bad, "hash": EMPTY}]}).encode()
    found = error(alice.put(f"/v1/blobs/manifests/{name_of(data)}", content=data), 422, "MANIFEST_INVALID")
    assert found["details"]["problems"][0]["index"] == 1
    assert len(json.dumps(found)) < 3000


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"{", 400, "INVALID_JSON"),
        (b"\xff\xfe", 400, "INVALID_JSON"),
        (b"", 400, "INVALID_JSON"),
        (b"[]", 422, "MANIFEST_INVALID"),
        (b'{"files":[{"path":"a","hash":"%s"}]}' % EMPTY.upper().encode(), 422, "MANIFEST_INVALID"),
    ],
)
def test_what_is_no_manifest_is_refused(alice: httpx.Client, data: bytes, status: int, code: str) -> None:
    error(alice.put(f"/v1/blobs/manifests/{name_of(data)}", content=data), status, code)
    error(alice.put(f"/v1/blobs/manifests/{'0' * 64}", content=data), 400, "HASH_MISMATCH")
    error(alice.get(f"/v1/blobs/manifests/{name_of(data)}"), 404, "NOT_FOUND")


def test_names_that_collide_only_without_case_are_two(alice: httpx.Client) -> None:
    put_manifest(alice, entries_of({"Readme": b"", "README": b"", "über": b"", "u\u0308ber": b""}))


def test_more_than_the_limits_is_too_large(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> None:
    limits = {"blob_max_bytes": 1000, "manifest_max_bytes": 200, "quota_bytes": 1902}
    with TestServer(tmp_path_factory.mktemp("small"), database_url, **limits) as small, small.person() as client:
        found = error(upload(client, b"x" * 1001), 413, "PAYLOAD_TOO_LARGE")
        assert found["details"]["limit_bytes"] == 1000
        error(client.put(f"/v1/blobs/upload/{EMPTY}", content=iter([b"x" * 600] * 3)), 413, "PAYLOAD_TOO_LARGE")
        error(client.post("/v1/blobs/batch", content=frames([b"x" * 1001])), 413, "PAYLOAD_TOO_LARGE")
        data = manifest.encode(entries_of({"a": b"1", "b": b"2"}))
        error(client.put(f"/v1/blobs/manifests/{name_of(data)}", content=data), 413, "PAYLOAD_TOO_LARGE")
        ok(client.post("/v1/blobs/batch", content=frames([b"x" * 1000, b"y" * 900])))
        for answer in (upload(client, b"more"), client.post("/v1/blobs/batch", content=frames([b"more"]))):
            error(answer, 413, "QUOTA_EXCEEDED")
        ok(client.post("/v1/blobs/batch", content=frames([b"x" * 1000])))


def test_a_hash_is_that_of_the_content(alice: httpx.Client) -> None:
    content = os.urandom(70_000)
    ok(upload(alice, content), 201)
    got = alice.get(f"/v1/blobs/download/{name_of(content)}").content
    assert hashlib.sha256(got).hexdigest() == name_of(content)


def test_garbage_is_collected_on_request(alice: httpx.Client) -> None:
    project = make_project(alice)
    push(alice, project, make_workspace(alice, project), {"a": b"kept"})
    deleted = make_project(alice)
    push(alice, deleted, None, {"a": b"kept while it can be restored"})
    ok(alice.delete(f"/v1/projects/{deleted}"))
    put_tree(alice, {"a": b"loose"})
    young = ok(alice.post("/v1/blobs/gc", headers={"Content-Type": "application/json"}))
    assert (young["dryRun"], young["scannedBlobs"], young["orphanedBlobs"]) == (True, 3, 0)
    dry = ok(alice.post("/v1/blobs/gc", json={"minAgeSeconds": 0}))
    assert (dry["orphanedBlobs"], dry["freedBytes"], dry["freedMB"], dry["deletedBlobs"]) == (1, 5, 0.0, 0)
    assert dry.keys() == {
        "success", "dryRun", "scannedBlobs", "orphanedBlobs", "freedBytes", "freedMB", "message", "deletedBlobs",
        "protectedBlobs", "scannedManifests", "orphanedManifests", "deletedManifests", "freedManifestBytes",
        "next_cursor",
    }  # fmt: skip
    one = ok(alice.post("/v1/blobs/gc", json={"dryRun": False, "maxBlobs": 1, "minAgeSeconds": 0}))
    assert one["deletedBlobs"] <= 1
    ok(alice.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 0}))
    again = ok(alice.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 0}))
    assert (again["orphanedBlobs"], again["freedBytes"], again["orphanedManifests"]) == (0, 0, 0)
    assert stored(alice, b"kept", b"kept while it can be restored", b"loose") == [True, True, False]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"maxBlobs": 0}, "maxBlobs"),
        ({"maxBlobs": 100_001}, "maxBlobs"),
        ({"minAgeSeconds": -1}, "minAgeSeconds"),
        ({"dryRun": "false"}, "dryRun"),
        ({"cursor": "x"}, "query.cursor"),
    ],
)
def test_a_wrong_collection_is_refused(alice: httpx.Client, body: dict[str, object], field: str) -> None:
    field_error(alice.post("/v1/blobs/gc", json=body), field)
