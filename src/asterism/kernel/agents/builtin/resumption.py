"""An interrupted turn as the conversation that it was, so that the answer to its question can go on in it."""

import json
from collections.abc import Iterator
from itertools import groupby

from asterism.kernel.agents.events import Part, QuestionRejected, QuestionReplied, TextPart, ToolPart
from asterism.kernel.agents.local import LocalSession, Rejected
from asterism.kernel.agents.port import Resumption
from asterism.kernel.llm import Text, ToolCall, ToolResult, Turn

_BROKEN_OFF = "The call was broken off: the server restarted. See what it has left before you run it again."


def resumed(resumption: Resumption, session: LocalSession) -> list[Turn]:
    """Return the turns that the stored parts come to, the answered question at their end. Raises Rejected.

    The question and its answers are told to the reader as a message of this session.
    """
    question = resumption.question
    asked = {"questions": [item.question for item in question.questions]}
    message = session.begin()
    message.call("resumed", "question", "running", asked)
    if resumption.answers is None:
        session.tell(QuestionRejected(session.id, question.id))
        raise Rejected
    answers = [list(texts) for texts in resumption.answers]
    session.tell(QuestionReplied(session.id, question.id, answers))
    said = [f"{item.question}\n  {', '.join(texts)}" for item, texts in zip(question.questions, answers, strict=False)]
    text = "The user answered:\n" + "\n".join(said)
    message.called("resumed", text, failed=False)
    message.end("tool-calls")
    turns = [turn for part in _messages(resumption.parts) for turn in _turns(part)]
    call = ToolCall("resumed", "question", json.dumps(asked, ensure_ascii=False))
    return [*turns, Turn("assistant", parts=(call,)), Turn("user", parts=(ToolResult("resumed", text),))]


def _messages(parts: tuple[Part, ...]) -> Iterator[list[Part]]:
    for _, group in groupby(parts, key=lambda part: part.message_id):
        yield list(group)


def _turns(parts: list[Part]) -> Iterator[Turn]:
    said: list[Text | ToolCall] = []
    results: list[ToolResult] = []
    for part in parts:
        if isinstance(part, TextPart) and part.text:
            said.append(Text(part.text))
        elif isinstance(part, ToolPart):
            open_now = part.state.status in ("pending", "running")
            if part.tool == "question" and open_now:
                continue  # told at the end, with its answers
            said.append(ToolCall(part.id, part.tool, json.dumps(part.state.input or {}, ensure_ascii=False)))
            output = _BROKEN_OFF if open_now else part.state.output or part.state.error or ""
            results.append(ToolResult(part.id, output, error=part.state.status != "completed"))
    if said:
        yield Turn("assistant", parts=tuple(said))
    if results:
        yield Turn("user", parts=tuple(results))
