"""`POST /v1/projects/:id/git-exports`: the activity event of an export."""

import hashlib

import httpx
import pytest

MANIFEST = b'{\n  "version": "1",\n  "files": []\n}'


@pytest.fixture
def head(alice: httpx.Client) -> dict[str, str]:
    """A project of alice with one snapshot in a workspace."""
    project = alice.post("/v1/projects", json={"name": "p"}).json()["project"]["id"]
    workspace = alice.post(f"/v1/projects/{project}/workspaces", json={"name": "main"}).json()["workspace"]["id"]
    name = hashlib.sha256(MANIFEST).hexdigest()
    alice.put(f"/v1/blobs/manifests/{name}", content=MANIFEST)
    body = {"manifest_hash": name, "workspace_id": workspace}
    snapshot = alice.post(f"/v1/projects/{project}/snapshots", json=body).json()["snapshot"]["id"]
    return {"project": project, "workspace_id": workspace, "snapshot_id": snapshot}


def export(client: httpx.Client, project: str, **body: str) -> httpx.Response:
    return client.post(f"/v1/projects/{project}/git-exports", json=body)


def test_an_export_is_an_event(alice, head):
    answer = export(alice, head["project"], workspace_id=head["workspace_id"], snapshot_id=head["snapshot_id"])
    assert answer.status_code == 200
    event = answer.json()["event"]
    assert (event["type"], event["actor"], event["snapshot_id"]) == ("git.exported", "cli", head["snapshot_id"])
    assert alice.get(f"/v1/projects/{head['project']}/events").json()["events"][0] == event


def test_it_names_what_the_project_has(alice, bob, head):
    good = {"workspace_id": head["workspace_id"], "snapshot_id": head["snapshot_id"]}
    assert export(alice, head["project"], **good | {"snapshot_id": "nope"}).status_code == 422
    assert export(alice, head["project"], **good | {"workspace_id": "nope"}).status_code == 422
    assert export(alice, head["project"], workspace_id="x").status_code == 422
    assert export(alice, "nope", **good).status_code == 404
    assert export(bob, head["project"], **good).status_code == 404
