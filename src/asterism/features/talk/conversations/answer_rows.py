"""Asking and answering: the rows of questions (Fastest 8.8). Of several who answer, the first one counts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from asterism.base import ids
from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.talk.conversations import project_events, question_store, store
from asterism.features.talk.conversations.errors import QuestionClosed, UnknownQuestion
from asterism.features.talk.conversations.events import question_asked, question_closed
from asterism.features.talk.conversations.models import BY_SERVER, MAX_ANSWER, Message, Question
from asterism.features.talk.conversations.service import get_conversation
from asterism.kernel import agents
from asterism.kernel.agents import Inquiry
from asterism.kernel.db import Tx
from asterism.kernel.streams import Streams

Answers = Sequence[Sequence[str]]


def ask(tx: Tx, streams: Streams, turn: Message, asked: agents.Question) -> Question | None:
    """Store what a turn asks and tell it; None when the turn has ended meanwhile."""
    conversation = store.locked(tx, turn.conversation_id)
    current = store.message(tx, turn.id)
    if conversation is None or current is None or current.status != "running":
        return None
    question = Question(
        id=ids.uuid4(),
        conversation_id=conversation.id,
        message_id=turn.id,
        agent_id=asked.id,
        session_id=asked.session_id,
        inquiries=tuple(agents.inquiries(asked.questions)),
        status="pending",
        answers=None,
        asked_at=tx.now(),
    )
    question_store.insert_question(tx, question)
    streams.append_in(tx, conversation.stream, question_asked(question))
    project_events.asked(tx, conversation, question)
    return question


def ask_for_server(tx: Tx, streams: Streams, turn: Message, topic: str, inquiry: Inquiry) -> Question | None:
    """Ask something that the server wants to know for a turn that runs, once for each topic; the agent goes on.

    Return the question, which may have its answer already; None when the turn has ended.
    """
    agent_id = BY_SERVER + topic
    for known in question_store.questions(tx, turn.conversation_id, message_id=turn.id):
        if known.agent_id == agent_id:
            return known
    return ask(tx, streams, turn, agents.Question(agent_id, BY_SERVER, [inquiry]))


def close(
    tx: Tx, streams: Streams, caller: Caller, conversation_id: str, question_id: str, answers: Answers | None
) -> Question:
    """Answer a question, or reject it (None), and tell it. The same answer again is the same.

    Raises UnknownConversation, UnknownQuestion, Invalid, QuestionClosed.
    """
    conversation = get_conversation(tx, caller, conversation_id, lock=True)
    question = question_store.question(tx, conversation.id, question_id)
    if question is None:
        raise UnknownQuestion
    if answers is not None:
        check_answers(question, answers)
    given = None if answers is None else tuple(tuple(texts) for texts in answers)
    status = "rejected" if given is None else "answered"
    if question.status != "pending":
        if (question.status, question.answers) != (status, given):
            raise QuestionClosed
        return question
    values: dict[str, Any] = {"status": status, "answers": given, "closed_at": tx.now()}
    question_store.update_question(tx, question.id, values)
    closed = replace(question, **values)
    streams.append_in(tx, conversation.stream, question_closed(closed.message_id, closed))
    project_events.closed(tx, conversation, closed)
    return closed


def check_answers(question: Question, answers: Answers) -> None:
    """Raise Invalid unless there are texts for every inquiry, as many and of the kind that it takes."""
    if len(answers) != len(question.inquiries):
        raise Invalid.field("answers", f"needs one list for each of {len(question.inquiries)} questions")
    for place, (inquiry, texts) in enumerate(zip(question.inquiries, answers, strict=True)):
        path = f"answers[{place}]"
        if not texts:
            raise Invalid.field(path, "needs at least one text")
        if len(texts) > 1 and not inquiry.multiple:
            raise Invalid.field(path, "takes one text only")
        labels = {option.label for option in inquiry.options}
        for number, text in enumerate(texts):
            if not 1 <= len(text) <= MAX_ANSWER:
                raise Invalid.field(f"{path}[{number}]", f"must have 1 to {MAX_ANSWER} characters")
            if not inquiry.custom and text not in labels:
                raise Invalid.field(f"{path}[{number}]", "must be one of the options")


def reopen(tx: Tx, streams: Streams, question: Question) -> None:
    """Ask again, since the agent did not take the answer."""
    conversation = store.locked(tx, question.conversation_id)
    turn = store.message(tx, question.message_id)
    if conversation is None or turn is None or turn.status != "running":
        return
    question_store.update_question(tx, question.id, {"status": "pending", "answers": None, "closed_at": None})
    streams.append_in(tx, conversation.stream, question_asked(question))


def close_by_agent(tx: Tx, streams: Streams, question: Question) -> None:
    """Note that an agent has closed a question by itself."""
    conversation = store.locked(tx, question.conversation_id)
    current = question_store.question(tx, question.conversation_id, question.id)
    if conversation is None or current is None or current.status != "pending":
        return
    closed = replace(current, status="rejected", closed_at=tx.now())
    question_store.update_question(tx, question.id, {"status": closed.status, "closed_at": closed.closed_at})
    streams.append_in(tx, conversation.stream, question_closed(current.message_id, closed))
    project_events.closed(tx, conversation, closed)
