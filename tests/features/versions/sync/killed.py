"""A process that executes a sync and is killed at a step: a statement, a commit, or a write of an object."""

import multiprocessing
import os
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from asterism.base.clock import ManualClock
from asterism.features.accounts.identity import Caller
from asterism.features.versions import sync
from asterism.features.versions.sync import Execution
from asterism.kernel.blobs import Blobs, open_blobs
from asterism.kernel.db import open_database

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])
PATIENCE = 60
WRITES = frozenset({"put", "put_spool", "sync"})


@dataclass(frozen=True)
class Task:
    """An execute, and where everything is."""

    database: str
    objects: Path
    clock: ManualClock
    caller: Caller
    workspace_id: str
    wanted: Execution


def steps_of(task: Task) -> int:
    """Execute to the end in a process of its own and return of how many steps that was."""
    ours, theirs = _processes.Pipe(duplex=False)
    process = _start(task, None, theirs)
    assert ours.poll(PATIENCE), "the process fell silent"
    steps = ours.recv()
    process.join(PATIENCE)
    assert process.exitcode == 0
    return int(steps)


def execute_killed(task: Task, step: int) -> int | None:
    """Execute in a process of its own that is killed at a step; return how the process ended, 0 when it did all."""
    ours, theirs = _processes.Pipe(duplex=False)
    process = _start(task, step, theirs)
    process.join(PATIENCE)
    ours.close()
    return process.exitcode


def _start(task: Task, step: int | None, answer: Connection) -> Any:
    process = _processes.Process(target=_execute, args=(task, step, answer), daemon=True)
    process.start()
    answer.close()
    return process


class _Steps:
    def __init__(self, last: int | None) -> None:
        self.last, self.done = last, 0

    def __call__(self, *_: object) -> None:
        self.done += 1
        if self.done == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


class _Stepping:
    """A store in which every write counts as two steps, before and after."""

    def __init__(self, blobs: Blobs, step: _Steps) -> None:
        self._blobs, self._step = blobs, step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._blobs, name)
        if name not in WRITES:
            return found

        def write(*arguments: Any) -> None:
            self._step()
            found(*arguments)
            self._step()

        return write


def _execute(task: Task, last: int | None, answer: Connection) -> None:
    step = _Steps(last)
    db = open_database(task.database, clock=task.clock)
    for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(db.engine, event, step)
    blobs: Any = _Stepping(open_blobs(task.objects / "blobs", spool=task.objects / "incoming"), step)
    sync.execute(db, blobs, task.caller, task.workspace_id, task.wanted)
    db.close()
    if last is None:
        answer.send(step.done)
