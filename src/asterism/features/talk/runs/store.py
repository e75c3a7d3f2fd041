"""SQL of runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.talk.runs.models import (
    ACTIVE,
    Budget,
    ContextItem,
    Run,
    RunError,
    RunUsage,
    Status,
    Tree,
    Window,
)
from asterism.features.talk.runs.tables import IS_ACTIVE, runs
from asterism.kernel.db import JsonColumns, Prepared, RowDict, Tx, insert_ignore

_projects = sa.table("projects", sa.column("id"), sa.column("deleted_at"))
_JSON = JsonColumns(
    {
        "error": RunError,
        "usage": RunUsage,
        "tree": Tree,
        "budget": Budget,
        "window": Window,
        "context": tuple[ContextItem, ...],
    }
)


_ACTIVE_OF_CHAT = Prepared(sa.select(runs).where(runs.c.chat_id == sa.bindparam("chat"), IS_ACTIVE))
_COUNT_ACTIVE = Prepared(sa.select(sa.func.count()).where(runs.c.user_id == sa.bindparam("user"), IS_ACTIVE))


def insert(tx: Tx, run: Run) -> bool:
    """Add a run; return False, adding nothing, when its chat has an active one."""
    row = _JSON.row_of(run)
    return insert_ignore(tx, runs, [row]) == 1


def of_user(tx: Tx, user_id: str, run_id: str) -> Run | None:
    """Return a run of the user."""
    row = tx.one(sa.select(runs).where(runs.c.id == run_id, runs.c.user_id == user_id))
    return _run(row) if row else None


def locked(tx: Tx, run_id: str) -> Run | None:
    """Return a run, whoever owns it, holding its row."""
    row = tx.one(sa.select(runs).where(runs.c.id == run_id).with_for_update())
    return _run(row) if row else None


def active_of_chat(tx: Tx, chat_id: str) -> Run | None:
    """Return the active run of a chat."""
    row = _ACTIVE_OF_CHAT.one(tx, chat=chat_id)
    return _run(row) if row else None


def orphans(tx: Tx) -> list[Run]:
    """Return the active runs of everybody whose project was deleted."""
    query = sa.select(runs).join(_projects, _projects.c.id == runs.c.project_id)
    rows = tx.all(query.where(IS_ACTIVE, _projects.c.deleted_at.is_not(None)))
    return [_run(row) for row in rows]


def active_ids(tx: Tx, chat_ids: Sequence[str]) -> dict[str, str]:
    """Return the active runs of chats, for those that have one."""
    query = sa.select(runs.c.chat_id, runs.c.id).where(runs.c.chat_id.in_(chat_ids), IS_ACTIVE)
    return {row["chat_id"]: row["id"] for row in tx.all(query)}


def count_active(tx: Tx, user_id: str) -> int:
    """Return how many runs of the user are active."""
    [found] = _COUNT_ACTIVE.rows(tx, user=user_id)
    return int(found[0])


def page(tx: Tx, chat_id: str, statuses: Sequence[Status] | None, limit: int, before: Run | None) -> Sequence[Run]:
    """Return runs of a chat, newest first, from after `before` on."""
    query = sa.select(runs).where(runs.c.chat_id == chat_id)
    if statuses is not None:
        query = query.where(runs.c.status.in_(statuses))
    if before is not None:
        key = sa.tuple_(sa.literal(before.created_at), sa.literal(before.id))
        query = query.where(sa.tuple_(runs.c.created_at, runs.c.id) < key)
    return [_run(row) for row in tx.all(query.order_by(runs.c.created_at.desc(), runs.c.id.desc()).limit(limit))]


def ids_of_chat(tx: Tx, chat_id: str) -> list[str]:
    """Return the ids of all runs of a chat."""
    return [row["id"] for row in tx.all(sa.select(runs.c.id).where(runs.c.chat_id == chat_id))]


def manifest_hashes(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests of the trees that runs of the user were made on."""
    query = sa.select(runs.c.tree).where(runs.c.user_id == user_id, runs.c.tree.is_not(None)).distinct()
    trees = (msgspec.json.decode(tree, type=Tree) for (tree,) in tx.execute(query))
    return {tree.manifest_hash for tree in trees if tree.manifest_hash is not None}


def update(tx: Tx, run_id: str, values: Mapping[str, Any], *, only_in: Sequence[Status] = ACTIVE) -> bool:
    """Set columns of a run that is in one of the states; return whether it was."""
    encoded = _JSON.encode(values)
    found = tx.execute(sa.update(runs).where(runs.c.id == run_id, runs.c.status.in_(only_in)).values(encoded))
    return found.rowcount == 1


def _run(row: RowDict) -> Run:
    return Run(**_JSON.decode(row, Run.__slots__))
