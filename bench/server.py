"""Cold start, idle memory, and requests per second of a small authenticated GET."""

import asyncio
import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.load import load
from bench.report import Report, median
from bench.servers import free_port, serving

TITLE = "cold start, idle memory, requests per second"


def run() -> Report:
    """Measure and report."""
    report = Report()
    first, again, memory = starts()
    report.table(
        ["cold start", "median of 3", "aim"],
        [
            ["first start (makes database, keys and owner) to /health", f"{first:.2f} s", "< 1.5 s"],
            ["later start to /health", f"{again:.2f} s", "< 1.5 s"],
            ["resident memory, idle", f"{memory:.0f} MiB", "-"],
        ],
    )
    requests(report)
    return report


def starts() -> tuple[float, float, float]:
    """Return the seconds of a first and of a later start, and the idle memory in MiB."""
    first, again, memory = [], [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            with serving(Path(folder)) as server:
                first.append(server.seconds_to_health)
            with serving(Path(folder)) as server:
                again.append(server.seconds_to_health)
                memory.append(server.resident_mib())
    return median(first), median(again), median(memory)


def requests(report: Report) -> None:
    """Compare GET /v1/projects (20 rows, token looked up) with /health and with a bare handler of the same size."""
    with serving() as server, server.client() as client:
        for number in range(20):
            client.post("/v1/projects", json={"name": f"project {number}"}).raise_for_status()
        answer = client.get("/v1/projects").content
        ours = load(server.url, "/v1/projects", token=server.token)
        health = load(server.url, "/health")
    with bare(answer) as url:
        ceiling = load(url, "/")
    rows = [("GET /v1/projects, 20 rows", ours), ("GET /health of the same server", health)]
    rows.append(("bare ASGI handler on Granian, same bytes", ceiling))
    report.table(
        ["32 connections", "requests/s", "share of the bare handler", "median ms", "p99 ms"],
        [
            [
                name,
                f"{r.per_second:.0f}",
                f"{r.per_second / ceiling.per_second:.2f}",
                f"{r.median_ms:.1f}",
                f"{r.p99_ms:.1f}",
            ]
            for name, r in rows
        ],
    )


class bare:
    """A process that answers every request with the same bytes: what the HTTP server alone can do."""

    def __init__(self, body: bytes) -> None:
        self.port = free_port()
        self.process = multiprocessing.get_context("spawn").Process(target=_bare, args=(self.port, body), daemon=True)

    def __enter__(self) -> str:
        self.process.start()
        time.sleep(1)
        return f"http://127.0.0.1:{self.port}"

    def __exit__(self, *_: Any) -> None:
        self.process.kill()
        self.process.join()


def _bare(port: int, body: bytes) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            length = str(len(body)).encode()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
            await send({"type": "http.response.body", "body": body})

    async def main() -> None:
        await Server(app, port=port, interface=Interfaces.ASGI, log_enabled=False).serve()

    asyncio.run(main())
