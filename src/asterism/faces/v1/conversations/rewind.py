"""`/v1/conversations/:conversationId/rewind`: going back to an earlier moment, and undoing that (beyond 2)."""

from typing import Self

import msgspec

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, post
from asterism.features.talk import conversations, rewinds
from asterism.features.versions import storage
from asterism.features.versions.workcopies import FileChange


class RewindWanted(msgspec.Struct):
    """A checkpoint, or a message of the user (the state before it was sent); `preview` changes nothing."""

    checkpoint_id: str | None = None
    message_id: str | None = None
    files: bool = True
    messages: bool = True
    preview: bool = False


class UndoWanted(msgspec.Struct):
    """The rewind to undo."""

    rewind_id: str


class Rewound(msgspec.Struct):
    """What going back came to: the tree that the workspace shows, and what changed on the way; no id for a preview.

    `hidden_parts` are those of the turn in whose middle it ends.
    """

    rewind_id: str | None
    tree: str | None
    safety_snapshot_id: str | None
    hidden_messages: int
    files: list[FileChange]
    hidden_parts: int

    @classmethod
    def of(cls, done: rewinds.Rewound) -> Self:
        """Write what was done."""
        return copied(cls, done)


@post(
    "/v1/conversations/{conversation_id:str}/rewind",
    errors=(conversations.UnknownMessage, rewinds.UnknownCheckpoint, rewinds.TurnRunning, storage.BlobsMissing),
)
def rewind(call: Call, conversation_id: str, body: RewindWanted) -> Rewound:
    """POST /v1/conversations/:conversationId/rewind: go back to an earlier moment; nothing is deleted."""
    wanted = rewinds.Wanted(body.checkpoint_id, body.message_id, body.files, body.messages)
    done = rewinds.rewind(call.tx, call.rt.streams, call.caller, conversation_id, wanted, preview=body.preview)
    return Rewound.of(done)


@post(
    "/v1/conversations/{conversation_id:str}/rewind/undo",
    errors=(rewinds.UnknownRewind, rewinds.CannotUndo, rewinds.TurnRunning, storage.BlobsMissing),
)
def undo(call: Call, conversation_id: str, body: UndoWanted) -> Rewound:
    """POST /v1/conversations/:conversationId/rewind/undo: bring back what going back has hidden."""
    return Rewound.of(rewinds.undo(call.tx, call.rt.streams, call.caller, conversation_id, body.rewind_id))
