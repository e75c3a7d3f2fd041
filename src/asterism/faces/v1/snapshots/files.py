"""`/v1/snapshots/:snapshotId/files`: browsing a tree (ours)."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.v1.call import Call, get
from asterism.features.versions import snapshots, storage
from asterism.vcs.tree import Node


class Folder(msgspec.Struct):
    """Which folder to list; the root without `path`."""

    limit: Annotated[int, Meta(ge=1, le=5000)] = 1000
    cursor: str | None = None
    path: str = ""


class TreeEntry(msgspec.Struct, kw_only=True):
    """A child of a folder; a member that its type does not have is absent."""

    name: str
    path: str
    type: str
    size: int | UnsetType = UNSET
    hash: str | UnsetType = UNSET
    target: str | UnsetType = UNSET
    mode: int | UnsetType = UNSET


class TreePage(msgspec.Struct):
    """A page of a folder, folders first."""

    entries: list[TreeEntry]
    next_cursor: str | None


@get("/v1/snapshots/{snapshot_id:str}/files")
def files(call: Call, snapshot_id: str, query: Folder) -> TreePage:
    """GET /v1/snapshots/:snapshotId/files: one folder of its tree, folders first."""
    found = snapshots.get_snapshot(call.tx, call.caller, snapshot_id)
    page = storage.list_folder(
        call.tx,
        call.caller.user_id,
        found.manifest_hash,
        query.path,
        limit=query.limit,
        cursor=query.cursor or None,
    )
    return TreePage([entry(node, query.path) for node in page.items], page.next_cursor)


def entry(node: Node, folder: str) -> TreeEntry:
    """Write one child of a folder."""
    at_itself = folder == node.name or folder.endswith(f"/{node.name}")
    path = folder if at_itself and node.type != "dir" else f"{folder}/{node.name}" if folder else node.name
    return TreeEntry(
        name=node.name,
        path=path,
        type=node.type,
        size=node.size if node.type == "file" else UNSET,
        hash=node.hash if node.type == "file" else UNSET,
        target=node.target if node.type == "symlink" else UNSET,
        mode=node.mode or UNSET,
    )
