"""`/v1/conversations`: the resource, lists, changes, and what belongs to a whole conversation."""

import re
from typing import Any

import httpx
import pytest

from tests.support.trees import error, field_error, make_project, make_workspace, ok, push, put_tree

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def make(client: httpx.Client, workspace: str, **fields: Any) -> dict[str, Any]:
    return dict(ok(client.post("/v1/conversations", json={"workspace_id": workspace, **fields}))["conversation"])


@pytest.fixture
def place(alice: httpx.Client) -> tuple[str, str]:
    """A project with a workspace."""
    project = make_project(alice)
    return project, make_workspace(alice, project, name="main")


def test_one_is_made_and_read(alice: httpx.Client, place: tuple[str, str]) -> None:
    project, workspace = place
    made = make(alice, workspace)
    assert list(made) == ["id", "workspace_id", "title", "created_at", "updated_at"]
    assert UUID.fullmatch(made["id"])
    assert (made["workspace_id"], made["title"]) == (workspace, None)
    found = ok(alice.get(f"/v1/conversations/{made['id']}"))["conversation"]
    assert found == made | {
        "workspace_name": "main",
        "project_id": project,
        "project_name": found["project_name"],
        "message_count": 0,
        "state": "idle",
        "queue_length": 0,
    }
    assert make(alice, workspace, title="  a \n title ")["title"] == "a title"
    assert make(alice, workspace, title="")["title"] is None


def test_the_list_has_the_last_changed_first_over_all_projects(alice: httpx.Client) -> None:
    ids = []
    for _ in range(3):
        workspace = make_workspace(alice, make_project(alice), name="main")
        ids.append(make(alice, workspace)["id"])
    ok(alice.patch(f"/v1/conversations/{ids[0]}", json={"title": "newest"}))

    def listed(**query: Any) -> list[str]:
        found = ok(alice.get("/v1/conversations", params=query))["conversations"]
        return [one["id"] for one in found]

    assert listed() == [ids[0], ids[2], ids[1]]
    assert listed(limit=1) == [ids[0]]
    assert listed(limit=1, offset=1) == [ids[2]]
    assert listed(offset=3) == []
    assert listed(workspace_id=workspace) == [ids[2]]
    assert listed(workspace_id="nope") == []
    ok(alice.delete(f"/v1/workspaces/{workspace}"))
    assert listed() == [ids[0], ids[1]]
    assert alice.get(f"/v1/conversations/{ids[2]}").status_code == 404


def test_what_is_another_users_is_not_there(alice: httpx.Client, bob: httpx.Client, place: tuple[str, str]) -> None:
    _, workspace = place
    conversation = make(alice, workspace)["id"]
    error(bob.post("/v1/conversations", json={"workspace_id": workspace}), 404, "NOT_FOUND")
    assert ok(bob.get("/v1/conversations"))["conversations"] == []
    for tail in ("", "/messages", "/timeline", "/events", "/opencode-messages", "/opencode-questions", "/project-info"):
        error(bob.get(f"/v1/conversations/{conversation}{tail}"), 404, "NOT_FOUND")
    for tail in ("/snapshot", "/stream-ticket"):
        error(bob.post(f"/v1/conversations/{conversation}{tail}"), 404, "NOT_FOUND")
    error(bob.patch(f"/v1/conversations/{conversation}", json={"title": "x"}), 404, "NOT_FOUND")


def test_changes_are_checked_and_told(alice: httpx.Client, place: tuple[str, str]) -> None:
    project, workspace = place
    conversation = make(alice, workspace)["id"]
    path = f"/v1/conversations/{conversation}"
    other = make_workspace(alice, project, name="other")
    foreign = make_workspace(alice, make_project(alice), name="main")
    field_error(alice.patch(path, json={}), "")
    field_error(alice.patch(path, json={"title": "  "}), "title")
    field_error(alice.patch(path, json={"title": "x" * 201}), "title")
    error(alice.patch(path, json={"workspace_id": "nope"}), 404, "NOT_FOUND")
    error(alice.patch(path, json={"workspace_id": foreign}), 409, "INVALID_OPERATION")
    assert ok(alice.patch(path, json={"title": "x" * 200})) == {"success": True}
    assert ok(alice.patch(path, json={"workspace_id": other})) == {"success": True}
    found = ok(alice.get(path))["conversation"]
    assert (found["title"], found["workspace_id"], found["workspace_name"]) == ("x" * 200, other, "other")
    log = ok(alice.get(f"{path}/events"))
    assert [(one["seq"], one["type"]) for one in log["events"]] == [(n, "conversation_update") for n in (1, 2)]
    assert log["events"][1]["conversation"]["workspace_id"] == other
    assert (log["last_seq"], log["reset"]) == (2, False)
    assert ok(alice.get(f"{path}/events", params={"after": 1, "limit": 1}))["events"] == log["events"][1:]
    assert ok(alice.get(f"{path}/events", params={"after": 3}))["reset"] is True


def test_an_empty_one_has_empty_lists(alice: httpx.Client, place: tuple[str, str]) -> None:
    conversation = make(alice, place[1])["id"]
    path = f"/v1/conversations/{conversation}"
    assert ok(alice.get(f"{path}/messages")) == {"messages": [], "has_more": False}
    assert ok(alice.get(f"{path}/timeline")) == {"timeline": []}
    assert ok(alice.get(f"{path}/opencode-messages")) == {"messages": {}}
    assert ok(alice.get(f"{path}/opencode-questions")) == {"questions": []}
    assert ok(alice.get(f"{path}/project-info")) == {"projectInfo": {"type": "unknown"}}
    field_error(alice.get(f"{path}/messages", params={"before": "yesterday"}), "query.before")
    assert ok(alice.get(f"{path}/messages", params={"before": "2026-01-01T00:00:00Z"}))["messages"] == []
    ticket = ok(alice.post(f"{path}/stream-ticket"))
    assert ticket["ticket"].startswith("ast_w_")
    assert ticket["expires_in"] == 60


def test_the_kind_of_project_is_read_from_its_files(alice: httpx.Client, place: tuple[str, str]) -> None:
    project, workspace = place
    path = f"/v1/conversations/{make(alice, workspace)['id']}/project-info"
    files = {
        "wrangler.jsonc": b'{ // the worker\n "name": "edge" /* its name */ }',
        "package.json": b'{"name": "ignored", "dependencies": {"hono": "4"}}',
    }
    push(alice, project, workspace, files)
    assert ok(alice.get(path))["projectInfo"] == {
        "type": "wrangler",
        "name": "edge",
        "configFile": "wrangler.jsonc",
        "runtime": "node",
        "framework": "hono",
    }
    push(alice, project, workspace, {"package.json": b"{", "go.mod": b"module x"})
    assert ok(alice.get(path))["projectInfo"] == {"type": "unknown", "runtime": "node"}


def test_a_snapshot_is_made_of_a_dirty_tree_once(alice: httpx.Client, place: tuple[str, str]) -> None:
    project, workspace = place
    path = f"/v1/conversations/{make(alice, workspace)['id']}/snapshot"
    nothing = {"snapshot_id": None, "manifest_hash": None, "was_dirty": False, "summary": None, "file_changes": None}
    assert ok(alice.post(path)) == nothing
    pushed = push(alice, project, workspace, {"a.txt": b"1", "b.txt": b"1"})
    head = pushed["id"]
    clean = ok(alice.post(path))
    assert (clean["snapshot_id"], clean["was_dirty"], clean["file_changes"]) == (head, False, None)
    tree = put_tree(alice, {"a.txt": b"2", "c.txt": b"1"})
    ok(
        alice.post(
            f"/v1/workspaces/{workspace}/current-manifest",
            json={"manifest_hash": tree, "previous_manifest_hash": pushed["manifest_hash"]},
        )
    )
    saved = ok(alice.post(path, json={"generate_summary": True}))
    assert saved["was_dirty"] is True
    assert saved["manifest_hash"] == tree
    assert saved["file_changes"] == {"added": 1, "modified": 1, "deleted": 1}
    assert saved["summary"] == "Added 1, changed 1 and deleted 1 file: a.txt, b.txt, c.txt"
    assert ok(alice.get(f"/v1/workspaces/{workspace}"))["workspace"]["current_snapshot_id"] == saved["snapshot_id"]
    again = ok(alice.post(path, json={"generate_summary": True}))
    assert again == nothing | {"snapshot_id": saved["snapshot_id"], "manifest_hash": tree}
