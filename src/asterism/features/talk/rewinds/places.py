"""Finding the moment of a conversation that is meant by a checkpoint, or by a prompt."""

from dataclasses import dataclass

from asterism.base.errors import Invalid
from asterism.features.talk import checkpoints, conversations
from asterism.features.talk.conversations import Conversation
from asterism.features.talk.rewinds.errors import UnknownCheckpoint
from asterism.kernel.db import Tx


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a conversation: messages from `position` on come after it. `tree` is None where there was none."""

    position: int
    tree: str | None


def find_moment(tx: Tx, conversation: Conversation, checkpoint_id: str | None, message_id: str | None) -> Moment:
    """Return the moment of a checkpoint, or before a user's message was sent (beyond 2).

    Raises Invalid unless exactly one is named, UnknownCheckpoint or UnknownMessage.
    """
    if (checkpoint_id is None) == (message_id is None):
        raise Invalid.field("checkpoint_id", "name either a checkpoint or a message")
    if checkpoint_id is not None:
        found = checkpoints.one(tx, conversation.id, checkpoint_id)
        if found is None:
            raise UnknownCheckpoint
        turn = conversations.find_message(tx, conversation.id, found.message_id)
        return Moment(turn.position + 1 if turn is not None else conversation.next_position, found.tree)
    prompt = conversations.find_message(tx, conversation.id, message_id or "")
    if prompt is None:
        raise conversations.UnknownMessage
    if prompt.role != "user":
        raise Invalid.field("message_id", "must be a message of the user")
    turn = conversations.message_at(tx, conversation.id, prompt.position + 1)
    return Moment(prompt.position, turn.tree if turn is not None else None)
