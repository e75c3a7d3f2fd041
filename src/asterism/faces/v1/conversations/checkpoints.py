"""`/v1/conversations/:conversationId/checkpoints`: the trees on the way through turns (beyond 2)."""

from typing import Annotated, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.v1.call import Call, get
from asterism.features.talk import checkpoints, rewinds
from asterism.features.versions.workcopies import FileChange, FileChangeKind


class CheckpointFile(msgspec.Struct, omit_defaults=True):
    """A file that differs from the checkpoint before; lines are counted where it is text."""

    path: str
    change: FileChangeKind
    additions: int | UnsetType = UNSET
    deletions: int | UnsetType = UNSET

    @classmethod
    def of(cls, one: FileChange) -> Self:
        """Write a file."""
        counts = (UNSET if count is None else count for count in (one.additions, one.deletions))
        return cls(one.path, one.change, *counts)


class Checkpoint(msgspec.Struct):
    """A tree that the agent's working copy held; `call_id` and `tool` are null where a turn began or ended."""

    id: str
    conversation_id: str
    message_id: str
    call_id: str | None
    tool: str | None
    tree: str
    previous_tree: str | None
    files: list[CheckpointFile]
    created_at: str

    @classmethod
    def of(cls, one: checkpoints.Checkpoint) -> Self:
        """Write a checkpoint."""
        return cls(
            one.id,
            one.conversation_id,
            one.message_id,
            one.call_id,
            one.tool,
            one.tree,
            one.previous_tree,
            [CheckpointFile.of(file) for file in one.files],
            one.created_at,
        )


class CheckpointList(msgspec.Struct):
    """A page of checkpoints, oldest first; `next_cursor` is null on the last one."""

    checkpoints: list[Checkpoint]
    next_cursor: str | None


class CheckpointsAsked(msgspec.Struct):
    """Which checkpoints to list: all, or those of one turn."""

    message_id: str | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    cursor: str | None = None


@get("/v1/conversations/{conversation_id:str}/checkpoints")
def index(call: Call, conversation_id: str, query: CheckpointsAsked) -> CheckpointList:
    """GET /v1/conversations/:conversationId/checkpoints: the trees that tool calls of its turns made, oldest first."""
    page = rewinds.list_checkpoints(
        call.tx,
        call.caller,
        conversation_id,
        limit=query.limit,
        cursor=query.cursor,
        message_id=query.message_id,
    )
    return CheckpointList([Checkpoint.of(one) for one in page.items], page.next_cursor)
