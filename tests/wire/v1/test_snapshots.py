"""`/v1/snapshots` and registering them: idempotence, parents, content-addressed ids, browsing, comparing, tags."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from asterism.features.versions.snapshots import content_id
from asterism.vcs.manifest import Entry
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

SNAPSHOT = {
    "id", "project_id", "workspace_id", "manifest_hash", "parent_snapshot_ids",
        "parent_snapshot_id", "source", "summary", "created_at",
    "author_name", "author_email", "complete", "missing_blob_count", "fast_forward",
}  # fmt: skip


def test_a_snapshot_is_registered_once(alice: httpx.Client) -> None:
    project = make_project(alice)
    manifest = put_tree(alice, {"a": b"1"})
    body = {"manifest_hash": manifest, "snapshot_id": "my.snap-1", "summary": "s", "parent_snapshot_id": "older"}
    path = f"/v1/projects/{project}/snapshots"
    first = ok(alice.post(path, json=body), 201)
    made = first["snapshot"]
    assert made.keys() == SNAPSHOT
    assert first["created"]
    assert (made["id"], made["parent_snapshot_ids"], made["source"]) == ("my.snap-1", ["older"], "cli")
    assert (made["complete"], made["missing_blob_count"], made["fast_forward"]) == (True, 0, None)
    assert ok(alice.post(path, json=body)) == {"snapshot": made, "created": False}
    assert ok(alice.get(f"/v1/snapshots/{made['id']}")) == {"snapshot": made}
    assert ok(alice.get(path)) == {"snapshots": [made], "next_cursor": None}
    other = {**body, "manifest_hash": put_tree(alice, {"a": b"2"})}
    assert "manifest_hash" in error(alice.post(path, json=other), 409, "CONFLICT")["message"]
    other = {**body, "parent_snapshot_id": None}
    assert "parents" in error(alice.post(path, json=other), 409, "CONFLICT")["message"]


def test_without_an_id_every_call_makes_a_new_one(alice: httpx.Client) -> None:
    project = make_project(alice)
    one, other = push(alice, project, None, {"a": b"1"}), push(alice, project, None, {"a": b"1"})
    assert one["id"] != other["id"]
    assert one["id"].startswith("snap-")
    assert len(one["id"]) == 31


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"snapshot_id": ""}, "snapshot_id"),
        ({"snapshot_id": "-x"}, "snapshot_id"),
        ({"snapshot_id": "a/b"}, "snapshot_id"),
        ({"snapshot_id": "x" * 129}, "snapshot_id"),
        ({"summary": "s" * 2001}, "summary"),
        ({"author_name": "s" * 256}, "author_name"),
        ({"author_email": "s" * 256}, "author_email"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "2026-01-01T00:00:00"}, "created_at"),
        ({"created_at": "2999-01-01T00:00:00Z"}, "created_at"),
        ({"source": "magic"}, "source"),
        ({"workspace_id": "unknown"}, "workspace_id"),
        ({"parent_snapshot_ids": ["ok", "not ok"]}, "parent_snapshot_ids[1]"),
        ({"parent_snapshot_ids": [f"p{n}" for n in range(17)]}, "parent_snapshot_ids"),
        ({"snapshot_id": "me", "parent_snapshot_ids": ["me"]}, "parent_snapshot_ids[0]"),
        ({"parent_snapshot_ids": "x"}, "parent_snapshot_ids"),
    ],
)
def test_what_is_wrong_with_a_snapshot_is_named(alice: httpx.Client, change: dict[str, object], field: str) -> None:
    project = make_project(alice)
    body = {"manifest_hash": put_tree(alice, {}), **change}
    field_error(alice.post(f"/v1/projects/{project}/snapshots", json=body), field)
    assert ok(alice.get(f"/v1/projects/{project}/snapshots"))["snapshots"] == []


@pytest.mark.parametrize("manifest", ["0" * 64, "x", "A" * 64, ""])
def test_a_manifest_that_is_not_stored_is_not_found(alice: httpx.Client, bob: httpx.Client, manifest: str) -> None:
    path = f"/v1/projects/{make_project(alice)}/snapshots"
    error(alice.post(path, json={"manifest_hash": manifest}), 422, "MANIFEST_NOT_FOUND")
    theirs = put_tree(bob, {"a": b"secret"})
    error(alice.post(path, json={"manifest_hash": theirs}), 422, "MANIFEST_NOT_FOUND")


def test_unknown_and_foreign_parents_are_kept_alike_and_duplicates_dropped(
    alice: httpx.Client, bob: httpx.Client
) -> None:
    project, manifest = make_project(alice), put_tree(alice, {})
    foreign = push(bob, make_project(bob), None, {"a": b"1"})
    elsewhere = push(alice, make_project(alice), None, {"a": b"1"})
    answers = []
    for parent in (foreign["id"], elsewhere["id"], "snap-01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        body = {
            "manifest_hash": manifest,
            "parent_snapshot_ids": ["z", parent, "z"],
            "snapshot_id": f"s-{len(answers)}",
        }
        snapshot = ok(alice.post(f"/v1/projects/{project}/snapshots", json=body), 201)["snapshot"]
        assert snapshot["parent_snapshot_ids"] == ["z", parent]
        answers.append({k: v for k, v in snapshot.items() if k not in {"id", "parent_snapshot_ids", "created_at"}})
    assert answers[0] == answers[1] == answers[2]


def test_cycles_of_parents_end(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    push(alice, project, workspace, {"a": b"1"}, snapshot_id="x", parent_snapshot_ids=["y"])
    push(alice, project, workspace, {"a": b"2"}, snapshot_id="y", parent_snapshot_ids=["x"])
    last = push(alice, project, workspace, {"a": b"3"}, snapshot_id="z", parent_snapshot_ids=["x"])
    assert last["fast_forward"] is True
    found = ok(alice.get(f"/v1/workspaces/{workspace}/snapshots", params={"scope": "history"}))["snapshots"]
    assert {snapshot["id"] for snapshot in found} == {"x", "y", "z"}


def test_a_push_says_whether_it_was_a_fast_forward(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    first = push(alice, project, workspace, {"a": b"1"})
    aside = push(alice, project, None, {"a": b"2"}, parent_snapshot_ids=[first["id"]])
    later = push(alice, project, workspace, {"a": b"3"}, parent_snapshot_ids=[aside["id"]])
    forked = push(alice, project, workspace, {"a": b"4"}, parent_snapshot_ids=[first["id"]])
    assert [s["fast_forward"] for s in (first, aside, later, forked)] == [True, None, True, False]
    head = ok(alice.get(f"/v1/workspaces/{workspace}"))["workspace"]["current_snapshot_id"]
    assert head == forked["id"]
    listed = ok(alice.get(f"/v1/projects/{project}/snapshots"))["snapshots"]
    assert later["id"] in [snapshot["id"] for snapshot in listed]


def test_an_edge_to_an_unknown_parent_becomes_live_when_it_is_pushed(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    push(alice, project, workspace, {"a": b"2"}, snapshot_id="child", parent_snapshot_ids=["parent"])
    push(alice, project, None, {"a": b"1"}, snapshot_id="parent")
    found = ok(alice.get(f"/v1/workspaces/{workspace}/snapshots", params={"scope": "history"}))["snapshots"]
    assert [snapshot["id"] for snapshot in found] == ["parent", "child"]


def test_the_worked_example_of_a_content_addressed_id() -> None:
    manifest = "d73b8b79ba2441dad8be47cc2ea6d9de2ebccf0accfd3ee522f287b4bda68b58"
    made = content_id(manifest, [], ("", ""), "2026-11-22T00:06:27Z")
    assert made == "bdee31a17adef43fe04d21be076f97f952a42ccc450df43ea864cb4d5f3fef5b"


@pytest.mark.parametrize("seconds", [-590, -3, 0, 100])
def test_author_and_time_of_a_content_addressed_id_are_recovered(alice: httpx.Client, seconds: int) -> None:
    project, manifest = make_project(alice), put_tree(alice, {"a": b"1"})
    moment = f"{datetime.now(UTC) + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
    made = content_id(manifest, ["b", "a"], ("", ""), moment)
    body = {"manifest_hash": manifest, "snapshot_id": made, "parent_snapshot_ids": ["a", "b"]}
    snapshot = ok(alice.post(f"/v1/projects/{project}/snapshots", json=body), 201)["snapshot"]
    assert (snapshot["created_at"], snapshot["author_name"], snapshot["author_email"]) == (moment, "", "")
    read = ok(alice.get(f"/v1/snapshots/{made}"))["snapshot"]
    assert content_id(manifest, read["parent_snapshot_ids"], ("", ""), read["created_at"]) == made


def test_given_and_formerly_verified_authors_are_tried(alice: httpx.Client) -> None:
    project = make_project(alice)
    old, now = "2020-02-02T02:02:02Z", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    author = ("Ada", "ada@example.org")
    first, second = put_tree(alice, {"a": b"1"}), put_tree(alice, {"a": b"2"})
    body = {
        "manifest_hash": first,
        "snapshot_id": content_id(first, [], author, old),
        "author_name": author[0],
        "author_email": author[1],
        "created_at": old,
    }
    path = f"/v1/projects/{project}/snapshots"
    given = ok(alice.post(path, json=body), 201)["snapshot"]
    assert (given["author_name"], given["created_at"]) == ("Ada", old)
    body = {"manifest_hash": second, "snapshot_id": content_id(second, [], author, now)}
    known = ok(alice.post(path, json=body), 201)["snapshot"]
    assert (known["author_name"], known["author_email"], known["created_at"]) == (*author, now)
    wrong = ok(alice.post(path, json={"manifest_hash": second, "snapshot_id": "0" * 64}), 201)["snapshot"]
    assert wrong["created_at"].endswith("Z")
    assert "." in wrong["created_at"]


def test_an_author_that_cannot_be_verified_is_the_one_last_verified_for_the_token(
    server: TestServer, alice: httpx.Client
) -> None:
    now, unknown = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "2020-02-02T02:02:02Z"
    project, manifest = make_project(alice), put_tree(alice, {"a": b"1"})
    path = f"/v1/projects/{project}/snapshots"

    def pushed(client: httpx.Client, author: tuple[str, str], at: str, parent: str, **more: str) -> tuple[str, str]:
        made = content_id(manifest, [parent], author, at)
        body = {"manifest_hash": manifest, "snapshot_id": made, "parent_snapshot_ids": [parent], **more}
        ok(client.post(path, json=body), 201)
        found = ok(client.get(f"/v1/snapshots/{made}"))["snapshot"]
        return found["author_name"], found["author_email"]

    ada, bob = ("Ada", "ada@example.org"), ("Bob", "bob@example.org")
    with server.person(ok(alice.get("/v1/auth/me"))["user"]["email"]) as desktop:
        assert pushed(alice, ada, unknown, "p1") == ("", "")
        for client, (name, email) in ((alice, ada), (desktop, bob)):
            sent = {"author_name": name, "author_email": email}
            assert pushed(client, (name, email), now, f"p2-{name}", **sent) == (name, email)
        assert pushed(alice, ada, unknown, "p3") == ada
        assert pushed(desktop, bob, unknown, "p4") == bob
        assert pushed(desktop, ada, unknown, "p5", author_name="Eve") == ("Eve", "")


def test_an_imported_snapshot_keeps_its_time(alice: httpx.Client) -> None:
    project = make_project(alice)
    body = {"source": "import", "created_at": "2011-01-01T10:00:00+02:00", "author_name": "A"}
    made = push(alice, project, None, {"a": b"1"}, **body)
    assert (made["created_at"], made["source"], made["author_name"]) == ("2011-01-01T08:00:00.000Z", "import", "A")
    assert ok(alice.get(f"/v1/projects/{project}/events"))["events"][0]["actor"] == "cli"


def test_one_id_in_two_projects_reads_the_newest_unless_a_project_is_named(alice: httpx.Client) -> None:
    one, other = make_project(alice), make_project(alice)
    push(alice, one, None, {"a": b"1"}, snapshot_id="same")
    push(alice, other, None, {"a": b"2"}, snapshot_id="same")
    assert ok(alice.get("/v1/snapshots/same"))["snapshot"]["project_id"] == other
    assert ok(alice.get("/v1/snapshots/same", params={"project_id": one}))["snapshot"]["project_id"] == one


def test_foreign_and_unknown_snapshots_answer_alike(alice: httpx.Client, bob: httpx.Client) -> None:
    theirs = push(bob, make_project(bob), None, {"a": b"1"})["id"]
    mine = push(alice, make_project(alice), None, {"a": b"1"})["id"]
    for path in ("", "/files", f"/diff/{mine}"):
        answers = [alice.get(f"/v1/snapshots/{id}{path}") for id in (theirs, "some project name")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text
    error(alice.get(f"/v1/snapshots/{mine}/diff/{theirs}"), 404, "NOT_FOUND")


def test_missing_blobs_are_counted_until_the_last_one_comes(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    manifest = put_manifest(alice, entries_of({"a": b"one", "b": b"two", "copy": b"two", "e": b""}))
    body = {"manifest_hash": manifest, "workspace_id": workspace}
    snapshot = ok(alice.post(f"/v1/projects/{project}/snapshots", json=body), 201)["snapshot"]
    assert (snapshot["complete"], snapshot["missing_blob_count"]) == (False, 3)
    gone = error(alice.get(f"/v1/blobs/download/{name_of(b'one')}"), 404, "BLOB_MISSING")
    assert gone["details"]["missing_blobs"] == [name_of(b"one")]
    ok(alice.post("/v1/blobs/batch", content=frames([b"one", b""])))
    path = f"/v1/workspaces/{workspace}/restore"
    found = error(alice.post(path, json={"snapshot_id": snapshot["id"]}), 409, "BLOB_MISSING")
    assert found["details"]["missing_blobs"] == [name_of(b"two")]
    ok(alice.put(f"/v1/blobs/upload/{name_of(b'two')}", content=b"two"), 201)
    read = ok(alice.get(f"/v1/snapshots/{snapshot['id']}"))["snapshot"]
    assert (read["complete"], read["missing_blob_count"]) == (True, 0)
    ok(alice.post(path, json={"snapshot_id": snapshot["id"]}))


TREE = {"b.txt": b"b\n", "a/x": b"x\n", "a/deep/y": b"y\n", "Z": b"z", "a.b": b""}


def test_a_tree_is_browsed_one_level_at_a_time(alice: httpx.Client) -> None:
    project = make_project(alice)
    ok(alice.post("/v1/blobs/batch", content=frames(list(TREE.values()))))
    extra = [
        Entry(type="symlink", path="link", target="a/x"),
        Entry(type="dir", path="empty", mode=0o755),
        Entry(type="dir", path="a", mode=0o700),
    ]
    manifest = put_manifest(alice, [*entries_of(TREE), *extra])
    snapshot = ok(alice.post(f"/v1/projects/{project}/snapshots", json={"manifest_hash": manifest}), 201)["snapshot"]
    path = f"/v1/snapshots/{snapshot['id']}/files"
    top = ok(alice.get(path))
    assert [(entry["name"], entry["type"]) for entry in top["entries"]] == [
        ("a", "dir"), ("empty", "dir"), ("Z", "file"), ("a.b", "file"), ("b.txt", "file"), ("link", "symlink")
    ]  # fmt: skip
    assert top["entries"][0] == {"name": "a", "path": "a", "type": "dir", "mode": 0o700}
    assert top["entries"][4] == {
        "name": "b.txt", "path": "b.txt", "type": "file", "size": 2, "hash": name_of(b"b\n"), "mode": 0o644
    }  # fmt: skip
    assert top["entries"][5] == {"name": "link", "path": "link", "type": "symlink", "target": "a/x"}
    inside = ok(alice.get(path, params={"path": "a"}))["entries"]
    assert [entry["path"] for entry in inside] == ["a/deep", "a/x"]
    assert [e["path"] for e in ok(alice.get(path, params={"path": "a/deep/y"}))["entries"]] == ["a/deep/y"]
    assert ok(alice.get(path, params={"path": "empty"}))["entries"] == []
    for unknown in ("no", "a/no", "b.txt/x", "a/", "/a", "../a"):
        error(alice.get(path, params={"path": unknown}), 404, "NOT_FOUND")
    names, cursor = [], None
    while True:
        page = ok(alice.get(path, params={"limit": 2, **({"cursor": cursor} if cursor else {})}))
        names += [entry["name"] for entry in page["entries"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert names == ["a", "empty", "Z", "a.b", "b.txt", "link"]


def test_two_snapshots_are_compared_file_by_file(alice: httpx.Client) -> None:
    project = make_project(alice)
    before = push(alice, project, None, {"same": b"s", "gone": b"g\n", "d/changed": b"1\n2\n3\n", "bin": b"\0a"})
    ok(alice.post("/v1/blobs/batch", content=frames([b"s", b"1\ntwo\n3", b"\0b", b"n\n"])))
    entries = [
        *entries_of({"d/changed": b"1\ntwo\n3", "bin": b"\0b", "new": b"n\n"}),
        *entries_of({"same": b"s"}, 0o755),
        Entry(type="symlink", path="gone", target="same"),
    ]
    body = {"manifest_hash": put_manifest(alice, entries)}
    after = ok(alice.post(f"/v1/projects/{project}/snapshots", json=body), 201)["snapshot"]
    path = f"/v1/snapshots/{before['id']}/diff/{after['id']}"
    found = ok(alice.get(path))
    assert [(file["path"], file["change"]) for file in found["files"]] == [
        ("bin", "modified"), ("d/changed", "modified"), ("gone", "type"), ("new", "added"), ("same", "mode")
    ]  # fmt: skip
    changed = found["files"][1]
    assert (changed["old_hash"], changed["new_hash"]) == (name_of(b"1\n2\n3\n"), name_of(b"1\ntwo\n3"))
    assert "additions" not in changed
    one = ok(alice.get(path, params={"path": "d/changed"}))
    assert one["diff"] == (
        "--- a/d/changed\n+++ b/d/changed\n@@ -1,3 +1,3 @@\n 1\n-2\n-3\n+two\n+3\n\\ No newline at end of file\n"
    )
    assert (one["files"][0]["additions"], one["files"][0]["deletions"]) == (2, 2)
    binary = ok(alice.get(path, params={"path": "bin"}))
    assert (binary["diff"], binary["files"][0]["binary"]) == ("", True)
    error(alice.get(path, params={"path": "d/other"}), 404, "NOT_FOUND")
    lines = ok(alice.get(path, params={"lines": "true", "limit": 2}))
    assert [file["binary"] for file in lines["files"]] == [True, False]
    rest = ok(alice.get(path, params={"cursor": lines["next_cursor"]}))
    assert [file["path"] for file in rest["files"]] == ["gone", "new", "same"]
    assert ok(alice.get(f"/v1/snapshots/{after['id']}/diff/{after['id']}"))["files"] == []


def test_tags_name_snapshots(alice: httpx.Client) -> None:
    project = make_project(alice)
    one, other = push(alice, project, None, {"a": b"1"})["id"], push(alice, project, None, {"a": b"2"})["id"]
    path = f"/v1/projects/{project}/tags"
    tag = ok(alice.post(path, json={"name": " v1.0 ", "snapshot_id": one}))["tag"]
    assert (tag["name"], tag["snapshot_id"]) == ("v1.0", one)
    assert ok(alice.post(path, json={"name": "v1.0", "snapshot_id": one}))["tag"] == tag
    error(alice.post(path, json={"name": "v1.0", "snapshot_id": other}), 409, "CONFLICT")
    ok(alice.post(path, json={"name": "über", "snapshot_id": other}))
    assert [found["name"] for found in ok(alice.get(path))["tags"]] == ["über", "v1.0"]
    page = ok(alice.get(path, params={"limit": 1}))
    assert [t["name"] for t in ok(alice.get(path, params={"cursor": page["next_cursor"]}))["tags"]] == ["v1.0"]
    for body, field in (
        ({"name": "", "snapshot_id": one}, "name"),
        ({"name": "a/b", "snapshot_id": one}, "name"),
        ({"name": "x", "snapshot_id": "unknown"}, "snapshot_id"),
        ({"name": "x"}, "snapshot_id"),
    ):
        field_error(alice.post(path, json=body), field)
    assert ok(alice.delete(f"{path}/%C3%BCber")) == {"success": True}
    error(alice.delete(f"{path}/%C3%BCber"), 404, "NOT_FOUND")


def test_a_head_that_moved_is_not_replaced_by_who_says_what_to_expect(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    path = f"/v1/projects/{project}/snapshots"

    def register(number: int, **more: object) -> httpx.Response:
        manifest = put_tree(alice, {"a": b"%d" % number})
        return alice.post(path, json={"manifest_hash": manifest, "snapshot_id": f"s{number}", **more})

    ok(register(1, workspace_id=workspace, expected_head=""), 201)
    problem = error(register(2, workspace_id=workspace, expected_head=""), 409, "HEAD_MOVED")
    assert problem["details"] == {"expected_head": "", "head_snapshot_id": "s1"}
    error(register(2, workspace_id=workspace, expected_head="other"), 409, "HEAD_MOVED")
    error(alice.get("/v1/snapshots/s2"), 404, "NOT_FOUND")
    ok(register(2, workspace_id=workspace, expected_head="s1"), 201)
    ok(register(2, workspace_id=workspace, expected_head="s1"))  # a repetition, answered as before
    ok(register(3, workspace_id=workspace), 201)  # who says nothing wins as ever
    ok(register(4, workspace_id=workspace, expected_head=None), 201)
    assert "needs a workspace_id" in register(5, expected_head="s4").text
    error(register(5, workspace_id=workspace, expected_head=5), 422, "VALIDATION_ERROR")


def test_the_first_parent_stands_alone_as_well(alice: httpx.Client) -> None:
    project = make_project(alice)
    first = push(alice, project, None, {"a": b"1"})
    second = push(alice, project, None, {"a": b"2"}, parent_snapshot_ids=[first["id"]])
    assert (first["parent_snapshot_id"], second["parent_snapshot_id"]) == (None, first["id"])


def test_trees_are_compared_by_their_hashes_as_snapshots_are(alice: httpx.Client, bob: httpx.Client) -> None:
    project = make_project(alice)
    old = push(alice, project, None, {"a.txt": b"one\ntwo\n", "b.txt": b"same\n"})
    new = push(alice, project, None, {"a.txt": b"one\n2\n", "b.txt": b"same\n", "c.txt": b"c\n"})
    trees = f"/v1/blobs/manifests/{old['manifest_hash']}/diff/{new['manifest_hash']}"
    snapshots = f"/v1/snapshots/{old['id']}/diff/{new['id']}"
    for query in ({}, {"lines": True}, {"path": "a.txt"}):
        assert ok(alice.get(trees, params=query)) == ok(alice.get(snapshots, params=query))
    first = ok(alice.get(trees, params={"limit": 1}))
    assert [one["path"] for one in first["files"]] == ["a.txt"]
    rest = ok(alice.get(trees, params={"limit": 1, "cursor": first["next_cursor"]}))
    assert ([one["path"] for one in rest["files"]], rest["next_cursor"]) == (["c.txt"], None)
    assert bob.get(trees).status_code == 404
