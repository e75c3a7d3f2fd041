"""Curves over the files of a tree: push, push again, status, comparing and cloning, time and memory on both sides.

1,000 to 100,000 files, with `BENCH_LARGE=1` to 195,000, since a manifest has 200,000 entries at most; each size in a
server of its own.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.growth import FLAT, LARGE, Curves, Spent, Watch, asked, middle
from bench.report import Report
from bench.second_push import change
from bench.servers import Running, serving
from bench.trees import asterism, many_small, measured, settle, settle_deleted

TITLE = "curves over the files of a tree"
SIZES = (1_000, 10_000, 100_000, *((195_000,) if LARGE else ()))
ROUNDS, REQUESTS = 3, 20


def run() -> Report:
    """Measure and report."""
    report, curves = Report(), Curves("files", SIZES)
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder, serving() as server:
            Walk(server, Path(folder), curves).walk(size)
    curves.table(report, "seconds", "seconds", digits=2)
    curves.table(report, "processor time of the server, ms", "server", 1000)
    curves.table(report, "processor time of the command, s", "client", digits=2)
    curves.table(report, "peak memory of the server, MiB", "server_mib")
    curves.table(report, "peak memory of the command, MiB", "client_mib")
    for work in ("push", "status", "clone"):
        curves.headline(report, work, "seconds")
    curves.headline(report, "push again", "server")
    curves.headline(report, "compare", "server", FLAT)
    report.note(
        f"Small files of text, 100 in a folder, 10 of them changed before each second push; medians of {ROUNDS} of "
        "second push and status. The commands start Python each time. Comparing is the request alone, the mean of "
        f"{REQUESTS}."
    )
    return report


class Walk:
    """One size: what is done to a tree of that many files, in turn."""

    def __init__(self, server: Running, folder: Path, curves: Curves) -> None:
        self.server, self.folder, self.curves = server, folder, curves
        self.environment: Mapping[str, str] = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": server.token}

    def walk(self, size: int) -> None:
        """Push, push again, look, compare and clone."""
        settle_deleted()
        tree = self.folder / "tree"
        many_small(tree, size)
        settle(self.server.process.pid)
        self.curves.add("push", self.command(tree, "push", "--project", "bench", "--json"))
        again, looks = [], []
        for number in range(ROUNDS):
            change(tree, number, size)
            settle()
            looks.append(self.command(tree, "status", "--json"))
            again.append(self.command(tree, "push", "--json"))
        self.curves.add("push again", middle(again))
        self.curves.add("status", middle(looks))
        self.curves.add("compare", self.compare())
        settle()
        self.curves.add("clone", self.command(self.folder, "clone", "bench", "copy", "--json"))

    def command(self, folder: Path, *words: str) -> Spent:
        """Run one of our commands."""
        with Watch(self.server) as watch:
            used = measured(asterism(*words), folder, self.environment)
        return Spent(used.seconds, watch.processor, watch.peak_mib, used.processor, used.peak_mib)

    def compare(self) -> Spent:
        """Ask what differs between the first snapshot and the last."""
        with self.server.client() as client:
            project = client.get("/v1/projects").raise_for_status().json()["projects"][0]["id"]
            listed = client.get(f"/v1/projects/{project}/snapshots").raise_for_status().json()["snapshots"]
            path = f"/v1/snapshots/{listed[-1]['id']}/diff/{listed[0]['id']}"
            client.get(path).raise_for_status()
            return asked(self.server, lambda: client.get(path).raise_for_status(), REQUESTS)
