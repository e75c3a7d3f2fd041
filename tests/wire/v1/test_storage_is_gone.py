"""Every `/v1` route when the storage has lost all it had of a user: what is missing is named, nothing breaks."""

import shutil
from typing import Any

import httpx
import pytest

from asterism.asgi.endpoint import Endpoint
from asterism.faces.v1.scopes import request_line
from tests.support.server import TestServer
from tests.support.trees import ok, push
from tests.wire.v1.test_attacks import GUARDED, Estate, call, parameters, url

ONE = {"a.py": b"import os\n", "README.md": b"# One\n", "docs/x.md": b"words\n"}
TWO = {**ONE, "a.py": b"import sys\n", "b.py": b"import a\n"}
THREE = {**ONE, "a.py": b"import re\n", "index.html": b"<p>hello</p>\n"}
OF_FILES = {"project_id", "workspace_id", "snapshot_id", "other_snapshot_id", "hash", "other_hash"}
NEEDING_FILES = {
    "GET /v1/projects/{project_id}/docs/content",
    "GET /v1/snapshots/{snapshot_id}/blame",
    "POST /v1/workspaces/{workspace_id}/sync/prepare",
}
CHOSEN = [one for one in GUARDED if parameters(one) and set(parameters(one)) <= OF_FILES and one.method != "DELETE"]


def later(endpoint: Endpoint) -> tuple[bool, bool]:
    """Put reading first, and last what would leave nothing to merge."""
    return endpoint.path.endswith("/set-as-main"), endpoint.method != "GET"


class Robbed(Estate):
    """An estate with files: main and another workspace have drifted, and of no file is anything left."""

    def make_snapshot_id(self) -> str:
        first = push(self.client, self.of("project_id"), self.of("workspace_id"), ONE)
        body: dict[str, Any] = {"name": "other", "snapshot_id": first["id"]}
        other = self.post(f"/v1/projects/{self.of('project_id')}/workspaces", body, "workspace", "id")
        theirs = push(self.client, self.of("project_id"), other, THREE, parent_snapshot_ids=[first["id"]])
        self.made["other_snapshot_id"], self.made["hash"] = theirs["id"], theirs["manifest_hash"]
        self.made["workspace_id"], main = other, self.of("workspace_id")
        push(self.client, self.of("project_id"), main, TWO, parent_snapshot_ids=[first["id"]])
        self.made["other_hash"] = first["manifest_hash"]
        return str(first["id"])

    def asked(self, endpoint: Endpoint) -> httpx.Response:
        """Ask with everything in the path that this user has, and the query that makes it read files."""
        names = [name for name in parameters(endpoint) if name in self.made or hasattr(self, f"make_{name}")]
        path = url(endpoint, **{name: self.of(name) for name in names})
        if endpoint.path.endswith("/atlas/diff"):
            path = path.partition("?")[0] + f"?from={self.of('hash')}&to={self.of('other_hash')}"
        if endpoint.path.endswith("/docs/content"):
            path = path.replace("workspace=main", f"workspace={self.of('workspace_id')}")
        return call(self.client, endpoint, path)


@pytest.fixture
def robbed(server: TestServer, alice: httpx.Client) -> Robbed:
    estate = Robbed(server, alice)
    estate.of("snapshot_id")
    shutil.rmtree(server.settings.data_dir / "blobs" / estate.me())
    return estate


def test_no_route_breaks_when_the_storage_is_empty(robbed: Robbed) -> None:
    answers = {request_line(one): robbed.asked(one) for one in sorted(CHOSEN, key=later)}
    assert not [line for line, answer in answers.items() if answer.status_code >= 500]
    refused = {
        line: answer.json().get("error", {}).get("code", "")
        for line, answer in answers.items()
        if answer.status_code >= 400
    }
    assert {line for line, code in refused.items() if "MISSING" in code} == NEEDING_FILES
    assert ok(robbed.client.get("/v1/auth/me"))
