"""Finding the moment of a conversation that is meant by a checkpoint, or by a prompt."""

from dataclasses import dataclass

from asterism.base.errors import Invalid
from asterism.features.talk import checkpoints, conversations
from asterism.features.talk.checkpoints import Checkpoint
from asterism.features.talk.conversations import Conversation, Inside
from asterism.features.talk.rewinds.errors import UnknownCheckpoint
from asterism.kernel.db import Tx


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a conversation: messages from `position` on come after it. `tree` is None where there was none.

    `inside` is set in the middle of a turn, the last before `position`: what it tells after that call is later too.
    """

    position: int
    tree: str | None
    inside: Inside | None = None


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
        return _at_checkpoint(tx, conversation, found)
    prompt = conversations.find_message(tx, conversation.id, message_id or "")
    if prompt is None:
        raise conversations.UnknownMessage
    if prompt.role != "user":
        raise Invalid.field("message_id", "must be a message of the user")
    turn = conversations.message_at(tx, conversation.id, prompt.position + 1)
    return Moment(prompt.position, turn.tree if turn is not None else None)


def _at_checkpoint(tx: Tx, conversation: Conversation, at: Checkpoint) -> Moment:
    """Return the moment of a checkpoint: before the prompt where its turn began, after its call, or after the turn."""
    turn = conversations.find_message(tx, conversation.id, at.message_id)
    if turn is None:  # cleared since
        return Moment(conversation.next_position, at.tree)
    if at.at_start:
        return Moment(turn.position - 1, at.tree)
    if at.call_id is None or conversations.is_hidden(tx, turn.id):
        return Moment(turn.position + 1, at.tree)
    return Moment(turn.position + 1, at.tree, Inside(turn, at, _start(tx, at)))


def _start(tx: Tx, at: Checkpoint) -> str | None:
    """Return the tree that a turn began with: its first checkpoint is that, or follows it."""
    (first,) = checkpoints.page(tx, at.conversation_id, limit=1, message_id=at.message_id)
    return first.tree if first.at_start else first.previous_tree
