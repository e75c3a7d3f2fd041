"""What an agent tells while it works, in OpenCode's vocabulary (Fastest 8.1 and 8.7): messages, parts, questions."""

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from asterism.kernel.llm import Usage

_IDS = {
    "session_id": "sessionID",
    "message_id": "messageID",
    "part_id": "partID",
    "call_id": "callID",
    "request_id": "requestID",
}


class MessageTime(Struct, frozen=True, omit_defaults=True):
    """When a message began and, once it has, ended: Unix time in milliseconds."""

    created: int
    completed: int | None = None


class MessageInfo(Struct, frozen=True, omit_defaults=True, rename=_IDS):
    """One answer of the model. `finish` is `tool-calls` for every answer of a turn but the last.

    An agent begins a message of its own for each call of the model; their parts belong to the same turn.
    """

    id: str
    session_id: str
    role: Literal["assistant"]
    time: MessageTime
    finish: str | None = None
    error: dict[str, Any] | None = None


class _Part(Struct, frozen=True, omit_defaults=True, tag_field="type", rename=_IDS):
    id: str
    session_id: str
    message_id: str


class TextPart(_Part, frozen=True, tag="text"):
    """Text of the answer, all of it so far."""

    text: str


class ReasoningPart(_Part, frozen=True, tag="reasoning"):
    """What the model thinks, all of it so far."""

    text: str


class ToolState(Struct, frozen=True, omit_defaults=True):
    """How far a call is. A failed one has the text of its error in `output` too, where older clients look."""

    status: Literal["pending", "running", "completed", "error"]
    input: dict[str, Any] | None = None
    output: str | None = None
    error: str | None = None
    title: str | None = None
    metadata: dict[str, Any] | None = None


class ToolPart(_Part, frozen=True, tag="tool"):
    """One call of a tool."""

    tool: str
    call_id: str
    state: ToolState


class FilePart(_Part, frozen=True, tag="file"):
    """A file that the agent shows."""

    mime: str
    url: str
    filename: str | None = None


class PatchPart(_Part, frozen=True, tag="patch"):
    """Files that a step changed."""

    hash: str
    files: list[str]


class SnapshotPart(_Part, frozen=True, tag="snapshot"):
    """The agent's own name of a state of the tree."""

    snapshot: str


Part: TypeAlias = TextPart | ReasoningPart | ToolPart | FilePart | PatchPart | SnapshotPart


class Option(Struct, frozen=True):
    """One answer to choose. Labels of one question differ and are never empty."""

    label: str
    description: str = ""


class Inquiry(Struct, frozen=True, omit_defaults=True):
    """One of the questions that are asked together. `custom`: any text may be the answer, not only a label."""

    question: str
    header: str
    options: list[Option]
    multiple: bool = False
    custom: bool = True


class Question(Struct, frozen=True, rename=_IDS):
    """Questions that one call asks; answered with a list of texts for each."""

    id: str
    session_id: str
    questions: list[Inquiry]


class MessageUpdated(Struct, frozen=True, tag="message.updated"):
    """A message begins, or has ended."""

    info: MessageInfo


class PartUpdated(Struct, frozen=True, omit_defaults=True, tag="message.part.updated"):
    """A part in its newest state. Follows the first `MessageUpdated` of its message. `delta` is what text was added."""

    part: Part
    delta: str | None = None

    @property
    def ended_call(self) -> ToolPart | None:
        """The call that has just ended, well or not; None for everything else. The moment for a checkpoint."""
        part = self.part
        return part if isinstance(part, ToolPart) and part.state.status in ("completed", "error") else None


class PartRemoved(Struct, frozen=True, tag="message.part.removed", rename=_IDS):
    """A part is taken back."""

    message_id: str
    part_id: str


class QuestionAsked(Struct, frozen=True, tag="question.asked"):
    """The agent asks, and goes on with other things at most."""

    question: Question


class QuestionReplied(Struct, frozen=True, tag="question.replied", rename=_IDS):
    """A question has its answers."""

    session_id: str
    request_id: str
    answers: list[list[str]]


class QuestionRejected(Struct, frozen=True, tag="question.rejected", rename=_IDS):
    """A question is closed without an answer."""

    session_id: str
    request_id: str


class Ended(Struct, frozen=True, tag="ended"):
    """The last event of a session, never left out. `error` is for people and says what to do; only with `failed`.

    `usage` are the tokens of the whole turn, as far as the provider counted them.
    """

    reason: Literal["done", "aborted", "failed"]
    error: str | None = None
    usage: Usage = Usage()


AgentEvent: TypeAlias = (
    MessageUpdated | PartUpdated | PartRemoved | QuestionAsked | QuestionReplied | QuestionRejected | Ended
)


def payload(event: AgentEvent) -> dict[str, Any]:
    """Return an event as `{type, properties}`, the way clients read it (8.7). `Ended` is not for clients."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    kind = fields.pop("type")
    return {"type": kind, "properties": fields["question"] if kind == "question.asked" else fields}


def inquiries(questions: list[Inquiry]) -> list[Inquiry]:
    """Make questions that every client can show: at least one option each, labels different and not empty (8.7).

    A number is appended to a label that is there already. Without options there is one that says how to go on.
    """
    return [msgspec.structs.replace(question, options=_options(question.options)) for question in questions]


def _options(options: list[Option]) -> list[Option]:
    found: dict[str, Option] = {}
    for number, option in enumerate(options or [Option("Continue", "Go on as you think best.")], 1):
        wanted = option.label.strip() or f"Option {number}"
        label, count = wanted, 1
        while label in found:
            count += 1
            label = f"{wanted} {count}"
        found[label] = Option(label, option.description)
    return list(found.values())
