"""`/v1/workspaces`: making them, main, pointers, compare-and-set, restore."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.trees import error, field_error, make_project, make_workspace, ok, push, put_tree

WORKSPACE = {
    "id", "project_id", "name", "type", "identifier", "machine_id", "base_snapshot_id", "current_snapshot_id",
    "current_manifest_hash", "local_path", "last_seen_at", "created_at", "merge_history", "version", "is_main", "dirty",
}  # fmt: skip


def read(client: httpx.Client, workspace: str) -> dict[str, Any]:
    return dict(ok(client.get(f"/v1/workspaces/{workspace}"))["workspace"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": "main"}, ("main", "cloud", "main", None)),
        ({"name": "x", "local_path": "/home/u/x"}, ("x", "folder", "/home/u/x", "/home/u/x")),
        (
            {"type": "repo", "identifier": "git@example.com:o/tool.git"},
            ("tool", "repo", "git@example.com:o/tool.git", None),
        ),
        ({"type": "folder", "identifier": "/srv/app/"}, ("app", "folder", "/srv/app/", "/srv/app/")),
        ({"type": "folder", "identifier": "C:\\work\\app"}, ("app", "folder", "C:\\work\\app", "C:\\work\\app")),
        ({"type": "folder", "identifier": "/"}, ("root", "folder", "/", "/")),
        ({"type": "cloud", "identifier": "eu-1"}, ("eu-1", "cloud", "eu-1", None)),
    ],
)
def test_what_is_not_said_is_derived(alice: httpx.Client, body: dict[str, str], expected: tuple[str, ...]) -> None:
    project = make_project(alice)
    made = ok(alice.post(f"/v1/projects/{project}/workspaces", json=body), 201)["workspace"]
    assert made.keys() == WORKSPACE
    assert (made["name"], made["type"], made["identifier"], made["local_path"]) == expected
    assert (made["version"], made["is_main"], made["dirty"], made["current_snapshot_id"]) == (1, True, False, None)
    assert ok(alice.get(f"/v1/workspaces/{made['id']}")) == {"workspace": made, "drift": None}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "repo"},
        {"type": "zip", "name": "x"},
        {"name": "  "},
        {},
        {"identifier": "x"},
        {"name": "x" * 256},
        {"name": "x", "identifier": "i" * 4097},
        {"name": "x", "machine_id": "m" * 256},
        {"name": "x", "base_snapshot_id": "no"},
        {"name": 3},
    ],
)
def test_a_workspace_without_a_name_or_with_a_wrong_member_is_refused(alice: httpx.Client, body: Any) -> None:
    error(alice.post(f"/v1/projects/{make_project(alice)}/workspaces", json=body), 422, "VALIDATION_ERROR")


def test_main_is_chosen_by_itself_until_a_person_chooses(alice: httpx.Client) -> None:
    project = make_project(alice)

    def main() -> str:
        return str(ok(alice.get(f"/v1/projects/{project}"))["project"]["main_workspace_id"])

    first = make_workspace(alice, project, name="first")
    assert main() == first
    named = make_workspace(alice, project, name="main")
    assert main() == named
    third = make_workspace(alice, project, name="third")
    assert ok(alice.post(f"/v1/workspaces/{third}/set-as-main")) == {"success": True, "main_workspace_id": third}
    assert ok(alice.post(f"/v1/workspaces/{third}/set-as-main"))["success"]
    make_workspace(alice, project, name="main")
    assert main() == third
    changes = [
        e for e in ok(alice.get(f"/v1/projects/{project}/events"))["events"] if e["type"] == "workspace.main_changed"
    ]
    assert [event["workspace_id"] for event in changes] == [third, named, first]


def test_a_branch_starts_at_its_base(alice: httpx.Client, bob: httpx.Client) -> None:
    project = make_project(alice)
    base = push(alice, project, make_workspace(alice, project), {"a": b"1"})
    branch = make_workspace(alice, project, name="branch", fork_snapshot_id=base["id"])
    found = read(alice, branch)
    assert (found["base_snapshot_id"], found["current_snapshot_id"]) == (base["id"], base["id"])
    assert found["current_manifest_hash"] is None
    listed = ok(alice.get(f"/v1/workspaces/{branch}/snapshots"))
    assert [(s["id"], s["is_current"]) for s in listed["snapshots"]] == [(base["id"], True)]
    other = make_project(alice)
    answers = [
        alice.post(f"/v1/projects/{other}/workspaces", json={"name": "x", "base_snapshot_id": id})
        for id in (base["id"], "unknown")
    ]
    assert answers[0].status_code == 422
    assert answers[0].text == answers[1].text


def test_foreign_and_unknown_workspaces_answer_alike(alice: httpx.Client, bob: httpx.Client) -> None:
    theirs = make_workspace(bob, make_project(bob))
    for path, method, body in (
        ("", "GET", None),
        ("", "PATCH", {"name": "x"}),
        ("", "DELETE", None),
        ("/heartbeat", "POST", None),
        ("/set-as-main", "POST", None),
        ("/current-manifest", "POST", {"manifest_hash": "0" * 64}),
        ("/snapshots", "GET", None),
        ("/restore", "POST", {"snapshot_id": "x"}),
    ):
        answers = [alice.request(method, f"/v1/workspaces/{w}{path}", json=body) for w in (theirs, "unknown")]
        assert [answer.status_code for answer in answers] == [404, 404], path
        assert answers[0].text == answers[1].text


def test_a_heartbeat_is_noted(alice: httpx.Client) -> None:
    workspace = make_workspace(alice, make_project(alice))
    assert read(alice, workspace)["last_seen_at"] is None
    beat = ok(alice.post(f"/v1/workspaces/{workspace}/heartbeat", headers={"Content-Type": "application/json"}))
    assert beat["success"]
    assert read(alice, workspace)["last_seen_at"] == beat["last_seen_at"]


def test_the_working_tree_is_compared_and_set(alice: httpx.Client) -> None:
    workspace = make_workspace(alice, make_project(alice))
    path = f"/v1/workspaces/{workspace}/current-manifest"
    stored, unknown, third = put_tree(alice, {"a": b"1"}), "1" * 64, "2" * 64

    def move(to: str, previous: str | None = None) -> httpx.Response:
        return alice.post(path, json={"manifest_hash": to, "previous_manifest_hash": previous})

    assert ok(move(stored)) == {"updated": True, "current_manifest_hash": stored, "stored": True}
    assert ok(move(unknown, stored))["stored"] is False
    assert read(alice, workspace)["version"] == 3
    assert ok(move(unknown, third))["updated"]
    assert read(alice, workspace)["version"] == 3
    for previous in (None, stored):
        answer = move(third, previous)
        assert (answer.status_code, answer.json()) == (
            409,
            {"updated": False, "conflict": True, "current_manifest_hash": unknown},
        )
    for bad in ("x", "A" * 64, ""):
        field_error(move(bad), "manifest_hash")
    field_error(move(third, "x"), "previous_manifest_hash")


def test_of_many_calls_with_the_same_previous_tree_one_wins(alice: httpx.Client) -> None:
    workspace = make_workspace(alice, make_project(alice))
    path = f"/v1/workspaces/{workspace}/current-manifest"
    ok(alice.post(path, json={"manifest_hash": "0" * 64}))

    def move(n: int) -> int:
        body = {"manifest_hash": f"{n:064x}", "previous_manifest_hash": "0" * 64}
        return alice.post(path, json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(move, range(1, 21)))
    assert statuses == [200] + [409] * 19
    assert read(alice, workspace)["version"] == 3


def test_dirty_means_another_tree_than_the_heads(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    snapshot = push(alice, project, workspace, {"a": b"1", "d/b": b"2"})
    path = f"/v1/workspaces/{workspace}/current-manifest"

    def show(manifest: str) -> bool:
        previous = read(alice, workspace)["current_manifest_hash"]
        ok(alice.post(path, json={"manifest_hash": manifest, "previous_manifest_hash": previous}))
        return bool(read(alice, workspace)["dirty"])

    assert not read(alice, workspace)["dirty"]
    assert not show("f" * 64)  # not stored: not the working tree
    untyped = b'{"files":[{"path":"d/b","hash":"%s","size":1},{"path":"a","hash":"%s","size":1}]}' % (
        b"d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35",
        b"6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
    )
    name = hashlib.sha256(untyped).hexdigest()
    ok(alice.put(f"/v1/blobs/manifests/{name}", content=untyped), 201)
    assert not show(name)  # another dialect, the same tree
    assert show(put_tree(alice, {"a": b"1", "d/b": b"3"}))
    assert not show(snapshot["manifest_hash"])


def test_a_push_over_unsaved_work_saves_it_first(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    first = push(alice, project, workspace, {"a": b"1"})
    unsaved = put_tree(alice, {"a": b"unsaved"})
    body = {"manifest_hash": unsaved, "previous_manifest_hash": first["manifest_hash"]}
    ok(alice.post(f"/v1/workspaces/{workspace}/current-manifest", json=body))
    pushed = push(alice, project, workspace, {"a": b"2"}, parent_snapshot_ids=[first["id"]])
    found = read(alice, workspace)
    assert (found["current_snapshot_id"], found["dirty"]) == (pushed["id"], False)
    listed = ok(alice.get(f"/v1/workspaces/{workspace}/snapshots"))["snapshots"]
    safety = next(s for s in listed if s["source"] == "system")
    assert safety["manifest_hash"] == unsaved
    assert safety["parent_snapshot_ids"] == [first["id"]]
    assert (safety["summary"], safety["fast_forward"]) == ("Autosave before push", None)
    types = [event["type"] for event in ok(alice.get(f"/v1/projects/{project}/events"))["events"]]
    assert "workspace.out_of_date" in types


def test_restoring_moves_the_head_and_loses_nothing(alice: httpx.Client, bob: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    first, second = push(alice, project, workspace, {"a": b"1"}), push(alice, project, workspace, {"a": b"2"})
    version = read(alice, workspace)["version"]
    path = f"/v1/workspaces/{workspace}/restore"
    again = ok(alice.post(path, json={"snapshot_id": second["id"]}))
    assert (again["workspace_version"], again["previous_snapshot_id"]) == (version, second["id"])
    done = ok(alice.post(path, json={"snapshot_id": first["id"]}))
    assert done == {
        "success": True,
        "snapshot_id": first["id"],
        "previous_snapshot_id": second["id"],
        "manifest_hash": first["manifest_hash"],
        "workspace_version": version + 1,
    }
    assert read(alice, workspace)["current_snapshot_id"] == first["id"]
    assert ok(alice.get(f"/v1/projects/{project}/events"))["events"][0]["type"] == "snapshot.pulled"
    error(alice.post(path, json={"snapshot_id": "unknown"}), 404, "NOT_FOUND")
    elsewhere = make_project(alice)
    stranger = push(alice, elsewhere, None, {"a": b"3"})
    error(alice.post(path, json={"snapshot_id": stranger["id"]}), 404, "NOT_FOUND")
    error(alice.post(path, json={}), 422, "VALIDATION_ERROR")


def test_a_workspace_is_changed_and_deleted(alice: httpx.Client) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project, name="main", local_path="/x")
    changed = ok(alice.patch(f"/v1/workspaces/{main}", json={"name": " n ", "identifier": "i", "local_path": None}))
    found = changed["workspace"]
    assert (found["name"], found["identifier"], found["local_path"]) == ("n", "i", None)
    assert ok(alice.patch(f"/v1/workspaces/{main}", json={}))["workspace"] == found
    field_error(alice.patch(f"/v1/workspaces/{main}", json={"name": " "}), "name")
    field_error(alice.patch(f"/v1/workspaces/{main}", json={"identifier": " "}), "identifier")
    other = make_workspace(alice, project, name="other")
    error(alice.delete(f"/v1/workspaces/{main}"), 409, "INVALID_OPERATION")
    assert ok(alice.delete(f"/v1/workspaces/{other}")) == {"success": True}
    error(alice.get(f"/v1/workspaces/{other}"), 404, "NOT_FOUND")
    assert ok(alice.delete(f"/v1/workspaces/{main}")) == {"success": True}
    whole = ok(alice.get(f"/v1/projects/{project}"))
    assert (whole["workspaces"], whole["project"]["main_workspace_id"]) == ([], None)


def test_snapshots_are_seen_from_a_workspace_in_three_scopes(alice: httpx.Client) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project)
    first = push(alice, project, main, {"a": b"1"})
    second = push(alice, project, main, {"a": b"2"}, parent_snapshot_ids=[first["id"]])
    branch = make_workspace(alice, project, name="branch", base_snapshot_id=first["id"])
    third = push(alice, project, branch, {"a": b"3"}, parent_snapshot_ids=[first["id"], "unknown-parent"])

    def ids(scope: str | None) -> list[str]:
        params = {"scope": scope} if scope else {}
        return [s["id"] for s in ok(alice.get(f"/v1/workspaces/{branch}/snapshots", params=params))["snapshots"]]

    assert ids(None) == ids("workspace") == [third["id"]]
    assert ids("history") == [third["id"], first["id"]]
    assert ids("project") == [third["id"], second["id"], first["id"]]
    field_error(alice.get(f"/v1/workspaces/{branch}/snapshots", params={"scope": "all"}), "query.scope")
    page = ok(alice.get(f"/v1/workspaces/{branch}/snapshots", params={"scope": "project", "limit": 2}))
    rest = ok(
        alice.get(
            f"/v1/workspaces/{branch}/snapshots",
            params={"scope": "project", "limit": 2, "cursor": page["next_cursor"]},
        )
    )
    assert [s["id"] for s in rest["snapshots"]] == [first["id"]]
    assert rest["next_cursor"] is None
    fresh = make_workspace(alice, project, name="fresh")
    nothing = {"snapshots": [], "current_snapshot_id": None, "next_cursor": None}
    assert ok(alice.get(f"/v1/workspaces/{fresh}/snapshots", params={"scope": "history"})) == nothing


def test_two_pushes_at_once_are_both_kept(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    manifests = [put_tree(alice, {"a": bytes([n])}) for n in range(6)]
    version = read(alice, workspace)["version"]

    def register(manifest: str) -> str:
        body = {"manifest_hash": manifest, "workspace_id": workspace}
        return str(ok(alice.post(f"/v1/projects/{project}/snapshots", json=body), 201)["snapshot"]["id"])

    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(register, manifests))
    found = read(alice, workspace)
    assert found["version"] == version + 6
    assert found["current_snapshot_id"] in made
    listed = {s["id"] for s in ok(alice.get(f"/v1/workspaces/{workspace}/snapshots"))["snapshots"]}
    assert listed == made
