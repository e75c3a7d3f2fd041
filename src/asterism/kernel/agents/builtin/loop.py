"""The work of one turn: the model is asked, its calls are run, their results go back, until it calls nothing more."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from asterism.kernel.agents.builtin import context
from asterism.kernel.agents.builtin.bench import Result
from asterism.kernel.agents.builtin.prompts import prompt
from asterism.kernel.agents.builtin.toolbox import Toolbox
from asterism.kernel.agents.local import LocalSession, Message, TurnFailed
from asterism.kernel.llm import (
    CallEnd,
    CallStart,
    Delta,
    FailureKind,
    Limits,
    ModelFailure,
    Models,
    Request,
    RetryPolicy,
    Target,
    ThoughtDelta,
    ToolCall,
    ToolResult,
    Turn,
    TurnEnd,
    asked,
)

log = structlog.get_logger(__name__)

STEPS = 150
SAME_CALLS = 3
LOOPING_CALLS = 8
BAD_ROUNDS = 6
CONTINUATIONS = 3
OUTPUT_TOKENS = 16_000
LIMITS = Limits(first_token=120, gap=120, total=1200)
CUT = "Your answer was cut off at its longest. Go on exactly where it ended."
REPEATED = "\n\n(This is the same call with the same result for the {count}. time. Do something else.)"


@dataclass(frozen=True, slots=True)
class Patience(RetryPolicy):
    """Eight calls within 60 s, counted from `began` on the clock `now` (Fastest 8.5)."""

    began: float = 0.0
    now: Callable[[], float] = lambda: 0.0

    def pause(self, failure: ModelFailure, attempt: int) -> float | None:
        """See `RetryPolicy.pause`."""
        pause = RetryPolicy.pause(self, failure, attempt)
        return None if pause is None or self.now() - self.began + pause > 60 else pause


@dataclass(frozen=True, slots=True)
class Setting:
    """What does not change during a turn. `room` is how many tokens a request may have."""

    models: Models
    target: Target
    system: str
    room: int
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


class Loop:
    """One turn. `turns` is the conversation as the model gets it."""

    def __init__(self, setting: Setting, session: LocalSession, toolbox: Toolbox, turns: Sequence[Turn]) -> None:
        self._setting, self._session, self._toolbox = setting, session, toolbox
        self._turns = list(turns)
        self._results: dict[tuple[str, str], tuple[str, int]] = {}
        self._bad_rounds = 0
        self._cuts = 0
        self._shrunk = False

    async def run(self) -> None:
        """Work until the model is done. Raises TurnFailed, ModelFailure, Rejected."""
        for _ in range(STEPS):
            await self._compact(self._setting.room * 3 // 4)
            message = self._session.begin()
            end = await self._ask(message)
            self._session.count(end.usage)
            self._turns.append(end.turn)
            if end.turn.calls:
                self._turns.append(Turn("user", parts=tuple(await self._call(message, end.turn.calls))))
                message.end("tool-calls")
            elif end.reason == "max_tokens":
                self._go_on_after_cut(message)
            else:
                message.end("stop")
                return
        raise TurnFailed(f"The agent stopped after {STEPS} steps without coming to an end. Say how to go on.")

    def _go_on_after_cut(self, message: Message) -> None:
        message.end("length")
        self._cuts += 1
        if self._cuts > CONTINUATIONS:
            raise TurnFailed("The answer does not fit what the model may write. Ask for less at once.")
        self._turns.append(Turn("user", CUT))

    async def _ask(self, message: Message) -> TurnEnd:
        """Ask for the next answer, again where the provider fails before it has begun."""
        self._shrunk = False
        now = asyncio.get_running_loop().time
        policy = Patience((1, 2, 4, 8, 10, 12, 15), jitter=0.1, patience=30.0, began=now(), now=now)
        stream = _Stream(message)

        async def attempt() -> TurnEnd:
            return await stream.read(self._setting.models, self._request())

        return await asked(attempt, policy, told=lambda: stream.told, remedy=self._remedy, sleep=self._setting.sleep)

    def _request(self) -> Request:
        return Request(
            self._setting.target,
            tuple(self._turns),
            self._setting.system,
            max_output_tokens=OUTPUT_TOKENS,
            tools=self._toolbox.tools,
            limits=LIMITS,
        )

    async def _remedy(self, failure: ModelFailure) -> bool:
        """Make a conversation that is too long for the model shorter, once for each answer it refuses."""
        if failure.failure is not FailureKind.CONTEXT_TOO_LONG or self._shrunk:
            return False
        self._shrunk = True
        return await self._compact(min(self._setting.room, context.size(self._turns)) // 3)

    async def _call(self, message: Message, calls: Sequence[ToolCall]) -> list[ToolResult]:
        """Run calls: neighbours that only read together, the others one by one. Results are in the calls' order."""
        found: dict[str, Result] = {}
        reading: list[ToolCall] = []
        for call in (*calls, None):
            if call is not None and not self._toolbox.writes(call):
                reading.append(call)
                continue
            if reading:
                results = await asyncio.gather(*(self._run(message, one) for one in reading))
                found |= {one.id: result for one, result in zip(reading, results, strict=True)}
                reading = []
            if call is not None:
                found[call.id] = await self._run(message, call)
                await self._session.taken()
        self._judge([found[call.id] for call in calls])
        return [ToolResult(call.id, self._noted(call, found[call.id]), error=found[call.id].failed) for call in calls]

    async def _run(self, message: Message, call: ToolCall) -> Result:
        message.call(call.id, call.name, "running", dict(call.arguments or {}))
        result = await self._toolbox.run(call)
        if self._toolbox.changes(call) and not result.failed:
            self._results.clear()  # the same call may bring something else now
        message.called(call.id, result.text, failed=result.failed, title=result.title, metadata=result.metadata)
        return result

    def _judge(self, results: Sequence[Result]) -> None:
        self._bad_rounds = self._bad_rounds + 1 if all(result.failed for result in results) else 0
        if self._bad_rounds >= BAD_ROUNDS:
            raise TurnFailed(
                f"The model made {BAD_ROUNDS} rounds of calls that cannot be run. Try again, or choose another model."
            )

    def _noted(self, call: ToolCall, result: Result) -> str:
        """Return a result for the model, with a remark when the same call brought the same before."""
        key = (call.name, call.json)
        before, count = self._results.get(key, ("", 0))
        count = count + 1 if before == result.text else 1
        self._results[key] = (result.text, count)
        if count >= LOOPING_CALLS:
            raise TurnFailed(f"The agent repeated one call of {call.name} without getting anywhere and was stopped.")
        return result.text + (REPEATED.format(count=count) if count >= SAME_CALLS else "")

    async def _compact(self, room: int) -> bool:
        """Make the conversation fit `room` tokens. Returns whether anything changed."""
        if context.size(self._turns) <= room:
            return False
        before = list(self._turns)
        self._turns = context.pruned(self._turns, room // 2)
        if context.size(self._turns) > room:
            old, new = context.divided(self._turns, room // 3)
            if old:
                self._turns = [Turn("user", await self._summary(old)), *new]
        return self._turns != before

    async def _summary(self, old: Sequence[Turn]) -> str:
        room = self._setting.room * 3 // 2  # characters: half of the tokens
        for longest in (4000, 1000, 250):
            passages = context.passages(old, longest)
            if sum(map(len, passages)) <= room:
                break
        while sum(map(len, passages)) > room:
            passages = passages[len(passages) // 2 :]
        request = Request(
            self._setting.target, (Turn("user", "\n\n".join(passages)),), prompt("summary"), limits=LIMITS
        )
        answer = await self._setting.models.complete(request)
        self._session.count(answer.usage)
        log.info("agent.compacted", turns=len(old))
        return f"Summary of the conversation so far:\n\n{context.cited(answer.text, old)}"


class _Stream:
    """One answer on its way into a message. `told` is true once a reader has seen something of it."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self.told = False

    async def read(self, models: Models, request: Request) -> TurnEnd:
        async with aclosing(models.parts(request)) as parts:
            async for part in parts:
                self.told = self.told or not isinstance(part, TurnEnd)
                if isinstance(part, Delta):
                    self._message.text(part.text)
                elif isinstance(part, ThoughtDelta):
                    self._message.thought(part.text)
                elif isinstance(part, CallStart):
                    self._message.call(part.id, part.name, "pending", {})
                elif isinstance(part, CallEnd):
                    self._message.call(part.call.id, part.call.name, "pending", dict(part.call.arguments or {}))
                elif isinstance(part, TurnEnd):
                    return part
        raise TurnFailed("The model's answer had no end.")
