"""Runs of action items: an agent works on one in a private copy, checks judge its work, a person applies it.

run = await runs.ask(caller, item_id, force=False)      # queued; a process takes it up (Fastest 9.3, 9.4)
...                                                     # up to three attempts; then `ready` or `failed`
applied, deployment = await runs.apply(caller, run.id, redeploy=False)
"""

from asterism.features.operations.action_runs.errors import (
    ItemClosed,
    KeepsMoving,
    NothingToRun,
    NotReady,
    NoTreeYet,
    PatchConflict,
    UnknownRun,
)
from asterism.features.operations.action_runs.manager import STREAM, ActionRuns
from asterism.features.operations.action_runs.models import MAX_ATTEMPTS, ActionRun, Applied, Check, Status
from asterism.features.operations.action_runs.service import ROOTS, get_run, list_runs
from asterism.features.operations.action_runs.work import Bench

__all__ = [
    "MAX_ATTEMPTS",
    "ROOTS",
    "STREAM",
    "ActionRun",
    "ActionRuns",
    "Applied",
    "Bench",
    "Check",
    "ItemClosed",
    "KeepsMoving",
    "NoTreeYet",
    "NotReady",
    "NothingToRun",
    "PatchConflict",
    "Status",
    "UnknownRun",
    "get_run",
    "list_runs",
]
