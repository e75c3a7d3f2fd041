"""What a conversation is now, told in frames to somebody who has just come (Fastest 8.7, "On connect").

All of it is safe to be told twice. Errors are not told again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asterism.features.accounts.identity import Caller
from asterism.features.talk.conversations import question_store, store
from asterism.features.talk.conversations.events import (
    ConversationMessage,
    Frame,
    MessageStart,
    MessageStatus,
    MessageUpdate,
    Ready,
    Reset,
    TimelineEntry,
    TimelineItemFrame,
    TimelineSummary,
    agent_told,
    question_asked,
    question_closed,
)
from asterism.features.talk.conversations.folds import part_frames
from asterism.features.talk.conversations.models import Conversation, Message, Parts, Question, State
from asterism.features.talk.conversations.service import get_conversation, has_gap, running_parts
from asterism.kernel.db import Tx
from asterism.kernel.streams import Head, Streams

RECENT = 20


@dataclass(frozen=True, slots=True)
class Opened:
    """What a connection begins with: frames that were rebuilt, and the seq after which the log goes on.

    One that `resumes` is told nothing of the state.
    """

    stream: str
    last_seq: int
    frames: Sequence[Frame]
    after: int
    resumes: bool


def open_stream(tx: Tx, streams: Streams, caller: Caller, conversation_id: str, *, after: int | None) -> Opened:
    """Return what somebody is told first; with `after` they have seen the log up to there.

    Raises UnknownConversation.
    """
    conversation = get_conversation(tx, caller, conversation_id)
    head = streams.head(tx, conversation.stream) or Head(0, closed=True)
    turns = store.active(tx, conversation.id)
    asked = question_store.questions(tx, conversation.id, only_open=True)
    state: State = "waiting" if asked else "running" if any(one.status == "running" for one in turns) else "idle"
    frames: list[Frame] = [Ready(conversation.id, state, [one.id for one in turns if one.status == "pending"])]
    resumes = after is not None and not has_gap(head, after)
    if not resumes:
        frames += [Reset()] if after is not None else []
        frames += rebuilt_state(tx, streams, conversation, turns, asked)
    start = after if after is not None and resumes else head.last_seq
    return Opened(conversation.stream, head.last_seq, frames, start, resumes)


def rebuilt_state(
    tx: Tx, streams: Streams, conversation: Conversation, turns: Sequence[Message], asked: Sequence[Question]
) -> Iterator[Frame]:
    """Yield the frames (a) to (e)."""
    ended = store.newest(tx, conversation.id, limit=RECENT, ended=True)
    for one in ended:
        yield MessageUpdate(ConversationMessage.of(one))
        yield MessageStatus(one.id, one.status)
        if one is ended[-1]:
            yield from told_again(tx, one, store.parts_of(tx, one))
    for item in question_store.timeline(tx, conversation.id, RECENT):
        yield TimelineItemFrame(TimelineEntry.of(item))
        if item.summary is not None:
            yield TimelineSummary(item.id, item.summary)
    for one in turns:
        if one.status == "running":
            yield MessageStart(one.id)
            yield MessageStatus(one.id, "running")
            yield from told_again(tx, one, running_parts(tx, streams, conversation, one))
    yield from (MessageStatus(one.id, "pending") for one in turns if one.status == "pending")
    yield from (question_asked(one) for one in asked)


def told_again(tx: Tx, message: Message, told: Parts) -> Iterator[Frame]:
    """Yield what the agent told in one turn, every part in full, and how the turn's questions were closed."""
    yield from (agent_told(message.id, "message.updated", {"info": info}) for info in told.infos)
    for part in told.parts:
        yield from part_frames(message.id, part)
    for question in question_store.questions(tx, message.conversation_id, message_id=message.id):
        if question.status != "pending":
            yield question_closed(message.id, question)


def open_questions(tx: Tx, conversation_id: str) -> list[Frame]:
    """Return the frames that ask what is open now."""
    return [question_asked(one) for one in question_store.questions(tx, conversation_id, only_open=True)]
