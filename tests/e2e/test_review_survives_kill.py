"""A review in progress when the server is killed: after the restart it has ended, with an error that is kept."""

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.process import serving
from tests.wire.local.reviewing import HEADER, Checkout


@pytest.fixture
def silent_provider() -> Iterator[str]:
    """Listen, and never answer: the model that keeps a review from ending."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "repo")
    made.write("app.py", "x = 1\n")
    made.commit()
    made.write("app.py", "import os\nx = eval(input())\n")
    return made


@pytest.mark.slow
def test_a_killed_review_ends_with_a_stored_error(tmp_path: Path, checkout: Checkout, silent_provider: str) -> None:
    data, settings = tmp_path / "data", {"ASTERISM_LOCAL_BASE_URL": silent_provider}
    with (
        serving(data, home=tmp_path, extra=settings) as server,
        httpx.Client(base_url=server.url, headers={HEADER: str(checkout.root)}, timeout=60) as api,
    ):
        assert api.post("/api/config", json={"provider": "local", "model": "demo"}).json() == {"saved": True}
        project = api.get("/api/config/init").json()["project"]
        trust = {
            "projectId": project["projectId"],
            "repoRoot": project["path"],
            "trustedAt": "2026-02-04T12:00:00.000Z",
            "capabilities": {"readFiles": True, "runCommands": False},
            "trustMode": "persistent",
        }
        api.post("/api/settings/trust", json=trust).raise_for_status()
        with api.stream("GET", "/api/triage/stream") as stream:
            review_id = begun(stream)
            assert api.get(f"/api/reviews/{review_id}/status").json()["state"] == "running"
            server.end(signal.SIGKILL)
    with (
        serving(data, home=tmp_path, extra=settings) as server,
        httpx.Client(base_url=server.url, timeout=60) as api,
    ):
        status = api.get(f"/api/reviews/{review_id}/status").json()
        assert (status["state"], status["isComplete"], status["reviewSaved"]) == ("failed", True, False)
        events = [
            json.loads(line.removeprefix("data: "))
            for line in api.get(f"/api/reviews/{review_id}/stream").text.splitlines()
            if line.startswith("data: ")
        ]
        assert events[0]["type"] == "review_started"
        assert events[-1]["type"] == "error"
        assert events[-1]["error"]["code"] == "INTERNAL_ERROR"
        assert sum(event["type"] in {"complete", "error"} for event in events) == 1
        assert api.get("/api/triage/reviews").json()["reviews"] == []
    assert subprocess.run(["git", "-C", checkout.root, "status"], capture_output=True).returncode == 0


def begun(stream: httpx.Response) -> str:
    """Read until the lenses run, and return the id of the review."""
    review_id = ""
    for line in stream.iter_lines():
        if line.startswith("data: "):
            event = json.loads(line.removeprefix("data: "))
            review_id = event.get("reviewId", review_id)
            if event["type"] == "agent_start":
                return str(review_id)
    raise AssertionError("the stream ended early")
