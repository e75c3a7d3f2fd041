"""SQL of sync."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.versions.sync.models import Executed, Preview, StoredPreview, Sync
from asterism.features.versions.sync.packed import unpack
from asterism.features.versions.sync.tables import sync_previews as previews
from asterism.features.versions.sync.tables import syncs
from asterism.kernel.db import RowDict, Tx

_PLAIN = tuple(
    name for name in Preview.__slots__ if name not in {"base_snapshot_ids", "plan", "drift_report_id", "texts"}
)


def insert_preview(tx: Tx, user_id: str, preview: Preview, packed: bytes, *, most: int) -> None:
    """Add a preview, and drop the oldest open ones of the workspace beyond `most`."""
    values: dict[str, Any] = {name: getattr(preview, name) for name in _PLAIN}
    bases = msgspec.json.encode(preview.base_snapshot_ids).decode()
    tx.execute(sa.insert(previews).values(values | {"user_id": user_id, "base_snapshot_ids": bases, "plan": packed}))
    older = (
        sa.select(previews.c.id)
        .where(previews.c.workspace_id == preview.workspace_id, previews.c.executed_at.is_(None))
        .order_by(previews.c.id.desc())
        .offset(most)
    )
    over = [row["id"] for row in tx.all(older.limit(1000))]
    if over:
        tx.execute(sa.delete(previews).where(previews.c.id.in_(over)))


def preview(tx: Tx, user_id: str, preview_id: str) -> StoredPreview | None:
    """Return a preview of the user."""
    row = tx.one(sa.select(previews).where(previews.c.id == preview_id, previews.c.user_id == user_id))
    return None if row is None else _stored(row)


def again(tx: Tx, found: StoredPreview) -> StoredPreview | None:
    """Return a preview with what has become of it, None when it is gone; its row is held until the transaction ends."""
    query = sa.select(previews.c.answer, previews.c.choices).where(previews.c.id == found.preview.id)
    row = tx.one(query.with_for_update())
    return None if row is None else replace(found, executed=_answer(row), choices=row["choices"])


def mark_executed(tx: Tx, preview_id: str, choices: str, answer: Executed) -> None:
    """Keep what a preview was executed with, and what came of it."""
    text = msgspec.json.encode(answer).decode()
    values = {"executed_at": tx.now(), "choices": choices, "answer": text}
    tx.execute(sa.update(previews).where(previews.c.id == preview_id).values(values))


def open_plans(tx: Tx, user_id: str, now: str) -> list[bytes]:
    """Return the packed plans of the user's previews that can still be executed."""
    mine = (previews.c.user_id == user_id, previews.c.executed_at.is_(None), previews.c.expires_at > now)
    return [row["plan"] for row in tx.all(sa.select(previews.c.plan).where(*mine))]


def purge_previews(tx: Tx, now: str, executed_before: str, limit: int) -> int:
    """Remove up to `limit` previews that expired unused, or were executed before a moment; return how many."""
    unused = sa.and_(previews.c.executed_at.is_(None), previews.c.expires_at < now)
    over = sa.select(previews.c.id).where(sa.or_(unused, previews.c.executed_at < executed_before)).limit(limit)
    return tx.execute(sa.delete(previews).where(previews.c.id.in_(over))).rowcount


def insert_sync(tx: Tx, sync: Sync) -> None:
    """Add an executed sync."""
    tx.execute(sa.insert(syncs).values({name: getattr(sync, name) for name in Sync.__slots__}))


def of_workspace(tx: Tx, workspace_id: str) -> list[Sync]:
    """Return the syncs of a workspace, the newest first."""
    query = sa.select(syncs).where(syncs.c.workspace_id == workspace_id).order_by(syncs.c.id.desc())
    return [Sync(**row) for row in tx.all(query)]


def standing(tx: Tx, workspace_ids: Sequence[str]) -> list[Sync]:
    """Return, of each workspace and source, the newest sync that is not undone."""
    newest = (
        sa.select(sa.func.max(syncs.c.id))
        .where(syncs.c.workspace_id.in_(workspace_ids), syncs.c.undone_at.is_(None))
        .group_by(syncs.c.workspace_id, syncs.c.source_workspace_id)
    )
    return [Sync(**row) for row in tx.all(sa.select(syncs).where(syncs.c.id.in_(newest)))]


def made_by(tx: Tx, snapshot_ids: Sequence[str]) -> dict[str, str]:
    """Return the syncs that made some of these snapshots: id of the sync by id of the snapshot."""
    query = sa.select(syncs.c.snapshot_id, syncs.c.id).where(syncs.c.snapshot_id.in_(snapshot_ids))
    return {row["snapshot_id"]: row["id"] for row in tx.all(query)}


def mark_undone(tx: Tx, sync_id: str) -> None:
    """Note that a sync was undone."""
    tx.execute(sa.update(syncs).where(syncs.c.id == sync_id).values(undone_at=tx.now()))


def _stored(row: RowDict) -> StoredPreview:
    plain = {name: row[name] for name in _PLAIN}
    bases = msgspec.json.decode(row["base_snapshot_ids"], type=tuple[str, ...])
    found = Preview(**plain, base_snapshot_ids=bases, plan=unpack(row["plan"]))
    return StoredPreview(found, _answer(row), row["choices"])


def _answer(row: RowDict) -> Executed | None:
    return None if row["answer"] is None else msgspec.json.decode(row["answer"], type=Executed)
