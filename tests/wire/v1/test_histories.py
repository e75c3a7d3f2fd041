"""Many manifests and many snapshots by one request each: as if they had been sent one by one, all of them or none."""

from typing import Any

import httpx
import msgspec
import pytest

from asterism.vcs import batch, manifest
from asterism.vcs.batch import frame_head
from asterism.vcs.manifest import Entry
from tests.support.trees import (
    entries_of,
    error,
    field_error,
    make_project,
    make_workspace,
    name_of,
    ok,
    put_manifest,
    put_tree,
)

TREE = {f"d{n % 3}/f{n}": b"%d" % n for n in range(9)}


def texts(client: httpx.Client, count: int) -> list[bytes]:
    """Return manifests that differ in one file each, whose contents are stored."""
    put_tree(client, TREE)
    trees = [TREE | {"d1/f1": b"version %d" % number} for number in range(count)]
    body = b"".join(frame_head(name_of(tree["d1/f1"]), len(tree["d1/f1"])) + tree["d1/f1"] for tree in trees)
    ok(client.post("/v1/blobs/batch", content=body, headers={"Content-Type": batch.MEDIA_TYPE}))
    return [manifest.encode(entries_of(tree)) for tree in trees]


def edits(found: list[bytes]) -> list[dict[str, Any]]:
    """Return how to make each from the one before; the first from TREE."""
    names = [name_of(manifest.encode(entries_of(TREE))), *map(name_of, found)]
    return [
        {
            "hash": name,
            "base_hash": base,
            "changed": [row for row in msgspec.json.decode(text)["files"] if row["path"] == "d1/f1"],
        }
        for base, name, text in zip(names, names[1:], found, strict=False)
    ]


def store(client: httpx.Client, wanted: list[dict[str, Any]]) -> httpx.Response:
    return client.post("/v1/manifests/batch", json={"manifests": wanted})


def steps(found: list[bytes], **more: object) -> list[dict[str, Any]]:
    names = [(f"s{n}", name_of(text), [f"s{n - 1}"] if n else []) for n, text in enumerate(found)]
    return [{"snapshot_id": i, "manifest_hash": name, "parent_snapshot_ids": p, **more} for i, name, p in names]


def register(client: httpx.Client, project: str, wanted: list[dict[str, Any]]) -> httpx.Response:
    return client.post(f"/v1/projects/{project}/snapshots/batch", json={"snapshots": wanted})


def test_manifests_of_a_batch_are_those_that_would_have_been_sent_whole(alice: httpx.Client) -> None:
    found = texts(alice, 3)
    assert ok(store(alice, edits(found))) == {"created": 3}
    assert [alice.get(f"/v1/blobs/manifests/{name_of(text)}").content for text in found] == found
    assert ok(store(alice, edits(found))) == {"created": 0}
    page = alice.get("/v1/blobs/stats").json()["manifests"]
    assert page["count"] == 4
    assert page["bytes"] < sum(map(len, [*found, manifest.encode(entries_of(TREE))]))  # what they share counts once


def test_one_wrong_manifest_and_none_is_stored(alice: httpx.Client, bob: httpx.Client) -> None:
    found = texts(alice, 3)
    good = edits(found)
    missing = Entry(type="file", path="d1/f1", hash=name_of(b"nowhere"), size=7)
    lacking = manifest.encode([*(entry for entry in entries_of(TREE) if entry.path != "d1/f1"), missing])
    changed = [msgspec.to_builtins(missing)]
    for change, status, code in (
        ({"hash": name_of(b"other")}, 400, "HASH_MISMATCH"),
        ({"base_hash": name_of(b"other")}, 404, "NOT_FOUND"),
        ({"changed": [{"type": "file", "path": "../x", "hash": "short"}]}, 422, "MANIFEST_INVALID"),
        ({"hash": name_of(lacking), "changed": changed}, 409, "BLOB_MISSING"),
    ):
        error(store(alice, [*good[:2], good[2] | change]), status, code)
    assert alice.get(f"/v1/blobs/manifests/{name_of(found[0])}").status_code == 404
    error(store(bob, good), 404, "NOT_FOUND")


def test_a_history_is_registered_at_once_and_moves_a_head_once(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    found = texts(alice, 4)
    ok(store(alice, edits(found)))
    common = {"summary": "a commit", "author_name": "A", "created_at": "1999-01-01T00:00:00Z", "origin": "author A"}
    wanted = steps(found, workspace_id=workspace, **common)
    ok(register(alice, project, wanted[:2]))
    assert ok(register(alice, project, wanted)) == {"created": ["s2", "s3"]}
    shown = alice.get(f"/v1/workspaces/{workspace}").json()["workspace"]
    assert (shown["current_snapshot_id"], shown["dirty"]) == ("s3", False)
    listed = alice.get(f"/v1/workspaces/{workspace}/snapshots").json()["snapshots"]
    assert [one["id"] for one in listed] == ["s3", "s2", "s1", "s0"]
    assert {(one["source"], one["summary"], one["author_name"], one["created_at"]) for one in listed} == {
        ("import", "a commit", "A", "1999-01-01T00:00:00.000Z")
    }
    told = alice.get(f"/v1/projects/{project}/log").json()["entries"]
    assert [entry["kind"] for entry in told].count("snapshot.made") == 4
    assert [entry["kind"] for entry in told].count("workspace.moved") == 2


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"manifest_hash": name_of(b"nowhere")}, 422, "MANIFEST_NOT_FOUND"),
    ({"snapshot_id": "s0"}, 422, "VALIDATION_ERROR"),
    ({"parent_snapshot_ids": ["s2"]}, 422, "VALIDATION_ERROR"),
    ({"workspace_id": "elsewhere"}, 422, "VALIDATION_ERROR"),
    ({"created_at": "yesterday"}, 422, "VALIDATION_ERROR"),
])  # fmt: skip
def test_one_wrong_snapshot_and_none_is_registered(
    alice: httpx.Client, change: dict[str, Any], status: int, code: str
) -> None:
    project = make_project(alice)
    found = texts(alice, 3)
    ok(store(alice, edits(found)))
    wanted = steps(found)
    error(register(alice, project, [*wanted[:2], wanted[2] | change]), status, code)
    assert alice.get(f"/v1/projects/{project}/snapshots").json()["snapshots"] == []


def test_a_known_id_with_other_content_refuses_the_whole(alice: httpx.Client) -> None:
    project = make_project(alice)
    found = texts(alice, 3)
    ok(store(alice, edits(found)))
    wanted = steps(found)
    ok(register(alice, project, wanted[:1]))
    error(
        register(alice, project, [wanted[1], wanted[0] | {"manifest_hash": wanted[1]["manifest_hash"]}]),
        409,
        "CONFLICT",
    )
    assert len(alice.get(f"/v1/projects/{project}/snapshots").json()["snapshots"]) == 1


def test_a_history_of_nothing_and_of_too_much(alice: httpx.Client) -> None:
    project = make_project(alice)
    assert ok(register(alice, project, [])) == {"created": []}
    assert ok(store(alice, [])) == {"created": 0}
    one = steps(texts(alice, 1))[0]
    field_error(register(alice, project, [one] * 501), "snapshots")


def test_differences_lead_from_one_manifest_to_the_other(alice: httpx.Client, bob: httpx.Client) -> None:
    first, second = texts(alice, 2)
    link = Entry(type="symlink", path="link", target="d1/f1")
    other = [entry for entry in entries_of(TREE, 0o755) if not entry.path.startswith("d0/")]
    third = put_manifest(alice, [*other, link, Entry(type="file", path="d0", hash=name_of(b"1"), size=1)])
    ok(store(alice, edits([first, second])))

    def asked(*pairs: tuple[str | None, str]) -> list[dict[str, Any]]:
        body = {"pairs": [{"base_hash": base, "hash": name} for base, name in pairs]}
        return list(ok(alice.post("/v1/manifests/differences", json=body))["differences"])

    whole, edited, same, far = asked(
        (None, name_of(first)), (name_of(first), name_of(second)), (third, third), (name_of(second), third)
    )
    assert sorted(whole["changed"], key=lambda row: str(row["path"])) == msgspec.json.decode(first)["files"]
    assert [(row["path"], row["hash"]) for row in edited["changed"]] == [("d1/f1", name_of(b"version 1"))]
    assert same == {"changed": [], "removed": []}
    assert {row["path"]: row.get("target", row.get("mode", 0)) for row in far["changed"]} == {
        "link": "d1/f1", "d0": 0, **{entry.path: 0o755 for entry in other}
    }  # fmt: skip
    assert sorted(far["removed"]) == sorted(path for path in TREE if path.startswith("d0/"))
    body = {"pairs": [{"hash": name_of(first)}]}
    error(bob.post("/v1/manifests/differences", json=body), 404, "NOT_FOUND")
