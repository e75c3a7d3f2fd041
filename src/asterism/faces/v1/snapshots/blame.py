"""`/v1/snapshots/:snapshotId/blame`: where the lines of a file come from (beyond 12)."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, get
from asterism.features.talk import provenance
from asterism.features.versions import storage


class Asked(msgspec.Struct, rename={"first": "from", "last": "to"}):
    """Which file, and which of its lines: from 1, both ends included (default: all)."""

    path: str
    first: Annotated[int, Meta(ge=1)] = 1
    last: Annotated[int, Meta(ge=1)] | None = None


class BlamedLine(msgspec.Struct):
    """A line, the snapshot that brought it, and the turn behind that: its conversation, answer and prompt."""

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

    @classmethod
    def of(cls, one: provenance.Line) -> Self:
        """Write a line."""
        turn = one.turn
        return cls(
            one.number,
            one.text,
            one.snapshot_id,
            one.path,
            one.author_name,
            one.at,
            turn.conversation_id if turn else None,
            turn.message_id if turn else None,
            turn.prompt if turn else None,
            one.sync_id,
        )


class BlameList(msgspec.Struct):
    """The lines of a file, in order."""

    lines: list[BlamedLine]


@get("/v1/snapshots/{snapshot_id:str}/blame", errors=(storage.UnknownPath,))
def blame(call: Call, snapshot_id: str, query: Asked) -> BlameList:
    """GET /v1/snapshots/:snapshotId/blame: which snapshot, turn and prompt brought each line of a file."""
    found = provenance.blame_file(
        call.tx, call.rt.blobs, call.caller, snapshot_id, query.path, first=query.first, last=query.last
    )
    return BlameList([BlamedLine.of(one) for one in found])
