"""Curves over the size of one file: pushing and downloading it, against git and `cat`; the server's memory is flat.

1 MB to 100 MB, with `BENCH_LARGE=1` to 2 GB; each size in a server of its own. The bytes are random, so that nobody
gains by compressing.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from bench.growth import FLAT, LARGE, Curves, Spent, Watch
from bench.report import Report, at_most
from bench.servers import Running, serving
from bench.trees import asterism, measured, settle

TITLE = "curves over the size of one file"
MB = 1_000_000
SIZES = (1, 10, 100, *((1_000, 2_000) if LARGE else ()))
PIECE = 10 * MB


def run() -> Report:
    """Measure and report."""
    report, curves = Report(), Curves("MB", SIZES)
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder, serving() as server:
            walk(server, Path(folder), size, curves)
    curves.table(report, "seconds", "seconds", digits=2)
    curves.table(report, "processor time of the server, ms", "server", 1000)
    curves.table(report, "processor time of the command, s", "client", digits=2)
    curves.table(report, "peak memory of the server, MiB", "server_mib")
    curves.table(report, "peak memory of the command, MiB", "client_mib")
    for at, size in enumerate(SIZES):
        ours, git = (curves.found[work][at].seconds for work in ("push", "git push"))
        report.against(f"push of one file of {size:,} MB", f"{ours:.2f} s", f"git, {git:.2f} s", ours / git, at_most(1))
    for work in ("push", "clone", "download by curl"):
        curves.headline(report, work, "seconds")
        curves.headline(report, work, "server_mib", FLAT)
    for work in ("push", "clone"):
        curves.headline(report, work, "client_mib", FLAT)
    report.note("Megabytes of random bytes, once each. git: add, commit and push to a bare repository, and a clone.")
    return report


def walk(server: Running, folder: Path, size: int, curves: Curves) -> None:
    """Push, clone and download a file of so many megabytes."""
    environment = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": server.token}

    def ours(work: str, at: Path, *command: str) -> None:
        settle()
        with Watch(server) as watch:
            used = measured(command, at, environment)
        curves.add(work, Spent(used.seconds, watch.processor, watch.peak_mib, used.processor, used.peak_mib))

    def theirs(work: str, at: Path, *commands: tuple[str, ...]) -> None:
        settle()
        each = [measured(command, at, {}) for command in commands]
        peak = max(one.peak_mib for one in each)
        curves.add(
            work, Spent(sum(one.seconds for one in each), client_mib=peak, client=sum(o.processor for o in each))
        )

    mine, other = folder / "ours", folder / "git"
    for place in (mine, other):
        place.mkdir()
        fill(place / "file.bin", size)
    settle(server.process.pid)
    ours("push", folder, *asterism("push", str(mine), "--project", "bench", "--json"))
    ours("clone", folder, *asterism("clone", "bench", str(folder / "back"), "--json"))
    url = f"{server.url}/v1/blobs/download/{name_of(mine / 'file.bin')}"
    ours("download by curl", folder, "curl", "-sf", "-H", f"Authorization: Bearer {server.token}", "-o", "file", url)
    theirs("git push", other, *git(folder))
    theirs("git clone", folder, ("git", "clone", "-q", "-b", "main", "bare", "git-back"))
    theirs("cat", folder, ("sh", "-c", "cat ours/file.bin > copy && sync copy"))


def git(folder: Path) -> list[tuple[str, ...]]:
    """Make a bare repository; return the commands that bring a folder there."""
    measured(("git", "init", "-q", "--bare", "bare"), folder, {})
    measured(("git", "init", "-q", "-b", "main", "git"), folder, {})
    return [("git", *words) for words in (("add", "-A"), ("commit", "-qm", "b"), ("push", "-q", "../bare", "main"))]


def fill(path: Path, size: int) -> None:
    """Make a file of so many megabytes."""
    with path.open("wb") as file:
        for start in range(0, size * MB, PIECE):
            file.write(os.urandom(min(PIECE, size * MB - start)))


def name_of(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
