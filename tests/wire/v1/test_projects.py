"""`/v1/projects`: the resource, its lists, its lifecycle."""

import httpx
import pytest

from tests.support.trees import error, field_error, make_project, make_workspace, ok, push

PROJECT = {
    "id", "owner_user_id", "name", "intent", "brief", "created_at", "updated_at", "last_snapshot_id",
    "main_workspace_id", "archived_at",
}  # fmt: skip


def test_a_project_is_made_read_and_listed(alice: httpx.Client) -> None:
    made = ok(alice.post("/v1/projects", json={"name": "  my project  ", "extra": 1}), 201)["project"]
    assert made.keys() == PROJECT
    assert (made["name"], made["intent"], made["main_workspace_id"]) == ("my project", None, None)
    whole = ok(alice.get(f"/v1/projects/{made['id']}"))
    assert whole["project"] == made
    assert (whole["workspaces"], whole["snapshots"]) == ([], [])
    assert [event["type"] for event in whole["events"]] == ["project.created"]
    assert whole["snapshot_insights"] == {
        "last_merge_at": None,
        "last_deploy_at": None,
        "snapshots_since_last_merge": None,
        "snapshots_since_last_deploy": None,
    }
    assert ok(alice.get("/v1/projects")) == {"projects": [made], "next_cursor": None}


@pytest.mark.parametrize("name", ["", "   ", "x" * 256, "a\nb", "a\x00b"])
def test_a_name_has_1_to_255_characters_and_no_control_character(alice: httpx.Client, name: str) -> None:
    field_error(alice.post("/v1/projects", json={"name": name}), "name")


@pytest.mark.parametrize("body", [{}, {"name": None}, {"name": 3}, [], "x"])
def test_a_body_of_another_shape_is_refused(alice: httpx.Client, body: object) -> None:
    error(alice.post("/v1/projects", json=body), 422, "VALIDATION_ERROR")


def test_names_may_repeat(alice: httpx.Client) -> None:
    assert make_project(alice, "same") != make_project(alice, "same")


def test_the_list_is_by_last_update_and_pages_with_a_cursor(alice: httpx.Client, bob: httpx.Client) -> None:
    made = [make_project(alice, f"p{n}") for n in range(5)]
    make_workspace(alice, made[1])
    expected = [made[1], made[4], made[3], made[2], made[0]]
    found, cursor = [], None
    while True:
        page = ok(alice.get("/v1/projects", params={"limit": 2, **({"cursor": cursor} if cursor else {})}))
        found += [project["id"] for project in page["projects"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == expected
    assert ok(bob.get("/v1/projects"))["projects"] == []


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5"])
def test_a_bad_limit_is_refused_a_large_one_taken_as_the_maximum(alice: httpx.Client, limit: str) -> None:
    project = make_project(alice)
    for path in ("/v1/projects", f"/v1/projects/{project}/events", f"/v1/projects/{project}/snapshots"):
        field_error(alice.get(path, params={"limit": limit}), "query.limit")
        assert alice.get(path, params={"limit": "100000"}).status_code == 200


def test_a_cursor_of_another_list_is_refused(alice: httpx.Client) -> None:
    one, other = make_project(alice), make_project(alice)
    for project in (one, other):
        for name in ("a", "b", "c"):
            make_workspace(alice, project, name=name)
    cursor = ok(alice.get(f"/v1/projects/{one}/events", params={"limit": 1}))["next_cursor"]
    assert cursor
    ok(alice.get(f"/v1/projects/{one}/events", params={"cursor": cursor}))
    for path in (f"/v1/projects/{other}/events", f"/v1/projects/{one}/snapshots", "/v1/projects"):
        field_error(alice.get(path, params={"cursor": cursor}), "query.cursor")
    field_error(alice.get("/v1/projects", params={"cursor": "nonsense"}), "query.cursor")


def test_foreign_and_unknown_projects_answer_alike_on_every_route(alice: httpx.Client, bob: httpx.Client) -> None:
    theirs = make_project(bob)
    for path, method, body in (
        ("", "GET", None),
        ("/status", "GET", None),
        ("/events", "GET", None),
        ("/workspaces", "GET", None),
        ("/snapshots", "GET", None),
        ("/current-manifest", "GET", None),
        ("/tags", "GET", None),
        ("/env-vars", "GET", None),
        ("/env-vars/values", "GET", None),
        ("/brief", "GET", None),
        ("/docs", "GET", None),
        ("/docs/content?workspace=x&path=y", "GET", None),
        ("", "PATCH", {"name": "x"}),
        ("", "DELETE", None),
        ("/restore", "POST", None),
        ("/workspaces", "POST", {"name": "x"}),
        ("/snapshots", "POST", {"manifest_hash": "0" * 64}),
        ("/tags", "POST", {"name": "x", "snapshot_id": "y"}),
        ("/tags/x", "DELETE", None),
        ("/env-vars", "POST", {"key": "K", "value": "v"}),
        ("/env-vars", "PUT", {"variables": []}),
        ("/env-vars/K", "DELETE", None),
        ("/brief", "PATCH", {"intent": "fun"}),
    ):
        answers = [alice.request(method, f"/v1/projects/{p}{path}", json=body) for p in (theirs, "unknown", "%C3%A9")]
        assert [answer.status_code for answer in answers] == [404] * 3, path
        assert len({answer.text for answer in answers}) == 1, path
        assert answers[0].json()["error"]["code"] == "NOT_FOUND"


def test_status_and_events_tell_what_happened(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    snapshot = push(alice, project, workspace, {"a": b"1"}, summary="first")
    status = ok(alice.get(f"/v1/projects/{project}/status"))
    assert status["last_snapshot_id"] == snapshot["id"]
    assert status["last_activity"]["type"] == "snapshot.pushed"
    events = ok(alice.get(f"/v1/projects/{project}/events"))["events"]
    assert [event["type"] for event in events] == [
        "snapshot.pushed", "workspace.main_changed", "workspace.created", "project.created"
    ]  # fmt: skip
    pushed = events[0]
    assert (pushed["workspace_id"], pushed["snapshot_id"], pushed["actor"]) == (workspace, snapshot["id"], "cli")
    assert pushed.keys() == {
        "id", "project_id", "workspace_id", "actor", "type", "snapshot_id", "message", "created_at"
    }  # fmt: skip


def test_a_project_is_renamed_and_archived(alice: httpx.Client) -> None:
    project = make_project(alice)
    assert ok(alice.patch(f"/v1/projects/{project}", json={"name": " new "}))["project"]["name"] == "new"
    archived = ok(alice.patch(f"/v1/projects/{project}", json={"archived": True}))["project"]
    assert archived["archived_at"] is not None
    assert ok(alice.patch(f"/v1/projects/{project}", json={"archived": False}))["project"]["archived_at"] is None
    field_error(alice.patch(f"/v1/projects/{project}", json={"name": "\t"}), "name")
    field_error(alice.patch(f"/v1/projects/{project}", json={}), "name")


def test_a_deleted_project_is_hidden_with_all_it_has_until_it_is_restored(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    snapshot = push(alice, project, workspace, {"a": b"1"})
    error(alice.post(f"/v1/projects/{project}/restore"), 409, "INVALID_STATE")
    assert ok(alice.delete(f"/v1/projects/{project}")) == {"success": True}
    paths = [f"/v1/projects/{project}", f"/v1/workspaces/{workspace}", f"/v1/snapshots/{snapshot['id']}"]
    for path in paths:
        error(alice.get(path), 404, "NOT_FOUND")
    assert ok(alice.get("/v1/projects"))["projects"] == []
    error(alice.delete(f"/v1/projects/{project}"), 404, "NOT_FOUND")
    assert ok(alice.post(f"/v1/projects/{project}/restore"))["project"]["id"] == project
    for path in paths:
        ok(alice.get(path))


def test_the_current_manifest_is_that_of_the_named_workspace_else_of_main_else_the_last(alice: httpx.Client) -> None:
    project = make_project(alice)
    path = f"/v1/projects/{project}/current-manifest"
    error(alice.get(path), 409, "NO_SNAPSHOT")
    loose = push(alice, project, None, {"a": b"0"})
    assert ok(alice.get(path)) == {
        "manifestHash": loose["manifest_hash"],
        "manifest_hash": loose["manifest_hash"],
        "workspace_id": None,
        "snapshot_id": loose["id"],
    }
    main, other = make_workspace(alice, project), make_workspace(alice, project, name="other")
    error(alice.get(path, params={"workspace_id": other}), 409, "NO_SNAPSHOT")
    first, second = push(alice, project, main, {"a": b"1"}), push(alice, project, other, {"a": b"2"})
    assert ok(alice.get(path))["manifest_hash"] == first["manifest_hash"]
    assert ok(alice.get(path, params={"workspace_id": other}))["manifest_hash"] == second["manifest_hash"]
    error(alice.get(path, params={"workspace_id": "unknown"}), 404, "NOT_FOUND")
