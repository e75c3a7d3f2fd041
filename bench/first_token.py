"""Time to the first piece of an answer: through `POST /v1/chats/:id/run`, and from the provider directly."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from bench.report import Report, at_most, paired
from bench.servers import serving

TITLE = "time to first token over HTTP against calling the provider directly"
RUNS = 40
WARM_UP = 5
PIECES = ["first", *[" more"] * 20]


def run() -> Report:
    """Measure and report."""
    report = Report()
    with (
        provider() as base,
        serving(settings={"ASTERISM_LOCAL_BASE_URL": base, "ASTERISM_LOCAL_MODEL": "demo"}) as server,
    ):
        headers = {"Authorization": f"Bearer {server.token}"}
        with (
            httpx.Client(base_url=server.url, headers=headers, timeout=60) as ours,
            httpx.Client(timeout=60) as direct,
        ):
            small, full = chat(ours), chat(ours, messages=200, memory=True)
            rows = [
                row(report, "empty project", 10, lambda: through(ours, *small), lambda: alone(direct, base)),
                row(report, "memory and 200 messages", 15, lambda: through(ours, *full), lambda: alone(direct, base)),
            ]
    report.table(["chat", "through the server, ms", "directly, ms", "difference, ms", "ratio", "aim"], rows)
    report.note(
        f"Medians of {RUNS} pairs, the connections of both kept open. The server checks the token, assembles the "
        "prompt, commits run and first event to disk, and asks the same loopback provider. "
        f"Load of the machine meanwhile: {os.getloadavg()[0]:.1f}; above its number of cores the figures are mostly "
        "waiting. About 5 ms of processor time are the vendor's library (ADR 0041)."
    )
    return report


def row(report: Report, name: str, most: int, ours: Callable[[], float], peer: Callable[[], float]) -> list[str]:
    """Measure one kind of chat in pairs with the provider alone."""
    for _ in range(WARM_UP):
        ours()
        peer()
    through_server, directly, ratio = paired(ours, peer, runs=RUNS)
    difference = (through_server - directly) * 1000
    report.alone(f"first token above the provider's, {name}", difference, at_most(most, "ms"))
    return [
        name,
        f"{through_server * 1000:.1f}",
        f"{directly * 1000:.1f}",
        f"{difference:.1f}",
        f"{ratio:.1f}",
        f"difference <= {most}",
    ]


def through(client: httpx.Client, chat_id: str, question: str) -> float:
    """Return the seconds from the request of a run to its first delta; reads the rest, so that the next can begin."""
    client.post(f"/v1/chats/{chat_id}/messages", json={"role": "user", "content": question}).raise_for_status()
    started = time.perf_counter()
    first = None
    with client.stream("POST", f"/v1/chats/{chat_id}/run", json={}) as answer:
        for line in answer.iter_lines():
            if first is None and line == "event: token.delta":
                first = time.perf_counter() - started
    if first is None:
        raise RuntimeError("the run gave no text")
    return first


def alone(client: httpx.Client, base: str) -> float:
    """Return the seconds from a request to the provider itself to its first piece."""
    body = {"model": "demo", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    started = time.perf_counter()
    first = None
    with client.stream("POST", f"{base}/chat/completions", json=body) as answer:
        for line in answer.iter_lines():
            if first is None and '"content":"This"' in line:
                first = time.perf_counter() - started
    if first is None:
        raise RuntimeError("the provider gave no text")
    return first


def chat(client: httpx.Client, *, messages: int = 0, memory: bool = False) -> tuple[str, str]:
    """Make a chat in a new project, and say what is asked in it."""
    project = client.post("/v1/projects", json={"name": "bench"}).raise_for_status().json()["project"]["id"]
    made = client.post(f"/v1/projects/{project}/chats", json={}).raise_for_status().json()["chat"]["id"]
    for number in range(messages):
        role = "assistant" if number % 2 else "user"
        text = f"Message {number} about exports, dates and formats. " * 10
        client.post(f"/v1/chats/{made}/messages", json={"role": role, "content": text}).raise_for_status()
    if memory:
        text = "".join(
            f"## Rule {n}\n\nDates of export {n} are ISO 8601 in UTC, whatever else.\n\n" for n in range(300)
        )
        client.put(f"/v1/projects/{project}/memory", json={"content": text}).raise_for_status()
    return made, "Which format do the dates of the export have?"


@contextmanager
def provider(delay: float = 0.0) -> Iterator[str]:
    """Run the fake model server in a process of its own, `delay` seconds before each piece; yield its base URL."""
    command = [sys.executable, "-m", "asterism", "dev", "fake-model", "--port", "0", "--delay", str(delay), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)
