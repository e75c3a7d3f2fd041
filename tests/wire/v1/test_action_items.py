"""`/v1/action-items`: what is listed from the three sources, and dismissing it (Fastest 9, 12.4)."""

from typing import Any

import httpx
import pytest

from asterism.base.ids import ulid, uuid4
from asterism.features.operations.action_items import ANALYZE, SWEEP
from asterism.kernel.jobs import MemoryJobs, Status
from tests.support.server import TestServer
from tests.support.trees import error, field_error, make_project, make_workspace, ok, push

KEY = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
MEMBERS = {
    "id", "type", "severity", "workspace_id", "workspace_name", "project_id", "project_name", "title", "description",
    "icon", "action_label", "action_type", "action_data", "created_at",
}  # fmt: skip
CODE = {f"src/m{number}.py": b"x = 1\n" for number in range(6)}


def items(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    return list(ok(client.get("/v1/action-items", params=query))["items"])


def dismiss(client: httpx.Client, item_id: str) -> None:
    assert ok(client.post(f"/v1/action-items/{item_id}/dismiss")) == {"success": True}


def analyse(server: TestServer, project: str) -> Any:
    """Analyse a project as the job does."""
    jobs = server.rt.jobs
    assert isinstance(jobs, MemoryJobs)
    return server.run(server.rt.actions.analyst.analyze(project))


class Two:
    """A project whose second workspace drifts from main."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.project = make_project(client)
        self.main = make_workspace(client, self.project, name="main")
        self.side = make_workspace(client, self.project, name="side")
        push(client, self.project, self.main, {"a": b"1", "new.py": b"22"})
        self.move(b"2")

    def move(self, content: bytes) -> None:
        push(self.client, self.project, self.side, {"a": content})
        ok(self.client.get(f"/v1/workspaces/{self.side}/drift/compare"))


def test_drift_is_an_item_until_it_is_dismissed_and_again_when_a_side_moves(alice: httpx.Client) -> None:
    two = Two(alice)
    (item,) = items(alice)
    assert item.keys() == MEMBERS
    assert (item["id"], item["type"], item["severity"]) == (f"drift-{two.side}", "drift", "warning")
    assert (item["title"], item["description"]) == ("2 files to take from main", "1 only there, 1 different here")
    assert (item["icon"], item["action_label"], item["action_type"]) == ("sync", "Sync", "sync")
    assert item["action_data"] == {
        "workspace_id": two.side, "drift_count": 2, "main_only": 1, "conflicts": 1, "origin": "compare",
    }  # fmt: skip
    assert (item["workspace_name"], item["project_name"]) == ("side", "demo")
    dismiss(alice, item["id"])
    assert items(alice) == []
    two.move(b"3")
    assert [one["id"] for one in items(alice)] == [item["id"]]


def test_what_a_client_reports_is_an_item_too(alice: httpx.Client) -> None:
    project = make_project(alice)
    make_workspace(alice, project, name="main")
    side = make_workspace(alice, project, name="side")
    numbers = {"files_added": 3, "files_modified": 0, "files_deleted": 1, "bytes_changed": 9}
    ok(alice.post(f"/v1/workspaces/{side}/drift", json=numbers), 201)
    (item,) = items(alice)
    assert (item["title"], item["action_label"], item["action_type"]) == ("3 files changed locally", "Open", "navigate")
    assert item["action_data"]["origin"] == "client"
    dismiss(alice, item["id"])
    ok(alice.post(f"/v1/workspaces/{side}/drift", json=numbers), 201)
    assert items(alice) == []


def test_the_analysis_of_a_tree_finds_secrets_and_missing_tests_and_never_quotes(
    server: TestServer, alice: httpx.Client
) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project, name="main")
    push(alice, project, main, {**CODE, "app.py": f'token = "{KEY}"\n'.encode(), "z.js": b"eval(input)\n"})
    analyse(server, project)
    found = sorted(items(alice), key=lambda one: (one["severity"], one["type"]))
    assert [(one["type"], one["severity"]) for one in found] == [
        ("security", "critical"), ("security", "warning"), ("test_coverage", "warning"),
    ]  # fmt: skip
    secret, rule, tests = found
    assert secret.keys() == MEMBERS
    assert (secret["icon"], secret["action_label"], secret["action_type"]) == ("shield", "Fix", "prompt")
    assert secret["action_data"]["affected_files"] == ["app.py"]
    assert secret["action_data"]["metadata"]["places"] == [{"path": "app.py", "line": 1}]
    assert KEY[:8] not in str(found)
    assert rule["action_data"]["affected_files"] == ["z.js"]
    assert (tests["title"], tests["icon"], tests["action_label"]) == ("No tests found", "check", "Add")

    dismiss(alice, tests["id"])
    push(alice, project, main, {**CODE, "app.py": b"token = None\n", "z.js": b"eval(input)\n"})
    analyse(server, project)
    assert [one["id"] for one in items(alice)] == [rule["id"]]
    told = ok(alice.get(f"/v1/projects/{project}/log", params={"kinds": "action_item.*"}))["entries"]
    assert sorted((one["kind"], one["subject"]["id"]) for one in told) == sorted(
        [*(("action_item.new", one["id"]) for one in found), ("action_item.resolved", secret["id"])]
    )


def test_projects_that_moved_are_analysed_by_the_sweep_and_once(server: TestServer, alice: httpx.Client) -> None:
    jobs = server.rt.jobs
    assert isinstance(jobs, MemoryJobs)
    project = make_project(alice)
    main = make_workspace(alice, project, name="main")
    push(alice, project, main, CODE)
    assert jobs.wait(jobs.fire(SWEEP), 1).status is Status.DONE
    assert project in {job.key for job in jobs.list(name=ANALYZE, limit=10_000)}
    assert analyse(server, project) == 1
    assert analyse(server, project) == 1, "the same tree is not read again, and its items stay"
    assert len(items(alice)) == 1


@pytest.mark.parametrize("item", ["drift-{}", "deploy-{}", "{}"])
def test_what_is_not_ones_own_is_not_found(alice: httpx.Client, bob: httpx.Client, item: str) -> None:
    two = Two(bob)
    theirs = item.format(two.side if item == "drift-{}" else ulid() if item == "deploy-{}" else uuid4())
    error(alice.post(f"/v1/action-items/{theirs}/dismiss"), 404, "NOT_FOUND")
    assert items(alice) == []
    assert len(items(bob)) == 1


def test_an_own_workspace_without_an_item_may_be_dismissed(alice: httpx.Client) -> None:
    dismiss(alice, f"drift-{make_workspace(alice, make_project(alice), name='main')}")


@pytest.mark.parametrize("limit", [0, "x"])
def test_limits_are_numbers_from_one(alice: httpx.Client, limit: Any) -> None:
    field_error(alice.get("/v1/action-items", params={"limit": limit}), "query.limit")
