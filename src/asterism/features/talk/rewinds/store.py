"""SQL of rewinds."""

import msgspec
import sqlalchemy as sa

from asterism.features.talk.conversations import Cut
from asterism.features.talk.rewinds.models import Rewind
from asterism.features.talk.rewinds.tables import rewinds
from asterism.kernel.db import RowDict, Tx

_r = rewinds.c


def insert(tx: Tx, owner_user_id: str, rewind: Rewind) -> None:
    """Add a rewind."""
    values = {name: getattr(rewind, name) for name in rewind.__slots__}
    cut = None if rewind.cut is None else msgspec.json.encode(rewind.cut).decode()
    tx.execute(sa.insert(rewinds).values(values | {"owner_user_id": owner_user_id, "cut": cut}))


def one(tx: Tx, conversation_id: str, rewind_id: str) -> Rewind | None:
    """Return a rewind of a conversation."""
    row = tx.one(sa.select(rewinds).where(_r.conversation_id == conversation_id, _r.id == rewind_id))
    return _rewind(row) if row else None


def newest(tx: Tx, conversation_id: str) -> Rewind | None:
    """Return the last rewind of a conversation that was not undone."""
    query = sa.select(rewinds).where(_r.conversation_id == conversation_id, _r.undone_at.is_(None))
    row = tx.one(query.order_by(_r.id.desc()).limit(1))
    return _rewind(row) if row else None


def set_undone(tx: Tx, rewind_id: str) -> None:
    """Note that a rewind was undone."""
    tx.execute(sa.update(rewinds).where(_r.id == rewind_id).values(undone_at=tx.now()))


def trees(tx: Tx, user_id: str) -> set[str]:
    """Return the trees that rewinds of a user lead from and to."""
    rows = tx.execute(sa.select(_r.from_tree, _r.tree).where(_r.owner_user_id == user_id).distinct())
    return {tree for row in rows for tree in row if tree is not None}


def _rewind(row: RowDict) -> Rewind:
    values = {name: row[name] for name in Rewind.__slots__}
    if row["cut"] is not None:
        values["cut"] = msgspec.json.decode(row["cut"], type=Cut)
    return Rewind(**values)
