"""Runs over the death and the stop of their server: a real process, really killed (Starbot 5.5)."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, Script
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.server import free_port
from tests.support.sse import complete_frames, parse_frames

pytestmark = [pytest.mark.xdist_group("llm"), pytest.mark.slow]


@contextmanager
def process(data: Path, database_url: str, fake: FakeModelServer) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Run `asterism serve` and yield it with its address."""
    port = free_port()
    environment = {
        **os.environ,
        "ASTERISM_DATABASE_URL": database_url,
        "ASTERISM_LOCAL_BASE_URL": fake.url,
        "ASTERISM_LOCAL_MODEL": "demo",
    }
    command = [sys.executable, "-m", "asterism", "serve", "--port", str(port), "--data-dir", str(data)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 60
        while True:
            assert server.poll() is None
            assert time.monotonic() < end
            try:
                if httpx.get(f"{url}/health", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield server, url
    finally:
        server.kill()
        server.wait(10)


def token(data: Path, database_url: str) -> str:
    environment = {**os.environ, "ASTERISM_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "asterism", "token", "create", "--data-dir", str(data), "--json"]
    made = subprocess.run(command, env=environment, check=True, capture_output=True)
    return str(json.loads(made.stdout)["access_token"])


def read_and_kill(answer: httpx.Response, seen: list[bytes], server: "subprocess.Popen[bytes]") -> None:
    """Kill the server in the middle of an answer, and read on until that shows."""
    for raw in answer.iter_raw():
        seen.append(raw)
        if b"more " in raw:
            server.send_signal(signal.SIGKILL)


def signed_in(url: str, headers: dict[str, str]) -> httpx.Client:
    """Return a client that keeps no connection open."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False, limits=limits)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_killed_and_a_stopped_server_keep_what_was_said(
    engine: str, tmp_path: Path, sqlite_factory: SqliteFactory, fake: FakeModelServer
) -> None:
    database = sqlite_factory.url() if engine == "sqlite" else fresh_postgres_url()
    seen: list[bytes] = []
    with process(tmp_path, database, fake) as (server, url):
        headers = {"Authorization": f"Bearer {token(tmp_path, database)}"}
        client = signed_in(url, headers)
        project = client.post("/v1/projects", json={"name": "P"}).json()["project"]["id"]
        chat = client.post(f"/v1/projects/{project}/chats").json()["chat"]["id"]
        client.post(f"/v1/chats/{chat}/messages", json={"role": "user", "content": "Tell me"})
        fake.play(Script(("one ", "two ", *["more "] * 50), first_delay=0.1, delay=0.2))
        with client.stream("POST", f"/v1/chats/{chat}/run") as answer:
            run_id = answer.headers["x-run-id"]
            with pytest.raises(httpx.TransportError):
                read_and_kill(answer, seen, server)
    with process(tmp_path, database, fake) as (server, url):
        client = signed_in(url, headers)
        run = client.get(f"/v1/runs/{run_id}").json()["run"]
        assert (run["status"], run["error"]["code"]) == ("failed", "SERVER_RESTARTED")
        assert run["content"].startswith("one two ")
        message = client.get(f"/v1/chats/{chat}/messages").json()["messages"][-1]
        assert message["content"] == run["content"]
        known = complete_frames(b"".join(seen))
        last = known[-1].id
        rest = parse_frames(client.get(f"/v1/runs/{run_id}/events", params={"after": last}).content)
        ids = [frame.id or 0 for frame in known + rest]
        assert ids == sorted(set(ids))
        assert rest[-1].event == "run.error"
        assert (rest[-1].id or 0) >= 1_000
        if engine == "sqlite":
            stop_in_the_middle(client, chat, server, fake)


def stop_in_the_middle(
    client: httpx.Client, chat: str, server: "subprocess.Popen[bytes]", fake: FakeModelServer
) -> None:
    """Stop a server as its service manager would: the answer gets ten seconds, then a proper end."""
    fake.play(Script(("slow ", "answer"), delay=60))
    raw = b""
    with client.stream("POST", f"/v1/chats/{chat}/run") as answer:
        for piece in answer.iter_raw():
            raw += piece
            if b"slow " in piece:
                server.send_signal(signal.SIGTERM)
    assert parse_frames(raw)[-1].data["code"] == "SERVER_RESTARTED"
    assert server.wait(20) == 0
