"""What authentication costs: a small GET against its twin that asks for no token, same handler, same server."""

import multiprocessing
import tempfile
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.load import load
from bench.report import Report, at_most, median
from bench.servers import free_port, processor_seconds

TITLE = "the share of authentication in a small GET"
PATH, OPEN = "/v1/projects", "/v1/projects/bench-open"
ROUNDS = 7
SECONDS = 1.5


def run() -> Report:
    """Measure and report."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
        url, token, process = start(Path(folder))
        try:
            rows = [compare(report, url, token, process.pid, connections) for connections in (1, 32)]
        finally:
            process.kill()
            process.join()
    report.table(
        ["connections", "with token, µs of processor time", "without, µs", "share of authentication", "aim"], rows
    )
    report.note(
        f"GET of 20 projects; medians of {ROUNDS} pairs of {SECONDS} s. Authentication is the checksum, one indexed "
        "look-up inside the request's own transaction (none while nobody writes), "
        "scope, rate and last use."
    )
    return report


def compare(report: Report, url: str, token: str, pid: int, connections: int) -> list[str]:
    """Measure both in turn and return one row of the table."""
    pairs = [
        (spent(url, PATH, token, pid, connections), spent(url, OPEN, None, pid, connections)) for _ in range(ROUNDS)
    ]
    share = median([1 - opened / closed for closed, opened in pairs])
    times = [f"{median([pair[i] for pair in pairs]):.0f}" for i in (0, 1)]
    report.alone(f"authentication's share, {connections} connections", share * 100, at_most(10, "%"))
    return [str(connections), *times, f"{share:.1%}", "< 10 %"]


def spent(url: str, path: str, token: str | None, pid: int, connections: int) -> float:
    """Return the microseconds of processor time that one answer takes the server."""
    before = processor_seconds(pid)
    answered = load(url, path, token=token, connections=connections, seconds=SECONDS).answered
    return (processor_seconds(pid) - before) / answered * 1e6


def start(folder: Path) -> tuple[str, str, Any]:
    """Run the server with the twin route in a process of its own; return its address, a token, and the process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve_with_twin, args=(folder, free_port(), theirs), daemon=True)
    process.start()
    if not ours.poll(60):
        raise RuntimeError("the server did not start")
    url, token = ours.recv()
    return url, token, process


def serve_with_twin(folder: Path, port: int, parent: Connection) -> None:
    """Serve the application with one more route: the same handler, its caller known beforehand."""
    import asyncio

    import uvloop

    from asterism.faces.v1 import endpoints as v1
    from asterism.faces.v1.call import Rules
    from asterism.faces.v1.scopes import request_line
    from asterism.features.accounts import identity
    from asterism.features.versions import projects
    from asterism.server.boot import prepare, running
    from asterism.server.container import build_runtime
    from asterism.server.logs import configure_logs
    from asterism.server.settings import Settings

    configure_logs()
    settings = Settings(data_dir=folder, port=port, key_store="file", rate_limits="off")
    rt = build_runtime(settings)
    prepare(rt, settings)
    with rt.db.write() as tx:
        owner = identity.find_user(tx, None)
        token = identity.create_token(tx, owner, kind="u", name="bench", client="cli", seconds=3600).text
        caller = identity.authenticate(tx, token)
        for number in range(20):
            projects.create_project(tx, caller, name=f"project {number}")
    [closed] = [endpoint for endpoint in v1.ENDPOINTS if request_line(endpoint) == f"GET {PATH}"]

    def known(call: Any, query: Any) -> Any:
        """GET /v1/projects/bench-open: the same list, of a caller known beforehand."""
        call._caller = caller
        return closed.func(call, query)

    known.__annotations__ = closed.func.__annotations__  # the same query
    v1.ENDPOINTS.append(replace(closed, path=OPEN, func=known, rules=Rules(auth=False)))

    async def main() -> None:
        async with running(rt, settings) as url:
            parent.send((url, token))
            await asyncio.Event().wait()

    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    uvloop.run(main())
