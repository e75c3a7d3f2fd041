"""What the project log is told of action items (Beyond 1). A failed deployment is told as `deployment.ended`."""

from asterism.features.operations.action_items.models import StoredItem
from asterism.features.versions import project_log
from asterism.features.versions.project_log import ActionItemNew, ActionItemResolved, Told
from asterism.kernel.db import Tx


def item_new(tx: Tx, item: StoredItem) -> None:
    """Tell that there is something to look at, for the first time or again."""
    _tell(tx, item, ActionItemNew(item.note.severity, item.note.rule), item.note.title)


def item_resolved(tx: Tx, item: StoredItem) -> None:
    """Tell that there is nothing left to look at."""
    _tell(tx, item, ActionItemResolved(item.note.rule), f"“{item.note.title}” is resolved.")


def _tell(tx: Tx, item: StoredItem, told: Told, title: str) -> None:
    subject = ("action_item", item.id)
    project_log.append(tx, item.project_id, told, title=title, subject=subject, workspace_id=item.workspace_id)
