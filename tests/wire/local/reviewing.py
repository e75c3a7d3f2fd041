"""Helpers of the review tests on the wire: a trusted checkout, and reading event streams as existing clients do."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from tests.support.server import TestServer

HEADER = "x-stargazer-project-root"


class Checkout:
    """A real git checkout that can be changed."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root.resolve()
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.email", "dev@example.com")
        self.git("config", "user.name", "Dev")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout

    def write(self, path: str, text: str | bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message: str = "change") -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)


def local(server: TestServer, root: Path | None = None) -> httpx.Client:
    """Return a client of `/api`, about `root` when one is given."""
    headers = {HEADER: quote(str(root))} if root is not None else {}
    return httpx.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False)


def trust(api: httpx.Client, *, read_files: bool = True, run_commands: bool = False) -> str:
    """Trust the client's project for this session; return the project's id."""
    project = api.get("/api/config/init").json()["project"]
    body = {
        "projectId": project["projectId"],
        "repoRoot": project["path"],
        "trustedAt": "2026-02-04T12:00:00.000Z",
        "capabilities": {"readFiles": read_files, "runCommands": run_commands},
        "trustMode": "session",
    }
    answer = api.post("/api/settings/trust", json=body)
    assert answer.status_code == 200, answer.text
    return str(project["projectId"])


def read_stream(api: httpx.Client, path: str, **options: Any) -> tuple[str, list[dict[str, Any]]]:
    """Read an event stream to its end; return the raw text without comments, and the data of its events."""
    with api.stream("GET", path, **options) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8", answer.headers
        text = "".join(answer.iter_text())
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    events = []
    for block in blocks:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        data = json.loads(fields["data"])
        assert fields["event"] == data["type"]
        events.append(data)
    return "\n\n".join(blocks), events
