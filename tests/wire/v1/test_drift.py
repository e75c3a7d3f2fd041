"""`/v1/workspaces/:id/drift`: reports, history, comparison."""

from typing import Any

import httpx
import pytest

from tests.support.trees import error, field_error, make_project, make_workspace, ok, push

REPORT = {
    "id", "workspace_id", "source_workspace_id", "workspace_snapshot_id", "source_snapshot_id", "source_only",
    "workspace_only", "both_same", "both_different", "files_added", "files_modified", "files_deleted", "bytes_changed",
    "summary", "reported_at", "compared_at", "total_drift_files", "has_overlaps", "overlap_ratio", "risk_level",
    "staleness_hours", "top_overlap_files", "counts_by_ext", "large_files_changed", "origin",
}  # fmt: skip
ANALYSIS = {
    "source_changes_summary", "workspace_changes_summary", "risk_level", "risk_explanation", "can_auto_sync",
    "recommendation", "analyzed_at",
}  # fmt: skip
NUMBERS = {"files_added": 1, "files_modified": 3, "files_deleted": 2, "bytes_changed": 40}


def compare(client: httpx.Client, workspace: str, **query: Any) -> dict[str, Any]:
    return dict(ok(client.get(f"/v1/workspaces/{workspace}/drift/compare", params=query)))


def test_a_report_is_answered_enriched_and_listed(alice: httpx.Client) -> None:
    workspace = make_workspace(alice, make_project(alice), name="main")
    made = ok(alice.post(f"/v1/workspaces/{workspace}/drift", json=NUMBERS | {"summary": "much"}), 201)["drift_report"]
    assert made.keys() == REPORT
    assert made | NUMBERS == made
    assert (made["source_workspace_id"], made["summary"], made["origin"]) == ("", "much", "client")
    assert (made["total_drift_files"], made["has_overlaps"], made["overlap_ratio"]) == (4, True, 0.75)
    assert (made["risk_level"], made["large_files_changed"], made["top_overlap_files"]) == ("high", None, [])
    assert made["counts_by_ext"] == {"source_only": {}, "workspace_only": {}, "both_different": {}}
    listed = ok(alice.get(f"/v1/workspaces/{workspace}/drift"))
    assert listed == {"drift_reports": [made], "latest": made, "next_cursor": None}
    assert ok(alice.get(f"/v1/workspaces/{workspace}"))["drift"] == made


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("value", [-1, "1", 1.5, None])
def test_numbers_are_integers_from_zero(alice: httpx.Client, field: str, value: Any) -> None:
    workspace = make_workspace(alice, make_project(alice), name="main")
    answer = alice.post(f"/v1/workspaces/{workspace}/drift", json=NUMBERS | {field: value})
    field_error(answer, field)


def test_a_workspace_is_compared_with_main(alice: httpx.Client) -> None:
    project = make_project(alice)
    main, side = make_workspace(alice, project, name="main"), make_workspace(alice, project, name="side")
    assert compare(alice, side)["drift"] is None
    push(alice, project, main, {"a": b"1", "new.py": b"22"})
    push(alice, project, side, {"a": b"2", "own": b"3"})
    found = compare(alice, side)
    assert (found["is_main_workspace"], found["source_workspace"]) == (False, {"id": main, "name": "main"})
    drift = found["drift"]
    assert drift.keys() == REPORT
    assert (drift["source_only"], drift["workspace_only"]) == (["new.py"], ["own"])
    assert (drift["both_same"], drift["both_different"], drift["top_overlap_files"]) == ([], ["a"], ["a"])
    assert (drift["origin"], drift["large_files_changed"], drift["bytes_changed"]) == ("compare", False, 3)
    again = compare(alice, side)["drift"]
    assert again["id"] == drift["id"]
    listed = ok(alice.get(f"/v1/projects/{project}/workspaces"))["workspaces"]
    assert {one["name"]: (one["drift"] or {}).get("id") for one in listed} == {"main": None, "side": drift["id"]}


def test_main_has_no_drift_from_itself(alice: httpx.Client) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project, name="main")
    found = compare(alice, main)
    assert (found["drift"], found["is_main_workspace"]) == (None, True)
    assert found["message"]


def test_what_is_wrong_with_a_source_is_said(alice: httpx.Client, bob: httpx.Client) -> None:
    side = make_workspace(alice, make_project(alice), name="side")
    other = make_workspace(alice, make_project(alice), name="other")
    theirs = make_workspace(bob, make_project(bob), name="theirs")
    for source, status, code in (
        (other, 409, "INVALID_OPERATION"),
        (theirs, 404, "NOT_FOUND"),
        ("x", 404, "NOT_FOUND"),
    ):
        answer = alice.get(f"/v1/workspaces/{side}/drift/compare", params={"source_workspace_id": source})
        error(answer, status, code)


def test_an_analysis_says_what_a_sync_would_come_to(alice: httpx.Client) -> None:
    project = make_project(alice)
    main, side = make_workspace(alice, project, name="main"), make_workspace(alice, project, name="side")
    base = push(alice, project, main, {"a": b"1\n"})["id"]
    push(alice, project, main, {"a": b"2\n"}, parent_snapshot_ids=[base])
    push(alice, project, side, {"a": b"3\n"}, parent_snapshot_ids=[base])
    found = ok(alice.post(f"/v1/workspaces/{side}/drift/analyze", params={"include_dirty": "true"}))
    assert found.keys() == {"analysis"}
    assert found["analysis"].keys() == ANALYSIS
    assert (found["analysis"]["risk_level"], found["analysis"]["can_auto_sync"]) == ("high", False)
    assert ok(alice.post(f"/v1/workspaces/{main}/drift/analyze", json={})) == {
        "analysis": None,
        "error": "This is the main workspace.",
    }
    error(alice.post("/v1/workspaces/nowhere/drift/analyze"), 404, "NOT_FOUND")
