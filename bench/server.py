"""Cold start, idle memory, and requests per second of a small authenticated GET."""

import tempfile
from pathlib import Path

from bench.bare import bare
from bench.load import Load, load
from bench.report import Report, at_least, at_most, median
from bench.servers import serving

TITLE = "cold start, idle memory, requests per second"
ROUNDS = 3
SECONDS = 3.0


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
    report.alone("first start to /health", first, at_most(1.5, "s"), digits=2)
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
    """Compare GET /v1/projects (20 rows, token looked up) with bare handlers of the same bytes and with /health."""
    with serving() as server, server.client() as client:
        for number in range(20):
            client.post("/v1/projects", json={"name": f"project {number}"}).raise_for_status()
        answer = client.get("/v1/projects").content
        with bare(answer) as bytes_url, bare(answer, rows=20) as rows_url:
            asked = {
                "GET /v1/projects, 20 rows": (server.url, "/v1/projects", server.token),
                "GET /health of the same server": (server.url, "/health", ""),
                "bare sqlite3 on Granian, token and 20 rows": (rows_url, "/", server.token),
                "bare handler on Granian, same bytes": (bytes_url, "/", ""),
            }
            rounds = [
                {name: load(url, path, token=token, seconds=SECONDS) for name, (url, path, token) in asked.items()}
                for _ in range(ROUNDS)
            ]
        few, many = (
            load(server.url, "/v1/projects", token=server.token, connections=number, seconds=SECONDS).per_second
            for number in (2, 64)
        )
    report.table(
        ["32 connections", "requests/s", "share of the bare handler", "median ms", "p99 ms"],
        [_row(name, [one[name] for one in rounds], [list(one.values())[-1] for one in rounds]) for name in asked],
    )
    ours, _, peer, _ = ([one[name].per_second for one in rounds] for name in asked)
    ratio = median([mine / theirs for mine, theirs in zip(ours, peer, strict=True)])
    figures = f"{median(ours):,.0f}/s", f"bare sqlite3 on Granian, {median(peer):,.0f}/s"
    report.against("GET of 20 projects, 32 connections", *figures, ratio, at_least(0.4))
    report.alone("the same, requests a second", median(ours), at_least(2_500, "/s"), digits=0)
    report.against(
        "the same, 64 connections", f"{many:,.0f}/s", f"2 connections, {few:,.0f}/s", many / few, at_least(1)
    )


def _row(name: str, found: list[Load], ceiling: list[Load]) -> list[str]:
    share = median([mine.per_second / best.per_second for mine, best in zip(found, ceiling, strict=True)])
    figures = median([one.per_second for one in found]), share
    late = median([one.median_ms for one in found]), median([one.p99_ms for one in found])
    return [name, f"{figures[0]:.0f}", f"{figures[1]:.2f}", *(f"{milliseconds:.1f}" for milliseconds in late)]
