"""`/v1/workspaces/:workspaceId/sync`: merging another workspace's head into this one (Fastest 5)."""

from typing import Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call, post
from asterism.faces.v1.workspaces.preview import PreviewAnswer, SyncPreview
from asterism.features.versions import storage, sync
from asterism.features.versions.drift import OtherProject
from asterism.features.versions.snapshots import UnknownSnapshot
from asterism.features.versions.sync import Answered, Execution
from asterism.features.versions.workspaces import UnknownWorkspace

MAX_EXECUTE_BODY = 16 << 20


class Prepare(msgspec.Struct):
    """The workspace to merge from (default: main), and a stored manifest to take for this one's working tree."""

    source_workspace_id: str | None = None
    workspace_manifest_hash: str | None = None


class OwnContent(msgspec.Struct):
    """Content for a path: a text, or the hash of a stored blob."""

    content: str | None = None
    blob_hash: str | None = None


class Execute(msgspec.Struct):
    """A preview, and an answer to each of its decisions: an option's id, content, or `custom` with `custom_values`."""

    preview_id: str
    decisions: dict[str, str | OwnContent] = {}
    custom_values: dict[str, str] = {}
    create_snapshot_before: bool = True
    create_snapshot_after: bool = True

    def wanted(self) -> Execution:
        """Return what is asked for. Raises Invalid."""
        decisions = {path: self._answer(path, answer) for path, answer in self.decisions.items()}
        return Execution(self.preview_id, decisions)

    def _answer(self, path: str, answer: str | OwnContent) -> Answered:
        if isinstance(answer, OwnContent):
            if (answer.content is None) == (answer.blob_hash is None):
                raise Invalid.field(f"decisions.{path}", "needs content or blob_hash")
            return Answered(content=answer.content, blob_hash=answer.blob_hash)
        if answer == "custom" and path in self.custom_values:
            return Answered(content=self.custom_values[path])
        return Answered(option=answer)


class Executed(msgspec.Struct, kw_only=True):
    """What a sync did. The snapshots before and after are left out where they were not asked for."""

    success: bool = True
    snapshot_id: str | None
    manifest_hash: str | None
    files_updated: int
    files_added: int
    files_deleted: int
    errors: list[str] = []
    snapshot_before_id: str | UnsetType = UNSET
    snapshot_after_id: str | UnsetType = UNSET
    parent_snapshot_ids: tuple[str, ...]
    sync_id: str
    workspace_version: int
    source_moved: bool

    @classmethod
    def of(cls, done: sync.Executed, asked: Execute) -> Self:
        """Write what was done."""
        before = done.before_id if asked.create_snapshot_before else None
        after = done.snapshot_id if asked.create_snapshot_after and done.made else None
        return cls(
            snapshot_id=done.snapshot_id,
            manifest_hash=done.manifest_hash,
            files_updated=done.updated,
            files_added=done.added,
            files_deleted=done.deleted,
            snapshot_before_id=UNSET if before is None else before,
            snapshot_after_id=UNSET if after is None else after,
            parent_snapshot_ids=done.parents,
            sync_id=done.sync_id,
            workspace_version=done.version,
            source_moved=done.source_moved,
        )


class Undo(msgspec.Struct):
    """Which sync to undo, by the snapshot it began at (default: the newest); `force` also when work came after it."""

    snapshot_id: str | None = None
    force: bool = False


class Undone(msgspec.Struct, kw_only=True):
    """Where undoing a sync has led to."""

    success: bool = True
    reverted_to_snapshot_id: str | None
    restored_snapshot_id: str | None
    previous_snapshot_id: str | None
    manifest_hash: str | None
    workspace_version: int


@post(
    "/v1/workspaces/{workspace_id:str}/sync/prepare",
    errors=(
        UnknownWorkspace,
        OtherProject,
        sync.NoMainWorkspace,
        sync.SourceIsTarget,
        sync.NothingToMerge,
        storage.ManifestNotFound,
        storage.BlobsMissing,
    ),
)
async def prepare(call: Call, workspace_id: str, body: Prepare) -> PreviewAnswer:
    """POST /v1/workspaces/:workspaceId/sync/prepare: show what a sync would do, and keep that for half an hour."""
    rt = call.rt
    preview = await sync.prepare(
        rt.db,
        rt.blobs,
        rt.advisor,
        call.caller,
        workspace_id,
        body.source_workspace_id,
        tree=body.workspace_manifest_hash,
        seconds=rt.sync_preview_seconds,
        quota=rt.storage_limits.quota_bytes,
        tools=rt.lock_tools,
    )
    return PreviewAnswer(SyncPreview.of(preview))


@post(
    "/v1/workspaces/{workspace_id:str}/sync/execute",
    tx="none",
    max_body=MAX_EXECUTE_BODY,
    errors=(
        UnknownWorkspace,
        sync.PreviewExpired,
        sync.WorkspaceMismatch,
        sync.AlreadyExecuted,
        sync.MissingDecisions,
        sync.InvalidDecision,
        sync.LockNotWritten,
        storage.BlobsMissing,
        sync.Moved,
    ),
)
def execute(call: Call, workspace_id: str, body: Execute) -> Executed:
    """POST /v1/workspaces/:workspaceId/sync/execute: do what a preview showed, with the decisions given."""
    rt, quota = call.rt, call.rt.storage_limits.quota_bytes
    wanted, tools = body.wanted(), rt.lock_tools
    done = sync.execute(rt.db, rt.blobs, call.caller, workspace_id, wanted, quota=quota, tools=tools)
    return Executed.of(done, body)


@post(
    "/v1/workspaces/{workspace_id:str}/sync/undo",
    errors=(UnknownWorkspace, UnknownSnapshot, sync.NothingToUndo, sync.MergeIsNotHead, storage.BlobsMissing),
)
def undo(call: Call, workspace_id: str, body: Undo) -> Undone:
    """POST /v1/workspaces/:workspaceId/sync/undo: go back to where the workspace stood before a sync."""
    done = sync.undo(call.tx, call.caller, workspace_id, body.snapshot_id, force=body.force)
    return Undone(
        reverted_to_snapshot_id=done.restored_id,
        restored_snapshot_id=done.restored_id,
        previous_snapshot_id=done.previous_id,
        manifest_hash=done.manifest_hash,
        workspace_version=done.version,
    )
