"""Tags: names that people give to snapshots of a project."""

from asterism.base.errors import Invalid
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.versions.projects import Project, clean_name
from asterism.features.versions.snapshots import store, tag_store
from asterism.features.versions.snapshots.errors import TagTaken, UnknownTag
from asterism.features.versions.snapshots.models import Tag
from asterism.kernel.db import Tx


def create_tag(tx: Tx, project: Project, name: str, snapshot_id: str) -> Tag:
    """Give a snapshot a name; doing it again changes nothing. Raises Invalid, or TagTaken for another snapshot's."""
    name = clean_name(name)
    if "/" in name or name in (".", ".."):
        raise Invalid.field("name", "must not be . or .. or contain /")
    if store.in_project(tx, project.id, snapshot_id) is None:
        raise Invalid.field("snapshot_id", "is not a snapshot of this project")
    tag_store.insert(tx, project.id, Tag(name, snapshot_id, tx.now()))
    tag = tag_store.find(tx, project.id, name)
    if tag is None or tag.snapshot_id != snapshot_id:
        raise TagTaken(name)
    return tag


def list_tags(tx: Tx, project: Project, *, limit: int, cursor: str | None = None) -> Page[Tag]:
    """Return the tags of a project, newest first."""
    scope = f"tags:{project.id}"
    before = decode_cursor(scope, cursor, tuple[str, str]) if cursor else None
    found = tag_store.page(tx, project.id, limit + 1, before)
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return Page(found[:limit], encode_cursor(scope, [last.created_at, last.name]) if last else None)


def delete_tag(tx: Tx, project: Project, name: str) -> None:
    """Take a name away; the snapshot stays. Raises UnknownTag."""
    if not tag_store.delete(tx, project.id, name):
        raise UnknownTag
