"""Runs know the tree that they were made on, and keep it: garbage collection does not take it."""

from collections.abc import Callable

import httpx
import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, Script
from tests.support.talk import Talk
from tests.support.trees import make_workspace, ok, put_tree

pytestmark = pytest.mark.xdist_group("llm")


def report(client: httpx.Client, workspace: str, manifest_hash: str, previous: str | None = None) -> None:
    """Say that the workspace's folder holds this tree now."""
    body = {"manifest_hash": manifest_hash, "previous_manifest_hash": previous}
    ok(client.post(f"/v1/workspaces/{workspace}/current-manifest", json=body))


def test_a_tree_that_only_a_run_names_survives_a_collection(
    make_talk: Callable[..., Talk], fake: FakeModelServer
) -> None:
    talk = make_talk()
    client = talk.client
    workspace = make_workspace(client, talk.project_id)
    ok(client.patch(f"/v1/chats/{talk.chat_id}", json={"workspace_id": workspace}))
    seen, passed, now = (put_tree(client, {"a": content}) for content in (b"seen", b"passed over", b"now"))
    report(client, workspace, seen)
    talk.say("What is in a?")
    fake.play(Script(("It says seen.",)))
    talk.run()
    report(client, workspace, passed, seen)
    report(client, workspace, now, passed)
    done = ok(client.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 0}))
    assert (done["deletedManifests"], done["deletedBlobs"]) == (1, 1)
    found = {name: client.get(f"/v1/blobs/manifests/{name}").status_code for name in (seen, passed, now)}
    assert found == {seen: 200, passed: 404, now: 200}
    [run] = ok(client.get(f"/v1/chats/{talk.chat_id}/runs"))["runs"]
    assert run["tree"]["manifest_hash"] == seen
