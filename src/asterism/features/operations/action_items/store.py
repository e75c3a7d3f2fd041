"""SQL of action items."""

import zlib
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from asterism.features.operations.action_items.findings import Analysis, Found
from asterism.features.operations.action_items.models import Dismissal, Named, Note, Status, StoredItem
from asterism.features.operations.action_items.tables import action_item_dismissals as dismissals
from asterism.features.operations.action_items.tables import action_items as items
from asterism.features.operations.action_items.tables import analyses
from asterism.kernel.db import RowDict, Tx, upsert

# What lives is decided in the same query as the lookup.
_projects = sa.table(
    "projects", sa.column("id"), sa.column("owner_user_id"), sa.column("name"), sa.column("deleted_at")
)
_workspaces = sa.table(
    "workspaces", sa.column("id"), sa.column("project_id"), sa.column("name"), sa.column("deleted_at")
)


def workspaces_of(tx: Tx, user_id: str) -> dict[str, Named]:
    """Return the live workspaces of a user's live projects, by id."""
    query = (
        sa.select(
            _workspaces.c.id,
            _workspaces.c.name,
            _projects.c.id.label("project_id"),
            _projects.c.name.label("project_name"),
        )
        .join(_projects, _projects.c.id == _workspaces.c.project_id)
        .where(_projects.c.owner_user_id == user_id)
        .where(_projects.c.deleted_at.is_(None), _workspaces.c.deleted_at.is_(None))
    )
    return {row["id"]: Named(**row) for row in tx.all(query)}


def insert(tx: Tx, item: StoredItem) -> None:
    """Add an item."""
    tx.execute(sa.insert(items).values(_row(item)))


def replace(tx: Tx, item: StoredItem) -> None:
    """Write an item anew."""
    tx.execute(sa.update(items).where(items.c.id == item.id).values(_row(item)))


def find(tx: Tx, user_id: str, item_id: str) -> StoredItem | None:
    """Return an item of a user, whose workspace and project live."""
    query = _living().where(items.c.id == item_id, items.c.owner_user_id == user_id)
    row = tx.one(query)
    return None if row is None else _item(row)


def of_deployment(tx: Tx, deployment_id: str) -> StoredItem | None:
    """Return the item that stands for a failed deployment."""
    row = tx.one(sa.select(items).where(items.c.deployment_id == deployment_id))
    return None if row is None else _item(row)


def pending(tx: Tx, user_id: str, limit: int) -> list[StoredItem]:
    """Return the newest pending items of a user, without those that stand for deployments."""
    query = _living().where(
        items.c.owner_user_id == user_id, items.c.status == Status.PENDING, items.c.deployment_id.is_(None)
    )
    rows = tx.all(query.order_by(items.c.created_at.desc(), items.c.id).limit(limit))
    return [_item(row) for row in rows]


def of_analysis(tx: Tx, project_id: str) -> list[StoredItem]:
    """Return what analyses of a project have found, whatever became of it."""
    query = sa.select(items).where(items.c.project_id == project_id, items.c.deployment_id.is_(None))
    return [_item(row) for row in tx.all(query.order_by(items.c.created_at, items.c.id))]


def set_status(tx: Tx, item_id: str, status: Status) -> None:
    """Say where an item stands."""
    values = {"status": status, "updated_at": tx.now()}
    tx.execute(sa.update(items).where(items.c.id == item_id).values(values))


def put_dismissal(tx: Tx, new: Dismissal) -> None:
    """Note that something was dismissed."""
    row = {
        "workspace_id": new.workspace_id,
        "source": new.source,
        "cause": new.cause,
        "dismissed_at": tx.now(),
    }
    upsert(tx, dismissals, row, key=["workspace_id", "source"], update=["cause", "dismissed_at"])


def dismissals_of(tx: Tx, user_id: str) -> set[Dismissal]:
    """Return what a user has dismissed."""
    query = (
        sa.select(dismissals.c.workspace_id, dismissals.c.source, dismissals.c.cause)
        .join(_workspaces, _workspaces.c.id == dismissals.c.workspace_id)
        .join(_projects, _projects.c.id == _workspaces.c.project_id)
        .where(_projects.c.owner_user_id == user_id)
    )
    return {Dismissal(**row) for row in tx.all(query)}


def analysis(tx: Tx, project_id: str) -> Analysis | None:
    """Return what the last analysis of a project looked at and found."""
    row = tx.one(sa.select(analyses).where(analyses.c.project_id == project_id))
    if row is None:
        return None
    found = msgspec.msgpack.decode(zlib.decompress(row["found"]), type=dict[str, list[Found]])
    return Analysis(row["workspace_id"], row["manifest_hash"], row["rules"], bool(row["asked"]), found)


def put_analysis(tx: Tx, project_id: str, made: Analysis) -> None:
    """Keep what an analysis looked at and found."""
    row = {
        "project_id": project_id,
        "workspace_id": made.workspace_id,
        "manifest_hash": made.manifest_hash,
        "rules": made.rules,
        "asked": made.asked,
        "found": zlib.compress(msgspec.msgpack.encode(made.found), 1),
        "analyzed_at": tx.now(),
    }
    upsert(tx, analyses, row, key=["project_id"], update=[name for name in row if name != "project_id"])


def _living() -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(items)
        .join(_workspaces, _workspaces.c.id == items.c.workspace_id)
        .join(_projects, _projects.c.id == items.c.project_id)
        .where(_workspaces.c.deleted_at.is_(None), _projects.c.deleted_at.is_(None))
    )


def _row(item: StoredItem) -> RowDict:
    note = item.note
    return {
        "id": item.id,
        "owner_user_id": item.owner_user_id,
        "project_id": item.project_id,
        "workspace_id": item.workspace_id,
        "type": note.type,
        "severity": note.severity,
        "rule": note.rule,
        "cause": note.cause,
        "title": note.title,
        "description": note.description,
        "prompt": note.prompt,
        "files": _text(note.files),
        "metadata": _text(note.metadata),
        "status": item.status,
        "deployment_id": item.deployment_id,
        "created_at": item.created_at,
        "updated_at": item.updated_at,
    }


def _text(value: Sequence[str] | object) -> str:
    return msgspec.json.encode(value).decode()


def _item(row: RowDict) -> StoredItem:
    note = Note(
        type=row["type"],
        severity=row["severity"],
        rule=row["rule"],
        cause=row["cause"],
        title=row["title"],
        description=row["description"],
        prompt=row["prompt"],
        files=tuple(msgspec.json.decode(row["files"], type=list[str])),
        metadata=msgspec.json.decode(row["metadata"]),
    )
    return StoredItem(
        id=row["id"],
        owner_user_id=row["owner_user_id"],
        project_id=row["project_id"],
        workspace_id=row["workspace_id"],
        note=note,
        status=Status(row["status"]),
        deployment_id=row["deployment_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
