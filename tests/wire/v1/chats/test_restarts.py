"""Runs over the death and the stop of their server: a real process, really killed (Starbot 5.5)."""

import json
import signal
import threading
from pathlib import Path

import httpx
import pytest

from asterism.kernel.db import open_database
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.streams import DatabaseStreams
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.facts import PATIENCE, until
from tests.support.process import ServerProcess, asterism, serving
from tests.support.sse import complete_frames, parse_frames

pytestmark = [pytest.mark.xdist_group("llm"), pytest.mark.slow]


def settings(database_url: str, fake: FakeModelServer) -> dict[str, str]:
    return {"ASTERISM_DATABASE_URL": database_url, "ASTERISM_LOCAL_BASE_URL": fake.url, "ASTERISM_LOCAL_MODEL": "demo"}


def token(data: Path, database_url: str) -> str:
    arguments = ("token", "create", "--data-dir", str(data), "--json")
    made = asterism(*arguments, home=data, extra={"ASTERISM_DATABASE_URL": database_url})
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["access_token"])


def is_durable(database_url: str, run_id: str, text: str) -> bool:
    """Look into the database past the server: whether an event of a run says that text."""
    db = open_database(database_url)
    try:
        with db.read() as tx:
            return any(text.encode() in event.data for event in DatabaseStreams(db).read_after(tx, f"run/{run_id}", 0))
    finally:
        db.close()


def read_and_kill(answer: httpx.Response, seen: list[bytes], server: ServerProcess, database_url: str) -> None:
    """Kill the server in the middle of an answer, and read on until that shows."""
    for raw in answer.iter_raw():
        seen.append(raw)
        if b"more " in raw:
            until(lambda: is_durable(database_url, answer.headers["x-run-id"], "two "))
            server.process.kill()


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
    with serving(tmp_path, home=tmp_path, extra=settings(database, fake)) as server:
        headers = {"Authorization": f"Bearer {token(tmp_path, database)}"}
        client = signed_in(server.url, headers)
        project = client.post("/v1/projects", json={"name": "P"}).json()["project"]["id"]
        chat = client.post(f"/v1/projects/{project}/chats").json()["chat"]["id"]
        client.post(f"/v1/chats/{chat}/messages", json={"role": "user", "content": "Tell me"})
        fake.play(Script(("one ", "two ", *["more "] * 300), delay=0.2))
        with client.stream("POST", f"/v1/chats/{chat}/run") as answer:
            run_id = answer.headers["x-run-id"]
            with pytest.raises(httpx.TransportError):
                read_and_kill(answer, seen, server, database)
    with serving(tmp_path, home=tmp_path, extra=settings(database, fake)) as server:
        client = signed_in(server.url, headers)
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


def stop_in_the_middle(client: httpx.Client, chat: str, server: ServerProcess, fake: FakeModelServer) -> None:
    """Stop a server as its service manager would: the answer gets ten seconds, then a proper end."""
    fake.play(Script(("slow ",), hold=threading.Event()))
    raw = b""
    with client.stream("POST", f"/v1/chats/{chat}/run") as answer:
        for piece in answer.iter_raw():
            raw += piece
            if b"slow " in piece:
                server.process.send_signal(signal.SIGTERM)
    assert parse_frames(raw)[-1].data["code"] == "SERVER_RESTARTED"
    assert server.process.wait(PATIENCE) == 0
