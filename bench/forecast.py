"""What one edit among ten workspaces costs the forecast, against `git merge-tree` of the same pairs."""

import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from asterism.base.clock import SystemClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.versions import forecast, projects, storage, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel.blobs import ObjectStoreBlobs, open_blobs
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import upgrade
from asterism.vcs import manifest
from asterism.vcs.batch import frame_head
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from bench.report import Report, at_most, median
from bench.sync import commit, path, text
from bench.trees import PEER_ENVIRONMENT
from bench.versions_scale import timed

TITLE = "one edit among ten workspaces of 10,000 files with 50 edits each"
FILES, WORKSPACES, EDITS, RUNS = 10_000, 10, 50, 5
Tree = dict[str, bytes]


def run() -> Report:
    """Measure and report."""
    base = {path(number): text(number) for number in range(FILES)}
    chance = random.Random(1)
    trees = [edited(base, EDITS, chance) for _ in range(WORKSPACES)]
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        sky = Sky(Path(folder), base, trees)
        first = sky.refresh()
        again = sky.refresh()
        edits = []
        for _ in range(RUNS):
            trees[-1] = edited(trees[-1], 1, chance)
            sky.push(WORKSPACES - 1, trees[-1])
            edits.append(sky.refresh())
        reading = median([timed(sky.read) for _ in range(RUNS)])
        peer = git_pairs(Path(folder) / "git", base, trees)
    wall, processor = (median([figures[at] for figures in edits]) for at in (0, 1))
    report.table(
        ["", "pairs", "wall, ms", "processor, ms"],
        [
            ["the first forecast", WORKSPACES * (WORKSPACES - 1) // 2, *(f"{ms:.0f}" for ms in first)],
            ["nothing changed", 0, *(f"{ms:.0f}" for ms in again)],
            ["one edit", WORKSPACES - 1, f"{wall:.0f}", f"{processor:.0f}"],
            ["git merge-tree of these", WORKSPACES - 1, f"{peer:.0f}", "-"],
            ["reading all", WORKSPACES * (WORKSPACES - 1) // 2, f"{reading:.0f}", "-"],
        ],
    )
    figures = f"{wall:.0f} ms", f"git merge-tree, {peer:.0f} ms"
    report.against("forecast of one edit among ten workspaces", *figures, wall / peer, at_most(1.5))
    report.alone("the same, processor time", processor, at_most(300, "ms"), digits=0)
    report.note(
        f"The use case in this process, on SQLite and a folder; one edit: medians of {RUNS}. Ratio to git: "
        f"{wall / peer:.2f}. Aim: the pairs of one edit below 300 ms of processor time."
    )
    return report


def edited(tree: Tree, count: int, chance: random.Random) -> Tree:
    """Return a tree in which one line of some files is another."""
    made = dict(tree)
    for name in chance.sample(sorted(tree), count):
        lines = made[name].splitlines(keepends=True)
        lines[chance.randrange(len(lines))] = b"edit %d\n" % chance.randrange(10**9)
        made[name] = b"".join(lines)
    return made


class Sky:
    """A project with ten workspaces."""

    def __init__(self, folder: Path, base: Tree, trees: list[Tree]) -> None:
        self.db: Database = open_database(f"sqlite:///{folder / 'bench.db'}", clock=SystemClock())
        upgrade(self.db)
        self.blobs: ObjectStoreBlobs = open_blobs(folder / "blobs", spool=folder / "incoming")
        with self.db.write() as tx:
            self.user = identity.add_user(tx, "bench@localhost").id
            self.caller = Caller(self.user, "token", "u", "cli")
            self.project = projects.create_project(tx, self.caller, name="bench").id
            self.workspaces = [
                workspaces.create_workspace(tx, self.caller, self.project, NewWorkspace(name=f"w{number}")).id
                for number in range(len(trees))
            ]
        self.base = self.push(0, base)
        for number, tree in enumerate(trees):
            self.push(number, tree, self.base)

    def push(self, number: int, tree: Tree, *parents: str) -> str:
        """Store a tree and make it a workspace's head."""
        receiver = storage.Receiver(self.db, self.blobs, self.user, storage.Limits())
        receiver.take(b"".join(frame_head(hash_bytes(one), len(one)) + one for one in tree.values()))
        receiver.finish(whole=True)
        entries = [Entry("file", name, hash_bytes(one), size=len(one), mode=0o644) for name, one in tree.items()]
        data = manifest.encode(entries)
        storage.upload(self.db, self.blobs, self.user, hash_bytes(data), data)
        new = NewSnapshot(hash_bytes(data), parents=parents or tuple(self._heads(number)))
        with self.db.write() as tx:
            return workspaces.push_snapshot(tx, self.caller, self.project, new, self.workspaces[number]).snapshot.id

    def _heads(self, number: int) -> list[str]:
        with self.db.read() as tx:
            head = workspaces.get_workspace(tx, self.caller, self.workspaces[number]).current_snapshot_id
        return [head] if head else []

    def refresh(self) -> tuple[float, float]:
        """Compute what is not known; return milliseconds by the wall and of the processor."""
        before = time.process_time()
        wall = timed(lambda: forecast.refresh(self.db, self.blobs, self.project))
        return wall, 1000 * (time.process_time() - before)

    def read(self) -> None:
        """Read the forecast of the project."""
        with self.db.read() as tx:
            forecast.forecast_of_project(tx, self.caller, self.project)


def git_pairs(folder: Path, base: Tree, trees: list[Tree]) -> float:
    """Return the milliseconds in which git merges the last tree with each other one, on paper."""
    subprocess.run(["git", "init", "-q", folder], check=True)
    history = [commit(b"base", base, 1)]
    history += [commit(b"w%d" % number, tree, number + 2) for number, tree in enumerate(trees)]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(history), check=True)
    last = f"w{len(trees) - 1}"

    def merge(other: str) -> Callable[[], object]:
        command = ["git", "merge-tree", "--write-tree", "--no-messages", last, other]
        return lambda: subprocess.run(
            command, cwd=folder, env={**os.environ, **PEER_ENVIRONMENT}, stdout=-3, check=False
        )

    return sum(timed(merge(f"w{number}")) for number in range(len(trees) - 1))
