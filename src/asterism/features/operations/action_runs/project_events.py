"""What the project log is told of runs of action items (Beyond 1)."""

from asterism.features.operations.action_runs.models import ActionRun, Status
from asterism.features.versions import project_log
from asterism.features.versions.project_log import RunEnded, RunStarted, Told
from asterism.kernel.db import Tx

ITEM = "action_item"


def run_started(tx: Tx, run: ActionRun, title: str) -> None:
    """Tell that an agent has begun with an item of this title."""
    _tell(tx, run, RunStarted(ITEM, run.item_id), f"An agent works on “{title}”.")


def run_ended(tx: Tx, run: ActionRun, status: Status) -> None:
    """Tell how a run ended."""
    said = "has a patch to apply" if status is Status.READY else "failed"
    _tell(tx, run, RunEnded(ITEM, run.item_id, status), f"A run of an action item {said}.")


def _tell(tx: Tx, run: ActionRun, told: Told, title: str) -> None:
    project_log.append(
        tx,
        run.project_id,
        told,
        title=title,
        subject=("run", run.id),
        workspace_id=run.workspace_id,
        tree=run.base_manifest_hash,
    )
