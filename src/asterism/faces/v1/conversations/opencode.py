"""`…/opencode-messages` and `…/opencode-questions`: what the agent told, and what it asks."""

from typing import Literal

import msgspec

from asterism.faces.v1.call import Call, get, post
from asterism.faces.v1.wire import Done, Empty
from asterism.faces.v1.wire_conversations import AgentOutput, AgentOutputs, AgentQuestion, QuestionList
from asterism.features.talk import conversations


class QuestionsAsked(msgspec.Struct):
    """Which questions to list."""

    status: Literal["pending", "all"] = "pending"


class Reply(msgspec.Struct):
    """The answers: for each of the questions asked together a list of texts."""

    answers: list[list[str]]


@get("/v1/conversations/{conversation_id:str}/opencode-messages")
def opencode_messages(call: Call, conversation_id: str) -> AgentOutputs:
    """GET /v1/conversations/:conversationId/opencode-messages: what the agent told, by assistant message."""
    found = conversations.all_parts(call.tx, call.rt.streams, call.caller, conversation_id)
    return AgentOutputs({message_id: AgentOutput.of(told) for message_id, told in found.items()})


@get("/v1/conversations/{conversation_id:str}/opencode-questions")
def opencode_questions(call: Call, conversation_id: str, query: QuestionsAsked) -> QuestionList:
    """GET /v1/conversations/:conversationId/opencode-questions: the questions that are open, or all."""
    found = conversations.list_questions(call.tx, call.caller, conversation_id, only_open=query.status == "pending")
    return QuestionList([AgentQuestion.of(one) for one in found])


@post(
    "/v1/conversations/{conversation_id:str}/opencode-questions/{request_id:str}/reply",
    errors=(conversations.QuestionClosed, conversations.AnswerRefused),
)
async def reply(call: Call, conversation_id: str, request_id: str, body: Reply) -> Done:
    """POST /v1/conversations/:conversationId/opencode-questions/:requestId/reply: answer a question."""
    await call.rt.turns.answer(call.caller, conversation_id, request_id, body.answers)
    return Done()


@post(
    "/v1/conversations/{conversation_id:str}/opencode-questions/{request_id:str}/reject",
    errors=(conversations.QuestionClosed, conversations.AnswerRefused),
)
async def reject(call: Call, conversation_id: str, request_id: str, body: Empty) -> Done:  # noqa: ARG001 - any object
    """POST /v1/conversations/:conversationId/opencode-questions/:requestId/reject: close a question unanswered."""
    await call.rt.turns.answer(call.caller, conversation_id, request_id, None)
    return Done()
