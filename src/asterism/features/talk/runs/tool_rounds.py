"""The tool rounds of one run: calls performed, told to who watches, and answered to the model (Starbot 8.6)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from asterism.features.talk.runs.events import ProposalCreated, RunEvent, ToolEnd, ToolStart
from asterism.features.talk.runs.prompt import tool_block
from asterism.features.talk.runs.tokens import BYTES_PER_TOKEN, estimate
from asterism.features.talk.tools import ChatTool, RunPlace, ToolAnswer, Toolbox
from asterism.kernel.llm import Tool, ToolCall, ToolResult, Turn

CALLS_PER_ROUND = 4
RESULT_TOKENS = 4_000
RUN_TOKENS = 16_000
PREVIEW = 300
CUT = "\n[cut]"
_TOO_MANY = f"Not called: at most {CALLS_PER_ROUND} calls are made at once. Call it again if it is needed still."


@dataclass(slots=True)
class ToolRounds:
    """What became of a run's calls so far. `turns` are to follow the conversation; `rounds` is how many may be made."""

    toolbox: Toolbox
    place: RunPlace
    offered: Sequence[ChatTool]
    rounds: int
    tell: Callable[[RunEvent], Awaitable[None]]
    turns: tuple[Turn, ...] = ()
    room: int = RUN_TOKENS

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What the model may call in its next answer; nothing after the last round."""
        return tuple(tool.tool for tool in self.offered) if self.rounds > 0 else ()

    @property
    def used_up(self) -> bool:
        """Whether there were tools and the last round with them is over."""
        return bool(self.offered) and self.rounds <= 0

    @property
    def tokens(self) -> int:
        """The estimated size of the turns."""
        return sum(estimate(_text_of(part)) for turn in self.turns for part in turn.content)

    async def answer(self, turn: Turn) -> None:
        """Perform the calls of a turn side by side, and keep both for the next question."""
        self.rounds -= 1
        for call in turn.calls:
            await self.tell(ToolStart(call.id, call.name, dict(call.arguments or {})))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._perform(place, call)) for place, call in enumerate(turn.calls)]
        results = [self._result(call, task.result()) for call, task in zip(turn.calls, tasks, strict=True)]
        self.turns += (turn, Turn("user", parts=tuple(results)))

    async def _perform(self, place: int, call: ToolCall) -> ToolAnswer:
        began = time.monotonic()
        if place < CALLS_PER_ROUND:
            answer = await self.toolbox.call(self.place, self.offered, call)
        else:
            answer = ToolAnswer(_TOO_MANY, error=True)
        if (made := answer.proposed) is not None:
            await self.tell(ProposalCreated(made.proposal_id, call.name, made.preview, made.expires_at))
        duration = round((time.monotonic() - began) * 1000)
        await self.tell(ToolEnd(call.id, call.name, not answer.error, duration, answer.text[:PREVIEW]))
        return answer

    def _result(self, call: ToolCall, answer: ToolAnswer) -> ToolResult:
        text = cut(answer.text, min(RESULT_TOKENS, self.room))
        self.room = max(0, self.room - estimate(text))
        return ToolResult(call.id, tool_block(call.name, text), answer.error)


def cut(text: str, tokens: int) -> str:
    """Return the beginning of a text in at most so many tokens, with a mark where it was cut."""
    if estimate(text) <= tokens:
        return text
    room = max(0, tokens * BYTES_PER_TOKEN - len(CUT))
    return text.encode()[:room].decode("utf-8", "ignore") + CUT


def _text_of(part: object) -> str:
    if isinstance(part, ToolCall):
        return part.json
    text = getattr(part, "text", "")
    return text if isinstance(text, str) else ""
