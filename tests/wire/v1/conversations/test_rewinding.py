"""Checkpoints, rewind and fork over the wire."""

import httpx

from tests.support.trees import error, field_error, make_project, make_workspace, ok, push


def test_a_conversation_without_turns_forks_and_has_nothing_to_go_back_to(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project, name="main")
    head = push(alice, project, workspace, {"a": b"a\n"})["id"]
    talk = ok(alice.post("/v1/conversations", json={"workspace_id": workspace, "title": "t"}))["conversation"]["id"]
    path = f"/v1/conversations/{talk}"
    assert ok(alice.get(f"{path}/checkpoints")) == {"checkpoints": [], "next_cursor": None}
    field_error(alice.post(f"{path}/rewind", json={}), "checkpoint_id")
    error(alice.post(f"{path}/rewind", json={"message_id": "none"}), 404, "NOT_FOUND")
    error(alice.post(f"{path}/rewind/undo", json={"rewind_id": "none"}), 404, "NOT_FOUND")
    error(alice.post(f"{path}/fork", json={"checkpoint_id": "none"}), 404, "NOT_FOUND")
    assert ok(alice.get(f"/v1/workspaces/{workspace}"))["workspace"]["current_snapshot_id"] == head
