"""Use cases of checkpoints: writing them down, and how long they last."""

from asterism.base import ids
from asterism.base.clock import shift
from asterism.features.talk.checkpoints import store
from asterism.features.talk.checkpoints.models import KEPT_DAYS, Called, Checkpoint
from asterism.features.versions import storage
from asterism.features.versions.workcopies import Checked
from asterism.kernel.db import Tx


def record(
    tx: Tx,
    user_id: str,
    conversation_id: str,
    message_id: str,
    checked: Checked,
    *,
    call: Called | None = None,
) -> Checkpoint:
    """Write down what a copy held after a tool call of a turn, or at its end (beyond 2)."""
    made = Checkpoint(
        id=ids.ulid(),
        conversation_id=conversation_id,
        message_id=message_id,
        call_id=call.id if call is not None else None,
        tool=call.tool if call is not None else None,
        part_id=call.part_id if call is not None else None,
        tree=checked.tree,
        previous_tree=checked.previous_tree,
        files=checked.changes,
        created_at=tx.now(),
    )
    store.insert(tx, user_id, made)
    return made


def record_start(tx: Tx, user_id: str, conversation_id: str, message_id: str, tree: str | None) -> Checkpoint | None:
    """Write down the tree that a turn begins with, once for a conversation and tree; None when it is there, or none."""
    if tree is None or store.has_tree(tx, conversation_id, tree):
        return None
    return record(tx, user_id, conversation_id, message_id, Checked(tree, None, ()))


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the trees of checkpoints, which keeps them from being collected."""
    return store.trees(tx, user_id)


ROOTS = storage.Roots(maybe=manifest_roots, columns=("checkpoints.tree", "checkpoints.previous_tree"))


def purge(tx: Tx) -> int:
    """Remove checkpoints after 30 days and return how many; trees stay where something else names them. For a job."""
    return store.purge(tx, shift(tx.now(), seconds=-KEPT_DAYS * 24 * 3600))
