"""SQL of tags."""

import sqlalchemy as sa

from asterism.features.versions.snapshots.models import Tag
from asterism.features.versions.snapshots.tables import tags
from asterism.kernel.db import Tx, insert_ignore


def insert(tx: Tx, project_id: str, tag: Tag) -> None:
    """Add a tag, unless the name is taken."""
    row = {"name": tag.name, "snapshot_id": tag.snapshot_id, "created_at": tag.created_at}
    insert_ignore(tx, tags, [{"project_id": project_id, **row}])


def find(tx: Tx, project_id: str, name: str) -> Tag | None:
    """Return a tag."""
    row = tx.one(sa.select(tags).where(tags.c.project_id == project_id, tags.c.name == name))
    return Tag(row["name"], row["snapshot_id"], row["created_at"]) if row else None


def page(tx: Tx, project_id: str, limit: int, before: tuple[str, str] | None) -> list[Tag]:
    """Return tags, newest first, from after the one with the key `before` on."""
    query = sa.select(tags).where(tags.c.project_id == project_id)
    if before is not None:
        query = query.where(sa.tuple_(tags.c.created_at, tags.c.name) < sa.tuple_(*map(sa.literal, before)))
    rows = tx.all(query.order_by(tags.c.created_at.desc(), tags.c.name.desc()).limit(limit))
    return [Tag(row["name"], row["snapshot_id"], row["created_at"]) for row in rows]


def delete(tx: Tx, project_id: str, name: str) -> bool:
    """Remove a tag; return whether there was one."""
    mine = (tags.c.project_id == project_id, tags.c.name == name)
    return bool(tx.execute(sa.delete(tags).where(*mine)).rowcount)
