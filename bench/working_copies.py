"""Working copies of turns: checking out, checkpoints and collecting, against git on the same tree."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from asterism.base.clock import SystemClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, storage, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workcopies import WorkingCopies
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import open_database
from asterism.kernel.db.migrate import upgrade
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry, encode
from bench.report import Report, at_most, median
from bench.trees import settle_deleted

TITLE = "working copies of turns, 20,000 files"
FILES = 20_000
CHANGES = 10
ROUNDS = 7


def run() -> Report:
    """Measure and report."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as name:
        top = Path(name)
        desk, git = _Desk(top), _Git(top)
        settle_deleted()
        opened, exported = _rounds(desk.open, git.export)
        checked, written = _rounds(desk.checkpoint, git.write_tree)
        collected, added = _rounds(desk.collect, git.add)
    report.table(
        ["", "ours, ms", "git, ms", "ours / git", "aim"],
        [
            _row("check out / checkout-index -a", opened, exported, "< 1,000 ms"),
            _row(f"checkpoint of {CHANGES} changes / add -A and write-tree", checked, written, "≤ 50 ms"),
            _row("collect, nothing new / add -A", collected, added, ""),
        ],
    )
    for work, mine, theirs, most in (
        ("check out 20,000 files", opened, exported, 1.1),
        ("checkpoint of 10 changes among 20,000 files", checked, written, 1.0),
    ):
        figures = f"{mine * 1000:.0f} ms", f"git, {theirs * 1000:.0f} ms"
        report.against(work, *figures, mine / theirs, at_most(most))
    report.note(
        f"{FILES} files of 2 kB in {FILES // 20} folders; medians of {ROUNDS} rounds taken in turn, contents in the "
        "file cache. Ours reads from packs and checks every hash, and stores a checkpoint's contents and manifest "
        "durably; git's export checks none, and its loose objects are synced."
    )
    return report


def _rounds(ours: Callable[[int], None], theirs: Callable[[int], None]) -> tuple[float, float]:
    samples = [(_timed(ours, number), _timed(theirs, number)) for number in range(ROUNDS)]
    return median([one for one, _ in samples]), median([other for _, other in samples])


def _timed(work: Callable[[int], None], number: int) -> float:
    begun = time.perf_counter()
    work(number)
    return time.perf_counter() - begun


def _row(name: str, ours: float, theirs: float, aim: str) -> list[str]:
    return [name, f"{ours * 1000:.0f}", f"{theirs * 1000:.0f}", f"{ours / theirs:.2f}", aim]


def _tree() -> dict[str, bytes]:
    """Return a tree of small texts: path to content."""
    return {
        f"part{number // 200}/sub{number // 20 % 10}/file{number}.txt": (f"line {number}\n" * 200).encode()[:2000]
        for number in range(FILES)
    }


def _touched() -> list[dict[str, bytes]]:
    """Return for each round some files of the tree, spread over it, with other contents."""
    paths = list(_tree())
    return [
        {path: f"round {number}, {path}\n".encode() for path in paths[number :: FILES // CHANGES][:CHANGES]}
        for number in range(ROUNDS)
    ]


TOUCHED = _touched()  # made beforehand: it takes as long as a checkpoint


class _Desk:
    """A workspace that shows the tree, and its working copies."""

    def __init__(self, top: Path) -> None:
        db = open_database(f"sqlite:///{top / 'asterism.db'}")
        upgrade(db)
        blobs = open_blobs(top / "blobs", spool=top / "incoming")
        with db.write() as tx:
            user = identity.add_user(tx, "bench@example.org")
            self._caller = Caller(user.id, "token", "u", "cli")
            project = projects.create_project(tx, self._caller, name="bench")
            new = workspaces.NewWorkspace(name="main")
            self._workspace = workspaces.create_workspace(tx, self._caller, project.id, new).id
        named = {path: (hash_bytes(data), data) for path, data in _tree().items()}
        storage.store_small(db, blobs, user.id, dict(named.values()), 1 << 40)
        data = encode(
            Entry(type="file", path=path, hash=name, size=len(data), mode=0o644) for path, (name, data) in named.items()
        )
        storage.upload(db, blobs, user.id, hash_bytes(data), data)
        with db.write() as tx:
            snapshot = NewSnapshot(hash_bytes(data))
            workspaces.push_snapshot(tx, self._caller, project.id, snapshot, self._workspace)
        self._copies = WorkingCopies(db, blobs, top / "workcopies", storage.Limits(), SystemClock())

    def open(self, number: int) -> None:
        self._copy = self._copies.open(self._caller, self._workspace, f"turn{number}")

    def checkpoint(self, number: int) -> None:
        for path, data in TOUCHED[number].items():
            (self._copy.folder / path).write_bytes(data)
        self._copies.checkpoint(self._copy)

    def collect(self, _number: int) -> None:
        self._copies.collect(self._copy)


class _Git:
    """The same tree in a repository."""

    def __init__(self, top: Path) -> None:
        self._work, self._out = top / "git", top / "exported"
        for path, data in _tree().items():
            place = self._work / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        self._git("init", "-q")
        self._git("config", "core.fsync", "loose-object")
        self._git("add", "-A")

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self._work, check=True, capture_output=True)

    def export(self, number: int) -> None:
        self._git("checkout-index", "-a", f"--prefix={self._out}{number}/")

    def write_tree(self, number: int) -> None:
        for path, data in TOUCHED[number].items():
            (self._work / path).write_bytes(data)
        self._git("add", "-A")
        self._git("write-tree")

    def add(self, _number: int) -> None:
        self._git("add", "-A")
