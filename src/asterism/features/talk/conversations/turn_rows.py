"""What happens to the rows of a turn: queued, begun, parked, ended. Every step is one transaction (Fastest 8.4, 8.5).

All of them hold the conversation's row, so the frames of a conversation are told in the order of what they report.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from asterism.base import ids
from asterism.base.clock import shift
from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.talk.conversations import project_events, question_store, store
from asterism.features.talk.conversations.costs import record, together
from asterism.features.talk.conversations.errors import QueueFull
from asterism.features.talk.conversations.events import (
    ContentDelta,
    ConversationMessage,
    ErrorFrame,
    Frame,
    MessageComplete,
    MessageStart,
    MessageStatus,
    agent_told,
    question_closed,
)
from asterism.features.talk.conversations.folds import broken_off, shorten, text_of
from asterism.features.talk.conversations.grants import check_grants, note_granted
from asterism.features.talk.conversations.models import (
    ANSWERED,
    ANSWERS,
    CANCELLED,
    DONE,
    MAX_PROMPT,
    MAX_QUEUED,
    RESTARTED,
    Conversation,
    Message,
    Outcome,
    Parts,
    TurnUsage,
)
from asterism.features.talk.conversations.service import get_conversation, running_parts, tell_changed
from asterism.features.talk.conversations.titles import title_from
from asterism.features.versions import storage, workspaces
from asterism.kernel.db import Tx
from asterism.kernel.streams import Streams


@dataclass(frozen=True, slots=True)
class Queued:
    """A prompt that was stored: its turn, and how many turns of the conversation are before it and including it."""

    turn: Message
    position: int
    told: bool


def check_prompt(prompt: str) -> None:
    """Raise Invalid for a prompt that is blank or too long."""
    if not prompt.strip():
        raise Invalid.field("prompt", "must not be blank")
    if len(prompt) > MAX_PROMPT:
        raise Invalid.field("prompt", f"must have at most {MAX_PROMPT} characters")


def add_prompt(
    tx: Tx,
    streams: Streams,
    caller: Caller,
    conversation_id: str,
    prompt: str,
    *,
    grants: Sequence[str] = (),
    crowded: bool,
) -> Queued:
    """Store a prompt and the turn that will answer it; `pending` is told when it surely has to wait.

    `grants` are `env:KEY`. Raises UnknownConversation, Invalid, QueueFull, BlobsMissing.
    """
    conversation = get_conversation(tx, caller, conversation_id, lock=True)
    waiting = store.active(tx, conversation.id)
    if sum(one.status == "pending" for one in waiting) >= MAX_QUEUED:
        raise QueueFull
    workspace, project = workspaces.workspace_and_project(tx, caller, conversation.workspace_id)
    tree = workspaces.working_manifest(tx, project, workspace)
    if tree is not None:
        storage.require_complete(tx, project.owner_user_id, tree)
    keys = check_grants(tx, project.id, grants)
    asked, turn = _messages(conversation, prompt, tx.now())
    turn = replace(turn, grants=keys)
    note_granted(tx, caller.user_id, turn, keys)
    store.insert_message(tx, asked)
    store.insert_message(tx, turn)
    changes: dict[str, Any] = {
        "next_position": turn.position + 1,
        "last_at": turn.created_at,
        "updated_at": tx.now(),
    }
    if conversation.title is None:
        changes |= {"title": title_from(prompt), "title_source": "prompt"}
    store.update(tx, conversation.id, changes)
    if conversation.title is None:
        tell_changed(tx, streams, conversation.id)
    told = crowded or bool(waiting)
    if told:
        streams.append_in(tx, conversation.stream, MessageStatus(turn.id, "pending"))
    return Queued(turn, sum(one.status == "pending" for one in waiting) + 1, told)


def _messages(conversation: Conversation, prompt: str, now: str) -> tuple[Message, Message]:
    """Return the message and its turn, later than everything before, whatever the clock does."""
    asked_at = max(now, shift(conversation.last_at, seconds=0.001))
    place, named = conversation.next_position, conversation.id
    asked = Message(ids.uuid4(), named, place, "user", prompt, "completed", asked_at, completed_at=asked_at)
    return asked, Message(ids.uuid4(), named, place + 1, "assistant", "", "pending", shift(asked_at, seconds=0.001))


def begin(tx: Tx, streams: Streams, conversation_id: str, turn_id: str) -> tuple[Conversation, Message] | None:
    """Begin a turn, or take up one that was parked; None when it is not its moment (any more)."""
    conversation = store.locked(tx, conversation_id)
    turn = store.message(tx, turn_id)
    if conversation is None or turn is None:
        return None
    if turn.parked and turn.status == "running":
        if _waits_for_answer(tx, turn):
            return None
        store.update_message(tx, turn.id, {"parked": False, "attempt": turn.attempt + 1})
    else:
        first = next(iter(store.active(tx, conversation.id)), None)
        if first is None or first.id != turn.id or turn.status != "pending":
            return None
        _first_begin(tx, streams, conversation, turn)
    begun = store.message(tx, turn_id)
    return (conversation, begun) if begun is not None else None


def _first_begin(tx: Tx, streams: Streams, conversation: Conversation, turn: Message) -> None:
    head = streams.head(tx, conversation.stream)
    values = {
        "status": "running",
        "workspace_id": conversation.workspace_id,
        "attempt": 1,
        "log_start": head.last_seq if head else 0,
        "collecting": True,
    }
    store.update_message(tx, turn.id, values)
    streams.append_in(tx, conversation.stream, MessageStart(turn.id), MessageStatus(turn.id, "running"))
    project_events.turn_started(tx, conversation, turn, store.prompt_of(tx, turn))


def park_or_fail(tx: Tx, streams: Streams, turn_id: str, *, used: TurnUsage | None = None) -> None:
    """Note that nobody performs a turn any more: one that waits for an answer goes on waiting, any other failed."""
    turn = store.message(tx, turn_id)
    if turn is None or turn.status != "running":
        return
    if _waits_for_answer(tx, turn):
        store.update_message(tx, turn.id, {"parked": True, "usage": together(turn.usage, used)})
    else:
        end(tx, streams, turn.id, RESTARTED, used=used)


def _waits_for_answer(tx: Tx, turn: Message) -> bool:
    """Whether the agent of a turn waits; for what the server asks it does not."""
    asked = question_store.questions(tx, turn.conversation_id, message_id=turn.id, only_open=True)
    return any(one.topic is None for one in asked)


def end(
    tx: Tx, streams: Streams, turn_id: str, outcome: Outcome, *, by: str | None = None, used: TurnUsage | None = None
) -> bool:
    """Give a turn its terminal status, once; return whether this did it. `used` is what its last attempt took.

    What the agent told is stored, open questions and calls are closed, and the log is made shorter.
    """
    turn = store.message(tx, turn_id)
    conversation = store.locked(tx, turn.conversation_id) if turn is not None else None
    turn = store.message(tx, turn_id)
    if turn is None or conversation is None or not turn.active:
        return False
    ran = turn.status == "running"
    told, frames = _closed_parts(tx, streams, conversation, turn) if ran else (Parts(), [])
    frames += _closed_questions(tx, conversation, turn)
    content = text_of(told) or sentence(outcome)
    values: dict[str, Any] = {
        "status": outcome.status,
        "content": content,
        "completed_at": max(tx.now(), turn.created_at),
        "error": outcome.error,
        "cancelled_by": by,
        "parked": False,
        "usage": together(turn.usage, used),
    }
    store.update_message(tx, turn.id, values)
    store.put_parts(tx, turn.id, told)
    store.update(tx, conversation.id, {"updated_at": tx.now()})
    ended = replace(turn, **values, infos=told.infos)
    record(tx, conversation, ended, values["completed_at"])
    frames += _last_frames(tx, ended, outcome, has_text=bool(text_of(told)))
    streams.append_in(tx, conversation.stream, *frames)
    project_events.turn_ended(tx, conversation, ended, outcome)
    if ran:
        shorter = shorten(streams.read_after(tx, conversation.stream, turn.log_start), turn.id)
        streams.rewrite(tx, conversation.stream, drop=shorter.drop, put=shorter.put)
    _tell_answered(tx, ended)
    return True


def _tell_answered(tx: Tx, ended: Message) -> None:
    """Wake who reads conversations, after every fifth completed turn (Fastest 3.7)."""
    if ended.status == "completed" and store.count_completed(tx, ended.conversation_id) % ANSWERS == 0:
        tx.tell(ANSWERED, ended.conversation_id)


def sentence(outcome: Outcome) -> str:
    """Return the text of a turn without any: clients hide messages that are empty (Fastest 8.1)."""
    if outcome.status == "failed":
        return f"The run failed: {outcome.error}"
    return "Cancelled." if outcome == CANCELLED else "Done."


def _closed_parts(tx: Tx, streams: Streams, conversation: Conversation, turn: Message) -> tuple[Parts, list[Frame]]:
    told = running_parts(tx, streams, conversation, turn)
    whole, changed = broken_off(told, int(tx.clock.now().timestamp() * 1000))
    frames: list[Frame] = [agent_told(turn.id, "message.part.updated", {"part": part}) for part in changed.parts]
    frames += [agent_told(turn.id, "message.updated", {"info": info}) for info in changed.infos]
    return whole, frames


def _closed_questions(tx: Tx, conversation: Conversation, turn: Message) -> list[Frame]:
    frames: list[Frame] = []
    for question in question_store.questions(tx, turn.conversation_id, message_id=turn.id, only_open=True):
        closed = replace(question, status="rejected", closed_at=tx.now())
        question_store.update_question(tx, question.id, {"status": closed.status, "closed_at": closed.closed_at})
        frames.append(question_closed(turn.id, closed))
        project_events.closed(tx, conversation, closed)
    return frames


def _last_frames(tx: Tx, ended: Message, outcome: Outcome, *, has_text: bool) -> list[Frame]:
    frames: list[Frame] = []
    if outcome == DONE and not has_text and not _anything_waits(tx, ended):
        frames.append(ContentDelta(ended.content, ended.id))
    if outcome.status == "failed" and outcome.error is not None:
        frames.append(ErrorFrame(outcome.error))
    return [*frames, MessageStatus(ended.id, ended.status), MessageComplete(ConversationMessage.of(ended))]


def _anything_waits(tx: Tx, ended: Message) -> bool:
    """Whether prompts are queued: clients draw text into the newest one that was sent (Fastest 8.7)."""
    return any(one.status == "pending" for one in store.active(tx, ended.conversation_id))
