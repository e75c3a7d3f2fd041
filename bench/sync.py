"""What merging main into a workspace costs the server over size of tree and number of changes, against `git merge`."""

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.projects import Project
from bench.report import Report, at_most, median, paired
from bench.servers import serving
from bench.trees import PEER_ENVIRONMENT
from bench.versions_scale import timed

TITLE = "prepare and execute of a sync over size, files changed on both sides"
CASES = ((1_000, 10), (10_000, 10), (10_000, 300), (100_000, 10))
RUNS = 5
LINES = 20
SYNCED = ("-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")


@dataclass(frozen=True)
class Case:
    """Three trees by path: the base, and two that changed the same files on different lines."""

    base: dict[str, bytes]
    ours: dict[str, bytes]
    main: dict[str, bytes]


def run() -> Report:
    """Measure and report."""
    report = Report()
    rows = []
    with serving() as server, server.client() as client, tempfile.TemporaryDirectory() as folder:
        for size, changes in CASES:
            made = case(size, changes)
            sync = Sync(client, made, server.processor_seconds)
            server.settle()
            git = Git(Path(folder) / f"{size}-{changes}", made)
            seconds, peer, ratio = paired(sync.once, git.once, runs=RUNS)
            figures = (median(sync.preparing), seconds, peer)
            processor = (median(sync.processing), median(git.processing))
            work = f"sync of {size:,} files, {changes} changed on both sides"
            report.against(work, f"{seconds * 1000:.0f} ms", f"git merge, {peer * 1000:.0f} ms", ratio, at_most(1.5))
            rows.append(
                [
                    f"{size:,}",
                    changes,
                    *(f"{1000 * one:.0f}" for one in figures),
                    f"{ratio:.2f}",
                    *(f"{1000 * one:.0f}" for one in processor),
                ]
            )
    report.table(
        [
            "files",
            "changed on both sides",
            "prepare, ms",
            "prepare and execute, ms",
            "git merge, ms",
            "ratio",
            "processor of the server, ms",
            "processor of git, ms",
        ],
        rows,
    )
    report.note(
        f"Over HTTP, medians of {RUNS} pairs. git merge: `git merge` of the same trees in a working copy, commit "
        "included, with core.fsync=all; it also writes the merged files, which here is the work of `asterism pull`. "
        "Aims: 10,000 with 300 below 500 ms and 1.5 of git, 100,000 with 10 below 150 ms. "
        f"Load of the machine at the end: {os.getloadavg()[0]:.1f}; above its number of cores the times are mostly "
        "waiting, and processor time says more."
    )
    return report


def case(size: int, changes: int) -> Case:
    """Make the trees: every file has a text of its own, `changes` of them two edits that do not touch."""
    base = {path(number): text(number) for number in range(size)}
    ours, main = dict(base), dict(base)
    for change in range(changes):
        number = change * size // changes
        lines = base[path(number)].splitlines(keepends=True)
        ours[path(number)] = b"".join([lines[0], b"ours\n", *lines[2:]])
        main[path(number)] = b"".join([*lines[:-2], b"main\n", lines[-1]])
    return Case(base, ours, main)


def path(number: int) -> str:
    """Name a file: 20 to a folder, 20 folders to a package."""
    return f"p{number // 400}/s{number // 20 % 20}/file_{number}.txt"


def text(number: int) -> bytes:
    """Return the text of a file."""
    return b"".join(b"line %d of file %d\n" % (line, number) for line in range(LINES))


class Sync:
    """A project whose main and side have parted, and whose side can be synced again and again."""

    def __init__(self, client: httpx.Client, made: Case, processor: Callable[[], float]) -> None:
        self.processor = processor
        self.preparing: list[float] = []
        self.processing: list[float] = []
        self.project = Project(client)
        main, self.side = self.project.workspace("main"), self.project.workspace("side")
        base = self.project.push(main, made.base)
        self.project.push(main, made.main, base)
        self.project.push(self.side, made.ours, base)

    def once(self) -> float:
        """Prepare, execute, and go back; return the seconds of the first two."""
        before = self.processor()
        self.preparing.append(timed(self.prepare) / 1000)
        seconds = self.preparing[-1] + timed(self.execute) / 1000
        self.processing.append(self.processor() - before)
        self.project.post(f"/v1/workspaces/{self.side}/sync/undo")
        return seconds

    def prepare(self) -> None:
        """Prepare a sync."""
        self.preview = self.project.post(f"/v1/workspaces/{self.side}/sync/prepare")["preview"]

    def execute(self) -> None:
        """Execute what was prepared."""
        self.project.post(f"/v1/workspaces/{self.side}/sync/execute", preview_id=self.preview["id"])


class Git:
    """A working copy of the same history, on `ours`."""

    def __init__(self, folder: Path, made: Case) -> None:
        self.folder = folder
        self.processing: list[float] = []
        subprocess.run(["git", "init", "-q", folder], check=True)
        base, ours, main = commit(b"base", made.base, 1), commit(b"ours", made.ours, 2), commit(b"main", made.main, 3)
        self.git("fast-import", "--quiet", stdin=base + ours + main)
        self.git("checkout", "-q", "ours")

    def once(self) -> float:
        """Merge and go back; return the seconds of merging."""
        before = children_seconds()
        milliseconds = timed(lambda: self.git(*SYNCED, "merge", "-q", "--no-edit", "main"))
        self.processing.append(children_seconds() - before)
        self.git("reset", "-q", "--hard", "HEAD^1")
        return milliseconds / 1000

    def git(self, *words: str, stdin: bytes = b"") -> None:
        """Run git."""
        environment = {**os.environ, **PEER_ENVIRONMENT}
        subprocess.run(["git", *words], cwd=self.folder, env=environment, input=stdin, check=True, capture_output=True)


def children_seconds() -> float:
    """Return what ended child processes used of processors so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def commit(branch: bytes, tree: dict[str, bytes], number: int) -> bytes:
    """Return a commit of a tree in the language of `git fast-import`, child of the first one."""
    lines = [b"commit refs/heads/" + branch, b"mark :%d" % number, b"committer b <b@localhost> %d +0000" % number]
    lines += [b"data 0", *([b"from :1"] if number > 1 else []), b"deleteall"]
    for name, content in tree.items():
        lines += [b"M 100644 inline " + name.encode(), b"data %d" % len(content), content]
    return b"\n".join([*lines, b""])
