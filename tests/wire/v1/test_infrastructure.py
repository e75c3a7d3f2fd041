"""`/v1/infrastructure`: accounts, settings, resources, detection."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from asterism.base.ids import ulid
from asterism.features.operations.infrastructure import store
from asterism.features.operations.infrastructure.resources import place
from asterism.features.versions.projects import tables
from asterism.kernel.clouds import MemoryClouds
from asterism.kernel.provisioning import unique_name
from asterism.server.jobs import expiry_chores
from tests.support.facts import until
from tests.support.server import TestServer
from tests.support.trees import error, field_error, make_project, make_workspace, ok, push, put_tree

CREDENTIALS = "/v1/infrastructure/credentials"


@pytest.fixture
def clouds(server: TestServer) -> Iterator[MemoryClouds]:
    before, fake = server.rt.clouds, MemoryClouds({"good", "better"})
    server.rt.clouds = fake
    yield fake
    server.rt.clouds = before


def save(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post(CREDENTIALS, json={"provider": "cloudflare", "api_token": "good"} | body)


def test_an_account_is_checked_kept_replaced_and_forgotten(alice: httpx.Client, clouds: MemoryClouds) -> None:
    made = ok(save(alice, metadata={"account_id": "a1"}), 201)
    (listed,) = ok(alice.get(CREDENTIALS))["credentials"]
    assert listed.keys() == {"id", "user_id", "provider", "metadata", "created_at", "updated_at"}
    assert (listed["id"], json.loads(listed["metadata"])) == (made["id"], {"account_id": "a1"})
    assert ok(save(alice, api_token=" better "))["id"] == made["id"]
    assert ok(alice.get(CREDENTIALS))["credentials"][0]["metadata"] is None
    for _ in range(2):
        assert ok(alice.delete(f"{CREDENTIALS}/cloudflare")) == {"success": True}
    assert ok(alice.get(CREDENTIALS)) == {"credentials": []}


def test_nothing_is_kept_of_what_was_refused(alice: httpx.Client, clouds: MemoryClouds) -> None:
    error(save(alice, api_token="bad"), 422, "INVALID_CREDENTIALS")
    clouds.down = True
    error(save(alice), 502, "UPSTREAM_ERROR")
    field_error(save(alice, provider="local"), "provider")
    field_error(save(alice, provider="heroku"), "provider")
    field_error(save(alice, api_token=" "), "api_token")
    field_error(save(alice, api_token="x" * 4097), "api_token")
    field_error(save(alice, metadata={str(n): "" for n in range(21)}), "metadata")
    field_error(alice.delete(f"{CREDENTIALS}/local"), "provider")
    assert ok(alice.get(CREDENTIALS)) == {"credentials": []}


def test_accounts_are_each_users_own(alice: httpx.Client, bob: httpx.Client, clouds: MemoryClouds) -> None:
    ok(save(alice), 201)
    assert ok(bob.get(CREDENTIALS)) == {"credentials": []}
    ok(bob.delete(f"{CREDENTIALS}/cloudflare"))
    assert len(ok(alice.get(CREDENTIALS))["credentials"]) == 1


def settings_path(workspace: str) -> str:
    return f"/v1/infrastructure/workspaces/{workspace}/deployment-settings"


def test_settings_are_the_defaults_until_they_are_set(alice: httpx.Client) -> None:
    workspace = make_workspace(alice, make_project(alice))
    path = settings_path(workspace)
    born = ok(alice.get(f"/v1/workspaces/{workspace}"))["workspace"]["created_at"]
    nothing = dict.fromkeys(("runtime_override", "build_command", "start_command", "root"))
    defaults = {"workspace_id": workspace, "auto_deploy": False, "created_at": born, "updated_at": born} | nothing
    assert ok(alice.get(path)) == {"settings": defaults}
    given = {"auto_deploy": True, "runtime_override": "go", "build_command": "make", "start_command": "./x"}
    set_once = ok(alice.put(path, json=given))["settings"]
    assert set_once | given == set_once
    kept = ok(alice.put(path, json={"build_command": None, "start_command": " ", "root": "/apps/web/"}))["settings"]
    assert (kept["build_command"], kept["start_command"], kept["root"]) == (None, None, "apps/web")
    assert (kept["auto_deploy"], kept["runtime_override"]) == (True, "go")
    assert ok(alice.get(path))["settings"] == kept


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"runtime_override": "cobol"}, "runtime_override"),
        ({"auto_deploy": "yes"}, "auto_deploy"),
        ({"build_command": "x" * 2001}, "build_command"),
        ({"root": "../up"}, "root"),
    ],
)
def test_settings_that_make_no_sense_change_nothing(alice: httpx.Client, body: dict[str, Any], field: str) -> None:
    path = settings_path(make_workspace(alice, make_project(alice)))
    field_error(alice.put(path, json={"auto_deploy": True} | body), field)
    assert ok(alice.get(path))["settings"]["auto_deploy"] is False
    ok(alice.put(path, json={"build_command": "x" * 2000}))


def detect(client: httpx.Client, project: str, **query: Any) -> Any:
    return ok(client.get(f"/v1/infrastructure/projects/{project}/detect", params=query))


APP = {
    "package.json": b'{"scripts": {"start": "node a.js"}, "dependencies": {"express": "4", "pg": "8"}}',
    "a.js": b"",
}


def test_an_empty_project_needs_nothing(alice: httpx.Client) -> None:
    found = detect(alice, make_project(alice))
    assert found["requirements"]["runtime"] is None
    assert found["suggested_resources"] == []
    assert found["detection"] == {"confidence": 0.0, "reasons": [], "signals": [], "source": "rules", "roots": []}


def test_what_the_files_say(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    push(alice, project, workspace, APP)
    found = detect(alice, project)
    needs = found["requirements"]
    assert (needs["runtime"], needs["framework"], needs["startCommand"]) == ("node", "express", "node a.js")
    assert (needs["packageManager"], needs["installCommand"], needs["buildCommand"]) == ("npm", "npm install", None)
    assert needs["databases"] == [{"type": "postgres", "envVar": "DATABASE_URL"}]
    compute, database = found["suggested_resources"]
    assert compute == {
        "type": "compute", "provider": "local", "provider_candidates": ["local", "railway"], "name": "app",
    }  # fmt: skip
    assert (database["type"], database["provider"], database["envVar"]) == ("database:postgres", None, "DATABASE_URL")
    ok(alice.put(settings_path(workspace), json={"start_command": "node b.js", "runtime_override": "static"}))
    needs = detect(alice, project)["requirements"]
    assert (needs["runtime"], needs["startCommand"]) == ("static", "node b.js")


def test_any_stored_tree_can_be_asked_about(alice: httpx.Client, bob: httpx.Client) -> None:
    project = make_project(alice)
    tree = put_tree(alice, {"go.mod": b"module x\ngo 1.22\n"})
    assert detect(alice, project, manifest_hash=tree)["requirements"]["runtimeVersion"] == "1.22"
    missing = alice.get(f"/v1/infrastructure/projects/{project}/detect", params={"manifest_hash": "0" * 64})
    error(missing, 422, "MANIFEST_NOT_FOUND")
    error(bob.get(f"/v1/infrastructure/projects/{project}/detect"), 404, "NOT_FOUND")


def test_the_folder_of_a_monorepo_is_chosen_by_the_settings(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    push(alice, project, workspace, {"package.json": b'{"workspaces": ["apps/*"]}', "apps/api/go.mod": b"module x\n"})
    assert detect(alice, project)["detection"]["roots"] == ["apps/api"]
    ok(alice.put(settings_path(workspace), json={"root": "apps/api"}))
    needs = detect(alice, project)["requirements"]
    assert (needs["runtime"], needs["root"]) == ("go", "apps/api")


def make_resource(server: TestServer, project: str, kind: str = "storage:blob") -> str:
    """Provision as a deployment does."""
    made = server.run(server.rt.provisioners.local.make(kind, unique_name("shop")))
    resource_id = ulid()
    with server.rt.db.write() as tx:
        store.insert_resource(
            tx,
            {
                "id": resource_id, "project_id": project, "type": kind, "provider": "local",
                "provider_resource_id": made.id, "name": "storage", "env_var": "STORAGE_DIR", "status": "ready",
                "connection_info": server.rt.secrets.seal(place(resource_id), made.connection),
                "created_at": tx.now(), "updated_at": tx.now(),
            },
        )  # fmt: skip
    return resource_id


def test_a_resource_is_shown_masked_and_destroyed_at_its_provider(server: TestServer, alice: httpx.Client) -> None:
    project = make_project(alice)
    resource, path = make_resource(server, project), f"/v1/infrastructure/projects/{project}/resources"
    (listed,) = ok(alice.get(path))["resources"]
    assert ok(alice.get(f"{path}/{resource}")) == {"resource": listed}
    assert (listed["connection_info"], listed["status"], listed["error"]) == ("\u2022" * 8, "ready", None)
    folder = server.settings.data_dir / "storage" / listed["provider_resource_id"]
    ok(alice.post(f"/v1/projects/{project}/env-vars", json={"key": "STORAGE_DIR", "value": str(folder)}))
    assert folder.is_dir()
    for _ in range(2):
        assert ok(alice.delete(f"{path}/{resource}")) == {"success": True}
    assert not folder.exists()
    assert ok(alice.get(f"/v1/projects/{project}/env-vars")) == {"variables": []}
    assert ok(alice.get(path)) == {"resources": []}
    (gone,) = ok(alice.get(path, params={"include_deleted": "true"}))["resources"]
    assert (gone["status"], gone["connection_info"]) == ("deleted", None)


def test_a_variable_that_was_changed_stays(server: TestServer, alice: httpx.Client) -> None:
    project = make_project(alice)
    resource = make_resource(server, project)
    ok(alice.post(f"/v1/projects/{project}/env-vars", json={"key": "STORAGE_DIR", "value": "/mine"}))
    ok(alice.delete(f"/v1/infrastructure/projects/{project}/resources/{resource}"))
    assert ok(alice.get(f"/v1/projects/{project}/env-vars"))["variables"][0]["value"] == "/mine"


def test_what_cannot_be_destroyed_says_so(server: TestServer, alice: httpx.Client, bob: httpx.Client) -> None:
    project = make_project(alice)
    resource = make_resource(server, project)
    with server.rt.db.write() as tx:
        store.update_resource(tx, resource, {"provider": "railway"})
    path = f"/v1/infrastructure/projects/{project}/resources"
    error(alice.delete(f"{path}/{resource}"), 502, "UPSTREAM_ERROR")
    found = ok(alice.get(f"{path}/{resource}"))["resource"]
    assert found["status"] == "error"
    assert found["error"]
    error(alice.get(f"{path}/{ulid()}"), 404, "NOT_FOUND")
    error(bob.get(f"{path}/{resource}"), 404, "NOT_FOUND")
    error(bob.delete(f"{path}/{resource}"), 404, "NOT_FOUND")


def test_storage_is_destroyed_when_its_project_is_purged(server: TestServer, alice: httpx.Client) -> None:
    project = make_project(alice)
    make_resource(server, project)
    (row,) = ok(alice.get(f"/v1/infrastructure/projects/{project}/resources"))["resources"]
    folder = server.settings.data_dir / "storage" / row["provider_resource_id"]
    assert folder.is_dir()
    ok(alice.delete(f"/v1/projects/{project}"))
    with server.rt.db.write() as tx:
        tx.execute(sa.update(tables.projects).where(tables.projects.c.id == project).values(deleted_at="2020-01-01"))
    with server.rt.db.write() as tx:
        expiry_chores()["deleted projects"](tx)
    until(lambda: not folder.exists())
