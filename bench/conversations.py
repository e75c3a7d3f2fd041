"""Conversations with agents: until the first event, a log's cost, a crowd of followers, and many turns at once."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import websockets
from websockets.sync.client import connect

from asterism.kernel.agents.opencode.installation import installed_at
from asterism.kernel.db import open_database
from asterism.kernel.db.migrate import upgrade
from asterism.kernel.streams import DatabaseStreams, Fact
from bench.first_token import provider
from bench.report import Report, median
from bench.servers import Running, serving

TITLE = "conversations with agents"
TURNS = 15
OPENCODE_TURNS = 4
EVENTS = 1_500
SOCKETS, FRAMES, SECONDS = 100, 100, 6
AT_ONCE = 20


class Said(Fact, frozen=True, tag="bench"):
    """A frame such as an agent's, about as long."""

    text: str = "some text that an agent may have told, with a path or two in it " * 6


def run() -> Report:
    """Measure and report."""
    report, rows = Report(), list(logs())
    rows.append(["first agent event after the POST, built-in", *first_events("builtin", TURNS), "< 150 ms"])
    binary = installed_at(Path(sys.prefix) / "agents")
    if binary.exists():
        cold, warm = (first_events("opencode", OPENCODE_TURNS, binary=binary, spares=number) for number in (0, 1))
        rows.append(["first agent event, OpenCode started for the turn", *cold, ""])
        rows.append(["first agent event, OpenCode kept ready", *warm, "< 1,500 ms"])
    rows.append([f"{SOCKETS} sockets, {FRAMES} frames/s to each, from commit to reader", *crowd(), "p95 < 100 ms"])
    rows.append([f"server with {AT_ONCE} turns at once, resident", f"{many():.0f} MiB", "", "< 1,024 MiB"])
    report.table(["", "median", "p95", "aim"], rows)
    report.note(f"Load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    return report


def logs() -> Iterator[list[str]]:
    """Measure appending to a log, and reading it back after a restart."""
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as name:
        db = open_database(f"sqlite:///{Path(name) / 'asterism.db'}")
        upgrade(db)
        with db.write() as tx:
            DatabaseStreams(db).create(tx, "bench")

        async def append() -> tuple[list[float], float]:
            streams, samples = DatabaseStreams(db), []
            await streams.start()
            start = time.perf_counter()
            for _ in range(EVENTS):
                began = time.perf_counter()
                await streams.append("bench", Said())
                samples.append(time.perf_counter() - began)
            await streams.stop()
            return samples, (time.perf_counter() - start) / EVENTS

        appended, durable = asyncio.run(append())
        yield ["appending an event, as followers hear it", *figures(appended, digits=3), "p50 ≤ 0.2 ms"]
        yield ["… and its share of making all durable", f"{durable * 1000:.3f} ms", "", "≤ 0.2 ms"]

        def recover() -> None:
            with db.read() as tx:
                assert len(DatabaseStreams(db).read_after(tx, "bench", 0)) == EVENTS

        yield [f"recovering {EVENTS:,} events", *figures([timed(recover) for _ in range(15)]), "≤ 50 ms"]


def first_events(agent: str, turns: int, *, binary: Path | None = None, spares: int = 0) -> tuple[str, str]:
    """Measure from the request of a turn to the first event of its agent; the first turn is not counted."""
    settings = {"ASTERISM_AGENT": agent, "ASTERISM_AGENT_SPARES": str(spares)}
    if binary is not None:
        settings["ASTERISM_OPENCODE"] = str(binary)
    with talking(settings) as (server, talk), opened(server, talk) as socket, server.client() as client:
        samples = []
        for number in range(turns + 1):
            began = time.perf_counter()
            client.post(f"/v1/conversations/{talk}/messages", json={"prompt": "Hello"}).raise_for_status()
            until(socket, "opencode_event")
            samples.append(time.perf_counter() - began)
            until(socket, "message_complete")
            if spares and number < turns:
                time.sleep(15)  # people read what was answered; it is started meanwhile
        return figures(samples[1:])


def crowd() -> tuple[str, str]:
    """Measure how late followers hear of a conversation that is renamed again and again."""
    with talking({}) as (server, talk):
        samples = asyncio.run(followed(server, talk))
    return figures(samples)


async def followed(server: Running, talk: str) -> list[float]:
    """Return how late each frame reached each of the followers, in seconds."""
    samples: list[float] = []

    async def follow(ready: asyncio.Barrier) -> None:
        async with websockets.connect(address(server, talk), proxy=None, max_size=None) as socket:
            await ready.wait()
            async for raw in socket:
                frame = json.loads(raw)
                if frame["type"] != "conversation_update":
                    continue
                title = frame["conversation"]["title"]
                if title == "end":
                    return
                samples.append(time.monotonic() - float(title))

    async def rename(client: httpx.AsyncClient, title: str) -> None:
        (await client.patch(f"/v1/conversations/{talk}", json={"title": title})).raise_for_status()

    ready = asyncio.Barrier(SOCKETS + 1)
    async with asyncio.TaskGroup() as group:
        for _ in range(SOCKETS):
            group.create_task(follow(ready))
        await ready.wait()
        headers = {"Authorization": f"Bearer {server.token}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
            began = time.monotonic()
            for number in range(FRAMES * SECONDS):
                await asyncio.sleep(max(0.0, began + number / FRAMES - time.monotonic()))
                await rename(client, f"{time.monotonic():.6f}")
            await rename(client, "end")
    return samples


def many() -> float:
    """Return what a server takes while many turns of the built-in agent run, in MiB."""
    settings = {"ASTERISM_AGENT": "builtin", "ASTERISM_AGENT_CONCURRENCY": str(AT_ONCE)}
    with talking(settings, delay=0.5) as (server, talk), server.client() as client:
        workspace = client.get(f"/v1/conversations/{talk}").raise_for_status().json()["conversation"]["workspace_id"]
        for _ in range(AT_ONCE):
            made = client.post("/v1/conversations", json={"workspace_id": workspace}).raise_for_status().json()
            path = f"/v1/conversations/{made['conversation']['id']}/messages"
            client.post(path, json={"prompt": "Hello"}).raise_for_status()
        running = client.get("/v1/conversations?limit=100").raise_for_status().json()["conversations"]
        assert sum(one["state"] == "running" for one in running) == AT_ONCE
        return server.resident_mib()


@contextmanager
def talking(settings: dict[str, str], *, delay: float = 0.0) -> Iterator[tuple[Running, str]]:
    """Run a server whose model is a fake one; yield it with a conversation in a small workspace."""
    with provider(delay) as base:
        model = {"ASTERISM_LOCAL_BASE_URL": base, "ASTERISM_LOCAL_MODEL": "demo"}
        with serving(settings={**model, **settings}) as server, server.client() as client:

            def made(path: str, body: dict[str, Any], name: str) -> str:
                return str(client.post(path, json=body).raise_for_status().json()[name]["id"])

            project = made("/v1/projects", {"name": "bench"}, "project")
            workspace = made(f"/v1/projects/{project}/workspaces", {"name": "main"}, "workspace")
            yield server, made("/v1/conversations", {"workspace_id": workspace, "title": "bench"}, "conversation")


def address(server: Running, talk: str) -> str:
    """Return where a conversation is followed."""
    return f"{server.url.replace('http', 'ws', 1)}/v1/conversations/{talk}/stream?token={server.token}"


@contextmanager
def opened(server: Running, talk: str) -> Iterator[Any]:
    """Follow a conversation."""
    with connect(address(server, talk), proxy=None, max_size=None) as socket:
        yield socket


def until(socket: Any, kind: str) -> None:
    """Read until there is a frame of this kind."""
    while (frame := json.loads(socket.recv(timeout=120)))["type"] != kind:
        if frame["type"] == "error":
            raise RuntimeError(frame["error"])


def timed(work: Callable[[], None]) -> float:
    """Return the seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def figures(samples: list[float], *, digits: int = 0) -> tuple[str, str]:
    """Return median and 95th percentile in milliseconds."""
    high = sorted(samples)[int(len(samples) * 0.95)]
    return f"{median(samples) * 1000:,.{digits}f} ms", f"{high * 1000:,.{digits}f} ms"
