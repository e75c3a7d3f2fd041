"""An answer as it grows: what the readers of all formats put into it, and the parts that come of it."""

import secrets
from collections.abc import Hashable
from dataclasses import dataclass, field

from asterism.kernel.llm.conversation import Text, Thought, ToolCall, Turn, TurnPart
from asterism.kernel.llm.failures import FailureKind
from asterism.kernel.llm.models import (
    AnswerPart,
    CallDelta,
    CallEnd,
    CallStart,
    Delta,
    EndReason,
    ThoughtDelta,
    TurnEnd,
    Usage,
)
from asterism.kernel.llm.reading.endings import Ending
from asterism.kernel.llm.reading.wellformed import Joiner, clean


class Broken(Exception):
    """The answer is none, or not whole. `kind` is as if nothing had come yet (`failures.seen_from`)."""

    def __init__(self, kind: FailureKind) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(slots=True)
class _Thought:
    pieces: list[str] = field(default_factory=list)
    signature: str | None = None
    hidden: bool = False


@dataclass(slots=True)
class _Words:
    pieces: list[str] = field(default_factory=list)
    signature: str | None = None


@dataclass(slots=True)
class _Call:
    id: str
    name: str
    signature: str | None
    pieces: list[str] = field(default_factory=list)
    ended: bool = False

    @property
    def whole(self) -> ToolCall:
        return ToolCall(self.id, self.name, "".join(self.pieces) or "{}", self.signature)


class Assembly:
    """Collects an answer.

    `ending` is why it ended, as soon as the provider said so; `complete` that the format's own end marker has come.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._content: list[_Words | _Thought | _Call] = []
        self._calls: dict[Hashable, _Call] = {}
        self._parts: list[AnswerPart] = []
        self._text, self._thoughts = Joiner(), Joiner()
        self.ending: Ending | None = None
        self.complete = False
        self.began = False

    def take(self) -> list[AnswerPart]:
        """Return the parts that nobody has taken yet."""
        parts, self._parts = self._parts, []
        return parts

    def text(self, piece: str, signature: str | None = None) -> None:
        """Add a piece of text."""
        self._add_text(self._text.take(piece), signature)

    def _add_text(self, piece: str, signature: str | None = None) -> None:
        if not piece and signature is None:
            return
        if not self._content or not isinstance(self._content[-1], _Words):
            self._content.append(_Words())
        last = self._content[-1]
        last.signature = signature or last.signature
        if piece:
            self.began = True
            last.pieces.append(piece)
            self._parts.append(Delta(piece))

    def thought(self, piece: str, signature: str | None = None, *, hidden: bool = False) -> None:
        """Add a piece of a thought, or the signature at its end."""
        piece = self._thoughts.take(piece)
        if not piece and signature is None:
            return
        last = self._content[-1] if self._content else None
        if not isinstance(last, _Thought) or hidden or last.hidden:
            last = _Thought(hidden=hidden)
            self._content.append(last)
        last.signature = signature or last.signature
        if piece:
            last.pieces.append(piece)
            self._parts.append(ThoughtDelta(piece))

    def call(self, key: Hashable, name: str, call_id: str = "", signature: str | None = None) -> None:
        """Begin a call that is known as `key` among those of this answer. Its id is replaced when it is not unique."""
        taken = {call.id for call in self._calls.values()}
        call = _Call(call_id if call_id and call_id not in taken else f"call_{secrets.token_hex(8)}", name, signature)
        self._calls[key] = call
        self._content.append(call)
        self.began = True
        self._parts.append(CallStart(call.id, name))

    def arguments(self, key: Hashable, piece: str) -> None:
        """Add a piece of the arguments of a call that began."""
        piece = clean(piece)
        if piece:
            self._calls[key].pieces.append(piece)
            self._parts.append(CallDelta(self._calls[key].id, piece))

    def end_call(self, key: Hashable) -> None:
        """End a call, once."""
        call = self._calls[key]
        if not call.ended:
            call.ended = True
            self._parts.append(CallEnd(call.whole))

    def has_call(self, key: Hashable) -> bool:
        """Say whether a call of that key began."""
        return key in self._calls

    def said(self) -> str:
        """Return the text so far."""
        return "".join(piece for item in self._content if isinstance(item, _Words) for piece in item.pieces)

    def end(self, usage: Usage) -> None:
        """End the answer. Raises Broken when it is none, or not whole."""
        self._add_text(self._text.rest())
        if self.ending is Ending.FILTERED:
            raise Broken(FailureKind.CONTENT_FILTERED)
        if self.ending is Ending.BROKEN or (self.ending is None and self.began and not self.complete):
            raise Broken(FailureKind.INTERRUPTED)
        if not self.began:
            raise Broken(FailureKind.EMPTY)
        for key in self._calls:
            self.end_call(key)
        reason: EndReason = "end"
        if self.ending is Ending.MAX_TOKENS:
            reason = "max_tokens"
        elif self._calls:
            reason = "tool_calls"
        self._parts.append(TurnEnd(reason, usage, self._turn()))

    def _turn(self) -> Turn:
        parts = tuple(_part(item) for item in self._content)
        return Turn("assistant", self.said(), parts, self._provider)


def _part(item: _Words | _Thought | _Call) -> TurnPart:
    if isinstance(item, _Call):
        return item.whole
    if isinstance(item, _Thought):
        return Thought("".join(item.pieces), item.signature, item.hidden)
    return Text("".join(item.pieces), item.signature)
