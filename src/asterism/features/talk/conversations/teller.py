"""From an agent's events to frames: not too many, not too long, and every part whole in the end (Fastest 8.7)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from asterism.features.talk.conversations.events import Frame, agent_told
from asterism.features.talk.conversations.folds import LARGEST_FRAME, part_frames
from asterism.kernel.agents import MessageUpdated, PartRemoved, PartUpdated, ToolPart, payload

PAUSE = 0.1  # seconds between two frames of a part
LONG_TEXT = 16 * 1024  # characters, above which a frame carries what was added only
WHOLE_AGAIN = 2.0  # seconds between two whole frames of a long text
LONGEST_OUTPUT = 256 * 1024
CUT = "\n[the rest is left out]"


@dataclass(slots=True)
class _Told:
    """What was told of a part: up to where of its text, when last, and when last as a whole.

    `held` is not told yet; `partly` was told by what was added only.
    """

    length: int = 0
    at: float = float("-inf")
    whole_at: float = float("-inf")
    held: dict[str, Any] | None = None
    partly: dict[str, Any] | None = None


class Teller:
    """Tells the frames of one turn. `tell` sends them on; `now` is a clock that only goes forward, in seconds."""

    def __init__(
        self,
        message_id: str,
        tell: Callable[..., Awaitable[None]],
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._message_id, self._tell, self._now, self._sleep = message_id, tell, now, sleep
        self._parts: dict[str, _Told] = {}
        self._later: asyncio.Task[None] | None = None

    async def take(self, event: MessageUpdated | PartUpdated | PartRemoved) -> None:
        """Tell an event, now or a little later."""
        if not isinstance(event, PartUpdated):
            told = payload(event)
            await self._send([*self._held(), agent_told(self._message_id, told["type"], told["properties"])])
            return
        part: dict[str, Any] = msgspec.to_builtins(event.part)
        told_before = self._parts.setdefault(part["id"], _Told())
        told_before.held = bounded(part)
        ended = isinstance(event.part, ToolPart) and event.part.state.status in ("completed", "error")
        if ended or self._now() - told_before.at >= PAUSE:
            await self._send(self._held())
        elif self._later is None or self._later.done():
            self._later = asyncio.create_task(self._send_later())

    async def close(self) -> None:
        """Tell what is held back, each long text as a whole."""
        if self._later is not None:
            self._later.cancel()
        await self._send(self._held(last=True))

    async def _send_later(self) -> None:
        await self._sleep(PAUSE)
        await self._send(self._held())

    async def _send(self, frames: list[Frame]) -> None:
        if frames:
            await self._tell(*frames)

    def _held(self, *, last: bool = False) -> list[Frame]:
        """Return the frames of what was held back, in the order in which the parts appeared."""
        frames: list[Frame] = []
        for told in self._parts.values():
            part = told.held or (told.partly if last else None)
            told.held = None
            if part is not None:
                frames += self._frames(part, told, last=last)
        return frames

    def _frames(self, part: dict[str, Any], told: _Told, *, last: bool) -> list[Frame]:
        text = part.get("text")
        told.at = self._now()
        if part["type"] != "text" or not isinstance(text, str):
            return [agent_told(self._message_id, "message.part.updated", {"part": part})]
        delta, told.length = text[told.length :], len(text)
        told.partly = None
        if len(text) > LONG_TEXT and not last and told.at - told.whole_at < WHOLE_AGAIN:
            told.partly = part
            added = {"part": {**part, "text": ""}, "delta": delta}
            return [agent_told(self._message_id, "message.part.updated", added)]
        told.whole_at = told.at
        if len(text) > LARGEST_FRAME:
            return list(part_frames(self._message_id, part))
        whole = {"part": part, "delta": delta} if delta else {"part": part}
        return [agent_told(self._message_id, "message.part.updated", whole)]


def bounded(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of which no frame gets too long: what a call printed is cut, a text is told in pieces anyway."""
    state = part.get("state")
    if not isinstance(state, dict) or len(msgspec.json.encode(state)) <= LARGEST_FRAME:
        return part
    kept = {name: _cut(value) for name, value in state.items() if name != "metadata"}
    if len(msgspec.json.encode(kept)) > LARGEST_FRAME:
        kept["input"] = {}
    return {**part, "state": kept}


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_OUTPUT:
        return value[:LONGEST_OUTPUT] + CUT
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return value
