"""What the project log is told of conversations (Beyond 1)."""

from asterism.features.talk.checkpoints import Checkpoint
from asterism.features.talk.conversations.models import Conversation, Message, Outcome, Question
from asterism.features.versions import project_log
from asterism.features.versions.project_log import (
    CheckpointMade,
    QuestionAnswered,
    QuestionAsked,
    Told,
    TurnEnded,
    TurnStarted,
)
from asterism.kernel.db import Tx


def turn_started(tx: Tx, conversation: Conversation, turn: Message, prompt: str) -> None:
    """Tell that a turn has begun."""
    _tell(tx, conversation, TurnStarted(conversation.id), f"The agent works on: {prompt}", ("turn", turn.id))


def turn_ended(tx: Tx, conversation: Conversation, turn: Message, outcome: Outcome) -> None:
    """Tell how a turn ended."""
    title = f"The agent's turn {'was cancelled' if outcome.status == 'cancelled' else outcome.status}."
    if outcome.error is not None:
        title = f"{title[:-1]}: {outcome.error}"
    told = TurnEnded(conversation.id, outcome.status, outcome.error)
    _tell(tx, conversation, told, title, ("turn", turn.id), tree=turn.tree)


def asked(tx: Tx, conversation: Conversation, question: Question) -> None:
    """Tell that a turn waits for an answer."""
    first = question.inquiries[0].question if question.inquiries else ""
    told = QuestionAsked(conversation.id, question.message_id)
    _tell(tx, conversation, told, f"The agent asks: {first}", ("question", question.id))


def closed(tx: Tx, conversation: Conversation, question: Question) -> None:
    """Tell that a question was answered, or rejected."""
    told = QuestionAnswered(conversation.id, question.message_id, question.status)
    _tell(tx, conversation, told, f"A question of the agent was {question.status}.", ("question", question.id))


def checked(tx: Tx, conversation: Conversation, made: Checkpoint) -> None:
    """Tell that there is a tree to come back to."""
    told = CheckpointMade(conversation.id, made.message_id, made.tool, len(made.files))
    title = f"A checkpoint was taken after {made.tool}." if made.tool else "A checkpoint was taken."
    _tell(tx, conversation, told, title, ("checkpoint", made.id), tree=made.tree)


def _tell(
    tx: Tx, conversation: Conversation, told: Told, title: str, subject: tuple[str, str], tree: str | None = None
) -> None:
    project_log.append(
        tx,
        conversation.project_id,
        told,
        title=title,
        subject=subject,
        workspace_id=conversation.workspace_id,
        tree=tree,
    )
