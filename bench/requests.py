"""Processor time of one small authenticated GET, of the whole server process, which another load hardly changes.

`BENCH_AGAINST=FOLDER` names the `src` of another checkout: both are measured in turn, so that one run compares them.
"""

import os
from contextlib import ExitStack

from bench.load import load
from bench.report import Report, at_most, median
from bench.servers import Running, serving

TITLE = "processor time of a request"
PATH = "/v1/projects"
ROUNDS = 7
SECONDS = 2.0
CONNECTIONS = (1, 2, 32, 64)


def run() -> Report:
    """Measure and report."""
    report = Report()
    other = os.environ.get("BENCH_AGAINST")
    with ExitStack() as stack:
        servers = {"this": stack.enter_context(serving())}
        if other:
            servers["the other"] = stack.enter_context(serving(settings={"PYTHONPATH": other}))
        for server in servers.values():
            fill(server)
        found = compare(servers, PATH)
        rows = [[name, PATH, *times] for name, times in found.items()]
        rows += [[name, "/health", *times] for name, times in compare(servers, "/health").items()]
    report.table(["source", "GET", *(f"ms, {number} connections" for number in CONNECTIONS)], rows)
    for connections, milliseconds in zip(CONNECTIONS, found["this"], strict=True):
        work = f"processor time of a GET of 20 projects, {connections} connections"
        report.alone(work, float(milliseconds), at_most(0.35, "ms"), digits=2)
    report.note(
        f"20 projects; processor time of the server's process by answers, medians of {ROUNDS} times {SECONDS:.0f} s."
    )
    return report


def fill(server: Running) -> None:
    """Make 20 projects."""
    with server.client() as client:
        for number in range(20):
            client.post(PATH, json={"name": f"project {number}"}).raise_for_status()


def compare(servers: dict[str, Running], path: str) -> dict[str, list[str]]:
    """Return the milliseconds of a request, by server and number of connections, measured in turn."""
    found: dict[str, list[str]] = {name: [] for name in servers}
    for connections in CONNECTIONS:
        times: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(ROUNDS):
            for name, server in servers.items():
                times[name].append(milliseconds(server, path, connections))
        for name, measured in times.items():
            found[name].append(f"{median(measured):.3f}")
    return found


def milliseconds(server: Running, path: str, connections: int) -> float:
    """Ask for a while and return what one answer took of processors."""
    before = server.processor_seconds()
    answered = load(server.url, path, token=server.token, connections=connections, seconds=SECONDS).answered
    return (server.processor_seconds() - before) / answered * 1000
