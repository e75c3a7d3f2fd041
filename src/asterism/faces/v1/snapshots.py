"""`/v1/snapshots`: a snapshot, its tree, what differs between two, and where lines come from."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Literal, Self, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.base.pagination import Page
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get
from asterism.faces.v1.wire import Snapshot, SnapshotAnswer
from asterism.features.operations import deployments
from asterism.features.review import tracked_findings
from asterism.features.talk import provenance
from asterism.features.versions import snapshots, storage
from asterism.features.versions.snapshots import ComparedFile
from asterism.vcs.tree import Node

T = TypeVar("T")


class InProject(msgspec.Struct):
    """The project that the snapshot is in; an id may exist in several."""

    project_id: str | None = None


@get("/v1/snapshots/{snapshot_id:str}")
def read(call: Call, snapshot_id: str, query: InProject) -> SnapshotAnswer:
    """GET /v1/snapshots/:snapshotId: a snapshot of the caller."""
    return SnapshotAnswer(Snapshot.of(snapshots.get_snapshot(call.tx, call.caller, snapshot_id, query.project_id)))


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


class Compared(msgspec.Struct):
    """What to compare: a page of all files, counting `lines` if asked to, or the lines of the one at `path`."""

    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1000
    cursor: str | None = None
    path: str | None = None
    lines: bool = False


class SnapshotChange(msgspec.Struct, kw_only=True):
    """A path that differs; a member that is not known is absent."""

    path: str
    change: str
    old_hash: str | UnsetType = UNSET
    old_mode: int | UnsetType = UNSET
    new_hash: str | UnsetType = UNSET
    new_mode: int | UnsetType = UNSET
    binary: bool | UnsetType = UNSET
    additions: int | UnsetType = UNSET
    deletions: int | UnsetType = UNSET
    too_large: bool | UnsetType = UNSET


class TreeDiff(msgspec.Struct, kw_only=True):
    """What differs; `diff` is the unified diff of the one file that was asked for."""

    files: list[SnapshotChange]
    diff: str | UnsetType = UNSET
    next_cursor: str | None


@get("/v1/snapshots/{snapshot_id:str}/diff/{other_snapshot_id:str}", errors=(storage.BlobsMissing,))
async def diff(call: Call, snapshot_id: str, other_snapshot_id: str, query: Compared) -> TreeDiff:
    """GET /v1/snapshots/:snapshotId/diff/:otherSnapshotId: what differs, file by file; with `path` also its lines."""
    sides = (call.rt.db, call.rt.blobs, call.caller, snapshot_id, other_snapshot_id)
    return await told(query, partial(snapshots.compare_file, *sides), partial(snapshots.compare_snapshots, *sides))


async def told(
    query: Compared, compare_file: Callable[..., ComparedFile], compare: Callable[..., Page[ComparedFile]]
) -> TreeDiff:
    """Write what a comparison brings: of the one file that was asked for, or a page of all."""
    if query.path is not None:
        one = await asyncio.to_thread(compare_file, query.path)
        return TreeDiff(files=[change(one)], diff=one.lines.text if one.lines else "", next_cursor=None)
    page = await asyncio.to_thread(compare, limit=query.limit, cursor=query.cursor or None, lines=query.lines)
    return TreeDiff(files=[change(found) for found in page.items], next_cursor=page.next_cursor)


def change(found: ComparedFile) -> SnapshotChange:
    """Write one path that differs."""
    old, new, lines = found.change.old, found.change.new, found.lines
    return SnapshotChange(
        path=found.change.path,
        change=found.change.kind,
        old_hash=(old.hash or UNSET) if old else UNSET,
        old_mode=(old.mode or UNSET) if old else UNSET,
        new_hash=(new.hash or UNSET) if new else UNSET,
        new_mode=(new.mode or UNSET) if new else UNSET,
        binary=known(lines.binary if lines else None),
        additions=known(lines.additions if lines else None),
        deletions=known(lines.deletions if lines else None),
        too_large=(lines.too_large or UNSET) if lines else UNSET,
    )


def known(value: T | None) -> T | UnsetType:
    """Return a value, UNSET for None."""
    return UNSET if value is None else value


class Asked(msgspec.Struct, rename={"first": "from", "last": "to"}):
    """Which file, and which of its lines: from 1, both ends included (default: all)."""

    path: str
    first: Annotated[int, Meta(ge=1)] = 1
    last: Annotated[int, Meta(ge=1)] | None = None


class BlamedLine(msgspec.Struct):
    """A line, the snapshot that brought it, the turn behind that (conversation, answer, prompt), and findings on it."""

    line: int
    text: str
    snapshot_id: str
    path: str
    author_name: str
    at: str
    conversation_id: str | None
    message_id: str | None
    prompt: str | None
    sync_id: str | None
    findings: list[str]

    @classmethod
    def of(cls, one: provenance.Line, findings: Sequence[str]) -> Self:
        """Write a line."""
        turn = one.turn
        return copied(
            cls,
            one,
            line=one.number,
            conversation_id=turn.conversation_id if turn else None,
            message_id=turn.message_id if turn else None,
            prompt=turn.prompt if turn else None,
            findings=list(findings),
        )


class DeployedTo(msgspec.Struct):
    """A deployment of the snapshot's tree; `url` is null until, and unless, it has one."""

    id: str
    url: str | None
    status: Literal["deploying", "success", "failed"]

    @classmethod
    def of(cls, one: deployments.Deployment) -> Self:
        """Write a deployment."""
        return cls(one.id, one.url, one.status.value)


class BlameList(msgspec.Struct):
    """The lines of a file, in order, and where its snapshot was deployed, newest first (at most 20)."""

    lines: list[BlamedLine]
    deployments: list[DeployedTo]


@get("/v1/snapshots/{snapshot_id:str}/blame", errors=(storage.UnknownPath, storage.BlobsMissing))
def blame(call: Call, snapshot_id: str, query: Asked) -> BlameList:
    """GET /v1/snapshots/:snapshotId/blame: what brought each line of a file, and the findings on it."""
    found = provenance.blame_file(
        call.tx, call.rt.blobs, call.caller, snapshot_id, query.path, first=query.first, last=query.last
    )
    paths = {query.path, *(one.path for one in found)}
    marked = tracked_findings.findings_of_file(
        call.tx, call.rt.blobs, call.caller, snapshot_id, query.path, sorted(paths)
    )
    deployed = deployments.list_of_snapshot(call.tx, call.caller, snapshot_id)
    lines = [BlamedLine.of(one, marked.get(one.number, ())) for one in found]
    return BlameList(lines, [DeployedTo.of(one) for one in deployed])
