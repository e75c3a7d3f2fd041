"""`/v1/workspaces/:id/sync`: prepare, execute, undo."""

import random
import threading
from typing import Any

import httpx
import pytest

from tests.support.server import TestServer
from tests.support.trees import error, field_error, make_project, make_workspace, ok, push, put_tree

PREVIEW = {
    "id", "workspace_id", "drift_report_id", "auto_actions", "decisions_needed", "files_to_update", "files_to_add",
    "files_to_delete", "files_unchanged", "summary", "created_at", "expires_at", "is_empty", "source_workspace_id",
    "source_snapshot_id", "workspace_snapshot_id", "workspace_manifest_hash", "workspace_version", "base_kind",
    "base_snapshot_ids",
}  # fmt: skip
DECISION = {
    "path", "kind", "main_intent", "workspace_intent", "conflict_reason", "options", "allows_custom_content",
    "base_hash", "main_hash", "workspace_hash", "regions",
}  # fmt: skip
EXECUTED = {
    "success", "snapshot_id", "manifest_hash", "files_updated", "files_added", "files_deleted", "errors",
    "snapshot_before_id", "snapshot_after_id", "parent_snapshot_ids", "sync_id", "workspace_version", "source_moved",
}  # fmt: skip
BASE = {"stats.py": b"one\ntwo\nthree\n", "config.ini": b"timeout = 10\n", "old.txt": b"old\n", "logo.png": b"\0logo"}
MAIN = {
    "stats.py": b"one\ntwo\nTHREE\n",
    "config.ini": b"timeout = 30\n",
    "NOTES.md": b"notes\n",
    "logo.png": b"\0logo",
}
OURS = {"stats.py": b"ONE\ntwo\nthree\n", "config.ini": b"timeout = 45\n", "old.txt": b"old\n", "logo.png": b"\0logo"}


@pytest.fixture
def parted(alice: httpx.Client) -> dict[str, str]:
    """Main and a workspace that have parted."""
    project = make_project(alice)
    main, side = make_workspace(alice, project, name="main"), make_workspace(alice, project, name="side")
    base = push(alice, project, main, BASE)["id"]
    theirs = push(alice, project, main, MAIN, parent_snapshot_ids=[base])["id"]
    ours = push(alice, project, side, OURS, parent_snapshot_ids=[base])
    return {
        "project": project, "main": main, "side": side, "base": base, "theirs": theirs, "ours": ours["id"],
        "ours_tree": ours["manifest_hash"],
    }  # fmt: skip


def prepare(client: httpx.Client, workspace: str) -> dict[str, Any]:
    return dict(ok(client.post(f"/v1/workspaces/{workspace}/sync/prepare", json={}))["preview"])


def execute(client: httpx.Client, workspace: str, preview: dict[str, Any], **more: Any) -> httpx.Response:
    return client.post(f"/v1/workspaces/{workspace}/sync/execute", json={"preview_id": preview["id"], **more})


def test_a_preview_holds_the_fields_of_the_contract(alice: httpx.Client, parted: dict[str, str]) -> None:
    preview = prepare(alice, parted["side"])
    assert preview.keys() == PREVIEW
    actions = {one["path"]: one for one in preview["auto_actions"]}
    assert list(actions) == ["NOTES.md", "old.txt", "stats.py"]
    assert [one["action"] for one in actions.values()] == ["copy_from_main", "delete", "ai_combined"]
    assert (actions["NOTES.md"]["size"], "combined_content" in actions["NOTES.md"]) == (6, False)
    assert actions["stats.py"]["merge_method"] == "lines"
    assert actions["stats.py"]["combined_content"] == "ONE\ntwo\nTHREE\n"
    assert actions["old.txt"].keys() == {"path", "action", "description"}
    [decision] = preview["decisions_needed"]
    assert decision.keys() == DECISION
    assert (decision["path"], decision["kind"], decision["allows_custom_content"]) == ("config.ini", "content", True)
    assert {one["id"]: (one["resulting_content"], one["deletes"]) for one in decision["options"]} == {
        "use_main": ("timeout = 30\n", False),
        "use_workspace": ("timeout = 45\n", False),
    }
    assert decision["regions"] == [
        {"base_start": 1, "base_end": 2, "workspace_start": 1, "workspace_end": 2, "main_start": 1, "main_end": 2}
    ]
    assert preview["summary"] == "From main: 1 file added, 1 updated, 1 deleted. 1 decision to take."
    assert (preview["files_to_add"], preview["files_to_update"], preview["files_to_delete"]) == (1, 2, 1)
    assert (preview["files_unchanged"], preview["base_kind"]) == (1, "snapshot")
    assert (preview["base_snapshot_ids"], preview["drift_report_id"]) == ([parted["base"]], "")


@pytest.mark.parametrize(
    ("decisions", "custom", "content"),
    [
        ({"config.ini": "use_main"}, {}, b"timeout = 30\n"),
        ({"config.ini": {"content": "timeout = 37\n"}}, {}, b"timeout = 37\n"),
        ({"config.ini": "custom"}, {"config.ini": "timeout = 38\n"}, b"timeout = 38\n"),
    ],
)
def test_execute_and_undo(
    alice: httpx.Client, parted: dict[str, str], decisions: dict[str, Any], custom: dict[str, str], content: bytes
) -> None:
    side = parted["side"]
    done = ok(execute(alice, side, prepare(alice, side), decisions=decisions, custom_values=custom))
    assert done.keys() == EXECUTED
    assert (done["success"], done["errors"], done["source_moved"]) == (True, [], False)
    assert (done["files_updated"], done["files_added"], done["files_deleted"]) == (2, 1, 1)
    assert done["parent_snapshot_ids"] == [parted["ours"], parted["theirs"]]
    assert (done["snapshot_before_id"], done["snapshot_after_id"]) == (parted["ours"], done["snapshot_id"])
    shown = ok(alice.get(f"/v1/workspaces/{side}"))["workspace"]
    assert (shown["current_snapshot_id"], shown["version"]) == (done["snapshot_id"], done["workspace_version"])
    assert shown["merge_history"].keys() == {parted["main"]}
    assert shown["merge_history"][parted["main"]]["last_merged_snapshot"] == parted["theirs"]
    listed = ok(alice.get(f"/v1/snapshots/{done['snapshot_id']}/files"))["entries"]
    [file] = [one for one in listed if one["path"] == "config.ini"]
    assert alice.get(f"/v1/blobs/download/{file['hash']}").content == content
    undone = ok(alice.post(f"/v1/workspaces/{side}/sync/undo", json={}))
    assert undone == {
        "success": True,
        "reverted_to_snapshot_id": parted["ours"],
        "restored_snapshot_id": parted["ours"],
        "previous_snapshot_id": done["snapshot_id"],
        "manifest_hash": undone["manifest_hash"],
        "workspace_version": done["workspace_version"] + 1,
    }
    assert ok(alice.get(f"/v1/workspaces/{side}"))["workspace"]["merge_history"] is None
    error(alice.post(f"/v1/workspaces/{side}/sync/undo", json={}), 409, "INVALID_OPERATION")


def test_snapshots_are_left_out_where_they_were_not_asked_for(alice: httpx.Client, parted: dict[str, str]) -> None:
    more = {"decisions": {"config.ini": "use_main"}, "create_snapshot_before": False, "create_snapshot_after": False}
    done = ok(execute(alice, parted["side"], prepare(alice, parted["side"]), **more))
    assert EXECUTED - done.keys() == {"snapshot_before_id", "snapshot_after_id"}


def test_every_refusal_has_its_code(alice: httpx.Client, bob: httpx.Client, parted: dict[str, str]) -> None:
    side, main = parted["side"], parted["main"]
    preview = prepare(alice, side)
    error(execute(alice, side, {"id": "nope"}), 404, "PREVIEW_EXPIRED")
    error(execute(alice, main, preview), 409, "WORKSPACE_MISMATCH")
    theirs = make_workspace(bob, make_project(bob), name="theirs")
    error(execute(bob, theirs, preview), 404, "PREVIEW_EXPIRED")
    missing = execute(alice, side, preview)
    assert error(missing, 422, "MISSING_DECISIONS")["details"] == {"missing": ["config.ini"]}
    wrong = execute(alice, side, preview, decisions={"config.ini": "use_both", "x": "use_main"})
    error(wrong, 422, "INVALID_DECISION")
    assert [one["path"] for one in wrong.json()["error"]["details"]["invalid"]] == ["config.ini", "x"]
    unknown = execute(alice, side, preview, decisions={"config.ini": {"blob_hash": "0" * 64}})
    error(unknown, 409, "BLOB_MISSING")
    field_error(execute(alice, side, preview, decisions={"config.ini": {}}), "decisions.config.ini")
    error(alice.post(f"/v1/workspaces/{main}/sync/prepare", json={}), 409, "INVALID_OPERATION")
    empty = make_workspace(alice, parted["project"], name="empty")
    from_empty = alice.post(f"/v1/workspaces/{side}/sync/prepare", json={"source_workspace_id": empty})
    error(from_empty, 409, "NO_SNAPSHOT")
    done = ok(execute(alice, side, preview, decisions={"config.ini": "use_main"}))
    assert ok(execute(alice, side, preview, decisions={"config.ini": "use_main"})) == done
    error(execute(alice, side, preview, decisions={"config.ini": "use_workspace"}), 409, "CONFLICT")


def test_a_workspace_that_moved_names_both_versions(alice: httpx.Client, parted: dict[str, str]) -> None:
    preview = prepare(alice, parted["side"])
    push(alice, parted["project"], parted["side"], OURS | {"x": b"x"}, parent_snapshot_ids=[parted["ours"]])
    answer = execute(alice, parted["side"], preview, decisions={"config.ini": "use_main"})
    error(answer, 409, "CONCURRENT_MODIFICATION")
    details = answer.json()["error"]["details"]
    assert details.keys() == {
        "expected_version",
        "actual_version",
        "expectedVersion",
        "expected_manifest_hash",
        "actual_manifest_hash",
    }
    assert (details["expected_version"], details["actual_version"]) == (
        preview["workspace_version"],
        preview["workspace_version"] + 1,
    )


def test_a_tree_that_is_not_saved_is_shown_and_not_merged(alice: httpx.Client, parted: dict[str, str]) -> None:
    side, head = parted["side"], prepare(alice, parted["side"])
    tree = put_tree(alice, OURS | {"config.ini": b"timeout = 10\n", "new": b"new\n"})
    path = f"/v1/workspaces/{side}/sync/prepare"
    shown = ok(alice.post(path, json={"workspace_manifest_hash": tree}))["preview"]
    assert (head["workspace_manifest_hash"], shown["workspace_manifest_hash"]) == (parted["ours_tree"], tree)
    assert (len(head["decisions_needed"]), shown["decisions_needed"]) == (1, [])
    assert "config.ini" in [one["path"] for one in shown["auto_actions"]]
    error(execute(alice, side, shown), 409, "CONCURRENT_MODIFICATION")
    error(alice.post(path, json={"workspace_manifest_hash": "0" * 64}), 422, "MANIFEST_NOT_FOUND")
    error(alice.post(path, json={"workspace_manifest_hash": "no hash"}), 422, "MANIFEST_NOT_FOUND")
    stored = {"manifest_hash": tree, "previous_manifest_hash": parted["ours_tree"]}
    ok(alice.post(f"/v1/workspaces/{side}/current-manifest", json=stored))
    again = ok(alice.post(path, json={"workspace_manifest_hash": tree}))["preview"]
    assert ok(execute(alice, side, again))["files_updated"] == 2


def test_two_rewrites_of_60_000_lines_are_answered_and_keep_nobody_waiting(
    server: TestServer, alice: httpx.Client
) -> None:
    chance = random.Random(1)
    lines = [b"%d\n" % number for number in range(60_000)]
    base, ours, main = (b"".join(chance.sample(lines, len(lines))) for _ in range(3))
    project = make_project(alice)
    workspaces = [make_workspace(alice, project, name=name) for name in ("main", "side")]
    begun = push(alice, project, workspaces[0], {"a": base})["id"]
    for workspace, text in zip(workspaces, (main, ours), strict=True):
        push(alice, project, workspace, {"a": text}, parent_snapshot_ids=[begun])
    answered: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: answered.append(prepare(alice, workspaces[1])))
    asking.start()
    with httpx.Client(base_url=server.url, timeout=20) as other:
        while asking.is_alive():
            assert other.get("/health").status_code == 200
    asking.join()
    [decision] = answered[0]["decisions_needed"]
    assert (decision["path"], decision["kind"]) == ("a", "content")
