"""Values that a turn was granted, out of everything that its agent tells (Beyond 11)."""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from asterism.base.masks import mask, needles, settled
from asterism.kernel.agents import (
    AgentEvent,
    Ended,
    MessageUpdated,
    PartUpdated,
    QuestionAsked,
    ReasoningPart,
    TextPart,
    ToolPart,
)

T = TypeVar("T")


class Masker:
    """Masks the events of one turn. What grows is told up to where a value may begin, and whole in the end."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._needles = needles(values)
        self._held: dict[str, PartUpdated] = {}

    def add(self, values: Iterable[str]) -> None:
        """Mask these values too, from now on."""
        self._needles = needles((*self._needles, *values))

    def text(self, text: str) -> str:
        """Mask a text that is whole."""
        return mask(text, self._needles)

    def events(self, event: AgentEvent) -> list[AgentEvent]:
        """Return what is told instead of an event."""
        if not self._needles:
            return [event]
        if isinstance(event, PartUpdated):
            return [self._part(event)]
        if isinstance(event, QuestionAsked):
            return [self._masked(event, growing=False)]
        if isinstance(event, Ended):
            error = None if event.error is None else self.text(event.error)
            return [*self._rest(None), msgspec.structs.replace(event, error=error)]
        if isinstance(event, MessageUpdated) and event.info.time.completed is not None:
            return [*self._rest(event.info.id), event]
        return [event]

    def _part(self, event: PartUpdated) -> PartUpdated:
        part = event.part
        whole = isinstance(part, ToolPart) and part.state.status in ("completed", "error")
        if isinstance(part, TextPart | ReasoningPart):
            self._held[part.id] = event
        return msgspec.structs.replace(self._masked(event, growing=not whole), delta=None)

    def _rest(self, message_id: str | None) -> list[AgentEvent]:
        """Return the texts of a message, or of all, as they are in the end."""
        ended = [one for one in self._held.values() if message_id in (None, one.part.message_id)]
        for one in ended:
            del self._held[one.part.id]
        return [msgspec.structs.replace(self._masked(one, growing=False), delta=None) for one in ended]

    def _masked(self, event: T, *, growing: bool) -> T:
        shown: T = msgspec.convert(self._walk(msgspec.to_builtins(event), growing=growing), type(event))
        return shown

    def _walk(self, value: Any, *, growing: bool) -> Any:
        if isinstance(value, str):
            return settled(self.text(value), self._needles) if growing else self.text(value)
        if isinstance(value, dict):
            return {name: _fixed(name, one) or self._walk(one, growing=growing) for name, one in value.items()}
        if isinstance(value, list):
            return [self._walk(one, growing=growing) for one in value]
        return value


_NAMES = frozenset({"id", "type", "status", "tool", "sessionID", "messageID", "callID", "mime"})


def _fixed(name: str, value: Any) -> Any:
    """Return a value that names something of the protocol and stays as it is; None for all others."""
    return value if name in _NAMES and isinstance(value, str) else None
