"""What OpenCode's events mean: those of one session become events of the port, everything else is dropped. Pure.

Its stream was seen to hold doubles (`sync`), other sessions, users' messages, and text in `message.part.delta` only
(docs/spec/agents.md). An event that is not as expected is dropped too: it comes from inside the sandbox.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import msgspec

from asterism.kernel.agents.events import (
    AgentEvent,
    FilePart,
    Inquiry,
    MessageInfo,
    MessageUpdated,
    Option,
    Part,
    PartRemoved,
    PartUpdated,
    PatchPart,
    Question,
    QuestionAsked,
    QuestionRejected,
    QuestionReplied,
    ReasoningPart,
    SnapshotPart,
    TextPart,
    ToolPart,
    inquiries,
)
from asterism.kernel.agents.opencode.desk import SERVER
from asterism.kernel.llm import FailureKind, ModelFailure, Target, Usage, label
from asterism.kernel.llm.failures import of_status

RETRIES = 4
UNKNOWN_ENDS = 3
PROPER = frozenset({"stop", "length", "tool-calls", "content-filter"})
"""How an answer that came to its end has ended; a stream that just stops was seen as `unknown`."""
_PARTS: Mapping[str, type[Part]] = {
    "text": TextPart,
    "reasoning": ReasoningPart,
    "tool": ToolPart,
    "file": FilePart,
    "patch": PatchPart,
    "snapshot": SnapshotPart,
}


MOST_TOKENS = 10**9


def counted(tokens: Mapping[str, Any]) -> Usage:
    """Return what a message says it took; its `input` is without what the cache had, its `output` without thoughts."""
    cache = tokens.get("cache")
    kept = cache if isinstance(cache, Mapping) else {}
    read, thought = _count(kept.get("read")), _count(tokens.get("reasoning"))
    taken = _count(tokens.get("input")) + read + _count(kept.get("write"))
    told = _count(tokens.get("output")) + thought
    return Usage(taken, told, read, thought, reported=taken + told > 0)


def _count(value: Any) -> int:
    return min(max(value, 0), MOST_TOKENS) if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Idle:
    """The session has nothing more to do."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """The session would go on for ever and has to be aborted; the text says why, for people."""

    error: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The session met an error; `aborted` when it says that somebody aborted it."""

    error: str
    aborted: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """Something asks for leave, which nobody here gives."""

    id: str


Heard: TypeAlias = AgentEvent | Idle | Stuck | Failed | Permission


class _Question(msgspec.Struct):
    question: str
    header: str = ""
    options: list[Option] = []
    multiple: bool = False
    custom: bool = True


class _Asked(msgspec.Struct):
    id: str
    questions: list[_Question]


@dataclass(slots=True)
class Translation:
    """The state of one session: its messages, parts and questions. `lookups` are tools of the server, in our names."""

    session_id: str
    target: Target
    lookups: frozenset[str] = frozenset()
    questions: set[str] = field(default_factory=set)
    _messages: dict[str, MessageInfo] = field(default_factory=dict)
    _parts: dict[str, Part] = field(default_factory=dict)
    _children: set[str] = field(default_factory=set)
    _busy: bool = False
    _unknown: int = 0

    def hear(self, payload: Mapping[str, Any]) -> Iterator[Heard]:
        """Yield what an event of the stream means."""
        handle = self._HANDLERS.get(payload.get("type", ""))
        properties = payload.get("properties")
        if handle is None or not isinstance(properties, dict):
            return
        try:
            yield from handle(self, properties)
        except (msgspec.ValidationError, KeyError, TypeError, AttributeError, ValueError):
            return

    def _message(self, found: dict[str, Any]) -> Iterator[Heard]:
        info = found["info"]
        if info["sessionID"] != self.session_id or info["role"] != "assistant":
            return
        told = msgspec.convert(
            {
                key: info[key]
                for key in ("id", "sessionID", "role", "time", "finish", "error")
                if info.get(key) is not None
            },
            MessageInfo,
            strict=False,
        )
        first_end = told.time.completed is not None and (
            told.id not in self._messages or self._messages[told.id].time.completed is None
        )
        self._messages[told.id] = told
        yield MessageUpdated(told)
        if first_end:
            self._unknown = 0 if told.finish in PROPER else self._unknown + 1
            if self._unknown >= UNKNOWN_ENDS:
                yield Stuck("The model's answers have no proper end. Choose another model, or look after its server.")

    def _part(self, found: dict[str, Any]) -> Iterator[Heard]:
        raw = found["part"]
        kind = _PARTS.get(raw["type"])
        if kind is None or raw["messageID"] not in self._messages:
            return
        part = self._named(msgspec.convert(_completed(raw), kind))
        before = self._parts.get(part.id)
        if isinstance(part, TextPart | ReasoningPart) and isinstance(before, type(part)):
            if len(part.text) < len(before.text):
                return
            delta = part.text[len(before.text) :]
        else:
            delta = part.text if isinstance(part, TextPart | ReasoningPart) else ""
        self._parts[part.id] = part
        yield PartUpdated(part, delta or None)

    def _named(self, part: Part) -> Part:
        """Return a call by the name that every agent's has: here the tools of the desk begin with its name."""
        if isinstance(part, ToolPart) and (name := part.tool.removeprefix(f"{SERVER}_")) in self.lookups:
            return msgspec.structs.replace(part, tool=name)
        return part

    def _delta(self, found: dict[str, Any]) -> Iterator[Heard]:
        part = self._parts.get(found["partID"])
        if found["field"] != "text" or not isinstance(part, TextPart | ReasoningPart) or not found["delta"]:
            return
        part = msgspec.structs.replace(part, text=part.text + found["delta"])
        self._parts[part.id] = part
        yield PartUpdated(part, found["delta"])

    def _removed(self, found: dict[str, Any]) -> Iterator[Heard]:
        if self._parts.pop(found["partID"], None) is not None:
            yield PartRemoved(found["messageID"], found["partID"])

    def _created(self, found: dict[str, Any]) -> Iterator[Heard]:
        info = found["info"]
        if info.get("parentID") in (self.session_id, *self._children):
            self._children.add(info["id"])
        yield from ()

    def _asked(self, found: dict[str, Any]) -> Iterator[Heard]:
        if found["sessionID"] not in (self.session_id, *self._children):
            return
        asked = msgspec.convert(found, _Asked)
        self.questions.add(asked.id)
        said = [Inquiry(one.question, one.header, one.options, one.multiple, one.custom) for one in asked.questions]
        yield QuestionAsked(Question(asked.id, self.session_id, inquiries(said)))

    def _replied(self, found: dict[str, Any]) -> Iterator[Heard]:
        if found["requestID"] in self.questions:
            self.questions.discard(found["requestID"])
            answers = msgspec.convert(found["answers"], list[list[str]])
            yield QuestionReplied(self.session_id, found["requestID"], answers)

    def _rejected(self, found: dict[str, Any]) -> Iterator[Heard]:
        if found["requestID"] in self.questions:
            self.questions.discard(found["requestID"])
            yield QuestionRejected(self.session_id, found["requestID"])

    def _status(self, found: dict[str, Any]) -> Iterator[Heard]:
        if found["sessionID"] != self.session_id:
            return
        status = found["status"]
        if status["type"] == "busy":
            self._busy = True
        elif status["type"] == "retry" and int(status["attempt"]) >= RETRIES:
            yield Stuck(f"{_name(self.target)} keeps failing. Try again in a moment.")
        elif status["type"] == "idle":
            yield from self._idle(found)

    def _idle(self, found: dict[str, Any]) -> Iterator[Heard]:
        if found["sessionID"] == self.session_id and self._busy:
            if self._unknown:
                yield Failed("The model's answer broke off. Try again.", aborted=False)
            yield Idle()

    def _error(self, found: dict[str, Any]) -> Iterator[Heard]:
        if found.get("sessionID", self.session_id) == self.session_id:
            error = found["error"]
            yield Failed(_worded(error, self.target), error["name"] == "MessageAbortedError")

    def _permission(self, found: dict[str, Any]) -> Iterator[Heard]:
        yield Permission(found["id"])

    _HANDLERS: ClassVar[Mapping[str, Callable[["Translation", dict[str, Any]], Iterator[Heard]]]] = {
        "message.updated": _message,
        "message.part.updated": _part,
        "message.part.delta": _delta,
        "message.part.removed": _removed,
        "session.created": _created,
        "question.asked": _asked,
        "question.replied": _replied,
        "question.rejected": _rejected,
        "session.status": _status,
        "session.idle": _idle,
        "session.error": _error,
        "permission.asked": _permission,
    }


def _completed(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a part as clients read it: a failed call has its error in `output` too."""
    state = raw.get("state")
    if isinstance(state, dict) and state.get("status") == "error" and "output" not in state:
        return {**raw, "state": {**state, "output": state.get("error", "")}}
    return raw


def _worded(error: Mapping[str, Any], target: Target) -> str:
    """Say what an error of the session is, in our words where its status tells: theirs may hold addresses and keys."""
    data = error.get("data")
    status = data.get("statusCode") if isinstance(data, dict) else None
    kind = of_status(status) if isinstance(status, int) else None
    if kind is not None:
        return str(ModelFailure(kind, name=_name(target), model=target.model))
    name = str(error["name"])
    if name == "ProviderAuthError":
        return str(ModelFailure(FailureKind.AUTH, name=_name(target), model=target.model))
    return f"The agent stopped with an error ({name[:60]}). Try again, or choose another model."


def _name(target: Target) -> str:
    name = label(target.provider)
    return name[:1].upper() + name[1:]
