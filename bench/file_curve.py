"""Curves over the size of one file: pushing and downloading it, against git and `cat`; the server's memory is flat.

1 MB to 100 MB, with `BENCH_LARGE=1` to 2 GB; each size in a server of its own. The bytes are random, so that nobody
gains by compressing.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.growth import FLAT, LARGE, Curves, Spent, Watch, middle
from bench.report import Report, at_most
from bench.servers import Running, serving
from bench.trees import asterism, measured, settle

TITLE = "curves over the size of one file"
MB = 1_000_000
SIZES = (1, 10, 100, *((1_000, 2_000) if LARGE else ()))
PIECE = 10 * MB
ROUNDS = 5
LIMITS = {"ASTERISM_BLOB_MAX_BYTES": str(SIZES[-1] * MB)}  # a file may have 256 MiB as long as nobody says otherwise


def run() -> Report:
    """Measure and report."""
    report, curves = Report(), Curves("MB", SIZES)
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder, serving(settings=LIMITS) as server:
            Walk(server, size, curves).walk(Path(folder))
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
    report.note(
        f"Megabytes of random bytes; pushes are medians of {ROUNDS} files, each to a project of its own, all else is "
        "measured once. git: add, commit and push to a bare repository, and a clone."
    )
    return report


class Walk:
    """One size: what is done to files of so many megabytes, in turn."""

    def __init__(self, server: Running, size: int, curves: Curves) -> None:
        self.server, self.size, self.curves = server, size, curves
        self.environment = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": server.token}

    def walk(self, folder: Path) -> None:
        """Push some files, then clone and download the last one."""
        settle(self.server.process.pid)
        pushes, git_pushes, place = [], [], folder
        for number in range(ROUNDS if self.size <= 100 else 1):  # each waits for the disk, which may take any time
            place = folder / str(number)
            mine, other = place / "ours", place / "git"
            for one in (mine, other):
                one.mkdir(parents=True)
                fill(one / "file.bin", self.size)
            pushes.append(self.ours(place, *asterism("push", str(mine), "--project", str(number), "--json")))
            git_pushes.append(theirs(other, *git(place)))
        add = self.curves.add
        add("push", middle(pushes))
        add("clone", self.ours(place, *asterism("clone", place.name, "back", "--json")))
        url = f"{self.server.url}/v1/blobs/download/{name_of(place / 'ours/file.bin')}"
        bearer = f"Authorization: Bearer {self.server.token}"
        add("download by curl", self.ours(place, "curl", "-sf", "-H", bearer, "-o", "file", url))
        add("git push", middle(git_pushes))
        add("git clone", theirs(place, ("git", "clone", "-q", "-b", "main", "bare", "git-back")))
        add("cat", theirs(place, ("sh", "-c", "cat ours/file.bin > copy && sync copy")))

    def ours(self, at: Path, *command: str) -> Spent:
        """Return what one of our commands used, and the server for it."""
        settle()
        with Watch(self.server) as watch:
            used = measured(command, at, self.environment)
        return Spent(used.seconds, watch.processor, watch.peak_mib, used.processor, used.peak_mib)


def theirs(at: Path, *commands: Sequence[str]) -> Spent:
    """Return what commands of others used, one after the other."""
    settle()
    each = [measured(command, at, {}) for command in commands]
    seconds, processor = sum(one.seconds for one in each), sum(one.processor for one in each)
    return Spent(seconds, client_mib=max(one.peak_mib for one in each), client=processor)


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
