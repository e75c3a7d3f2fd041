"""SQL of checkpoints."""

import msgspec
import sqlalchemy as sa

from asterism.features.talk.checkpoints.models import Checkpoint
from asterism.features.talk.checkpoints.tables import checkpoints
from asterism.features.versions.workcopies import FileChange
from asterism.kernel.db import RowDict, Tx

_c = checkpoints.c


def insert(tx: Tx, owner_user_id: str, checkpoint: Checkpoint) -> None:
    """Add a checkpoint."""
    values = {name: getattr(checkpoint, name) for name in checkpoint.__slots__}
    values |= {"files": msgspec.json.encode(checkpoint.files).decode(), "owner_user_id": owner_user_id}
    tx.execute(sa.insert(checkpoints).values(values))


def one(tx: Tx, conversation_id: str, checkpoint_id: str) -> Checkpoint | None:
    """Return a checkpoint of a conversation."""
    query = sa.select(checkpoints).where(_c.conversation_id == conversation_id, _c.id == checkpoint_id)
    row = tx.one(query)
    return _checkpoint(row) if row else None


def has_tree(tx: Tx, conversation_id: str, tree: str) -> bool:
    """Say whether a conversation has a checkpoint of this tree."""
    query = sa.select(_c.id).where(_c.conversation_id == conversation_id, _c.tree == tree).limit(1)
    return tx.one(query) is not None


def page(
    tx: Tx, conversation_id: str, *, limit: int, after: str | None = None, message_id: str | None = None
) -> list[Checkpoint]:
    """Return checkpoints of a conversation, oldest first, those after an id."""
    query = sa.select(checkpoints).where(_c.conversation_id == conversation_id)
    if after is not None:
        query = query.where(_c.id > after)
    if message_id is not None:
        query = query.where(_c.message_id == message_id)
    return [_checkpoint(row) for row in tx.all(query.order_by(_c.id).limit(limit))]


def trees(tx: Tx, user_id: str) -> set[str]:
    """Return the trees of a user's checkpoints."""
    rows = tx.execute(sa.select(_c.tree, _c.previous_tree).where(_c.owner_user_id == user_id).distinct())
    return {tree for row in rows for tree in row if tree is not None}


def purge(tx: Tx, before: str) -> int:
    """Remove the checkpoints from before a moment; return how many."""
    return tx.execute(sa.delete(checkpoints).where(_c.created_at < before)).rowcount


def _checkpoint(row: RowDict) -> Checkpoint:
    values = {name: row[name] for name in Checkpoint.__slots__}
    values["files"] = msgspec.json.decode(row["files"], type=tuple[FileChange, ...])
    return Checkpoint(**values)
