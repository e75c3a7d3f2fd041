"""Use cases that look into snapshots: what differs between two, and how one file's lines do."""

from dataclasses import dataclass

from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.versions import storage
from asterism.features.versions.snapshots.errors import UnchangedPath
from asterism.features.versions.snapshots.service import get_snapshot
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.vcs.diff import Change
from asterism.vcs.manifest import Entry
from asterism.vcs.text_diff import MAX_BYTES, TextDiff, text_diff


@dataclass(frozen=True, slots=True)
class ComparedFile:
    """A path that differs, and, where they were asked for, its lines."""

    change: Change
    lines: TextDiff | None = None


def compare_snapshots(
    db: Database, blobs: Blobs, caller: Caller, old_id: str, new_id: str, *, limit: int, cursor: str | None, lines: bool
) -> Page[ComparedFile]:
    """Return what leads from one snapshot to another, by path; `lines` also compares every file of the page.

    Opens its own transactions: none is held while lines are compared. Raises UnknownSnapshot or BlobsMissing.
    """
    with db.read() as tx:
        old, new = _trees(tx, caller, old_id, new_id)
    return compare_trees(db, blobs, caller, old, new, limit=limit, cursor=cursor, lines=lines)


def compare_file(db: Database, blobs: Blobs, caller: Caller, old_id: str, new_id: str, path: str) -> ComparedFile:
    """Return how one path differs, with its lines; like `compare_snapshots`.

    Raises UnknownSnapshot, UnchangedPath or BlobsMissing.
    """
    with db.read() as tx:
        old, new = _trees(tx, caller, old_id, new_id)
    return compare_tree_file(db, blobs, caller, old, new, path)


def compare_trees(
    db: Database, blobs: Blobs, caller: Caller, old: str, new: str, *, limit: int, cursor: str | None, lines: bool
) -> Page[ComparedFile]:
    """Like `compare_snapshots`, of stored trees, named by their manifests. Raises UnknownManifest or BlobsMissing."""
    scope = f"diff:{caller.user_id}:{old}:{new}"
    after = decode_cursor(scope, cursor, tuple[str])[0].encode() if cursor else None
    with db.read() as tx:
        changes = storage.changes(tx, caller.user_id, old, new)
    if after is not None:
        changes = [change for change in changes if change.path.encode() > after]
    page = changes[:limit]
    files = [ComparedFile(change, _lines(db, blobs, caller, change) if lines else None) for change in page]
    return Page(files, encode_cursor(scope, [page[-1].path]) if len(changes) > limit else None)


def compare_tree_file(db: Database, blobs: Blobs, caller: Caller, old: str, new: str, path: str) -> ComparedFile:
    """Like `compare_file`, of two stored trees. Raises UnknownManifest, UnchangedPath or BlobsMissing."""
    with db.read() as tx:
        changes = storage.changes(tx, caller.user_id, old, new)
    for change in changes:
        if change.path == path:
            return ComparedFile(change, _lines(db, blobs, caller, change))
    raise UnchangedPath(path)


def _trees(tx: Tx, caller: Caller, old_id: str, new_id: str) -> tuple[str, str]:
    old, new = get_snapshot(tx, caller, old_id), get_snapshot(tx, caller, new_id)
    return old.manifest_hash, new.manifest_hash


def _lines(db: Database, blobs: Blobs, caller: Caller, change: Change) -> TextDiff:
    if any(entry is not None and entry.size > MAX_BYTES for entry in (change.old, change.new)):
        return TextDiff(too_large=True)
    with db.read() as tx:
        old, new = (_content(tx, blobs, caller, entry) for entry in (change.old, change.new))
    return text_diff(change.path, old, new)


def _content(tx: Tx, blobs: Blobs, caller: Caller, entry: Entry | None) -> bytes | None:
    """Return what a path holds: a file's bytes, a symlink's target, None when there is nothing."""
    if entry is None:
        return None
    if entry.type == "symlink":
        return entry.target.encode()
    return storage.content(tx, blobs, caller.user_id, entry.hash)
