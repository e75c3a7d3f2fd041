"""What the project log is told of the runs of chats (Beyond 1)."""

from asterism.features.talk.chats import Chat
from asterism.features.talk.runs.models import Run
from asterism.features.versions import project_log
from asterism.features.versions.project_log import RunEnded, RunStarted, Told
from asterism.kernel.db import Tx

ENDED = {"completed": "is complete", "failed": "failed", "cancelled": "was cancelled"}


def run_started(tx: Tx, chat: Chat, run: Run) -> None:
    """Tell that a run has begun, or waits for its turn."""
    _tell(tx, chat, run, RunStarted("chat", chat.id), f"{run.model} answers in “{chat.title}”.")


def run_ended(tx: Tx, chat: Chat, run: Run) -> None:
    """Tell how a run ended."""
    told = RunEnded("chat", chat.id, run.status)
    _tell(tx, chat, run, told, f"An answer in “{chat.title}” {ENDED.get(run.status, run.status)}.")


def _tell(tx: Tx, chat: Chat, run: Run, told: Told, title: str) -> None:
    project_log.append(
        tx,
        run.project_id,
        told,
        title=title,
        subject=("run", run.id),
        workspace_id=chat.workspace_id,
        tree=run.tree.manifest_hash if run.tree else None,
    )
