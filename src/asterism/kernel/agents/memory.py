"""Agents from a script, for tests of what stands above the port: no model, no sandbox, real files."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from asterism.base.ids import ulid
from asterism.kernel.agents.events import Inquiry
from asterism.kernel.agents.local import LocalSession, Message, TurnFailed
from asterism.kernel.agents.port import AgentJob, AgentSession
from asterism.kernel.llm import Target, Usage


@dataclass(frozen=True, slots=True)
class Think:
    """A thought."""

    text: str


@dataclass(frozen=True, slots=True)
class Write:
    """A call of `write`: the file is really written, below the working copy. None deletes it."""

    path: str
    content: str | bytes | None


@dataclass(frozen=True, slots=True)
class Ask:
    """A call of `question`; the answers become its output."""

    questions: tuple[Inquiry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A call of `todowrite` with what there is to do: pairs of a text and a status."""

    todos: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait for something."""

    until: asyncio.Event


@dataclass(frozen=True, slots=True)
class Fail:
    """The turn ends as failed, with this text for people."""

    error: str


@dataclass(frozen=True, slots=True)
class Spend:
    """The model has taken tokens."""

    usage: Usage


Step: TypeAlias = str | Think | Write | Ask | Plan | Wait | Fail | Spend | Callable[[AgentJob], object]


class ScriptedAgents:
    """Plays what `script(job)` returns: a text is a piece of the answer, a function is called with the job.

    `jobs` lists what was opened, `open_now` counts the sessions that are open.
    """

    name = "scripted"

    def __init__(self, script: Callable[[AgentJob], Sequence[Step]] = lambda _: ("ok",)) -> None:
        self._script = script
        self.jobs: list[AgentJob] = []
        self.open_now = 0

    @asynccontextmanager
    async def open(self, job: AgentJob) -> AsyncIterator[AgentSession]:
        """See `port.Agents.open`."""
        self.jobs.append(job)
        self.open_now += 1
        try:
            async with LocalSession(lambda session: _play(session, job, self._script(job))) as session:
                yield session
        finally:
            self.open_now -= 1

    def claim_folder(self, target: Target, url: str) -> None:
        """Nothing waits."""

    async def stop(self) -> None:
        """Nothing is kept."""


async def _play(session: LocalSession, job: AgentJob, steps: Sequence[Step]) -> None:
    message = session.begin()
    for step in steps:
        if isinstance(step, str):
            message.text(step)
        elif isinstance(step, Think):
            message.thought(step.text)
        elif isinstance(step, Write):
            await _write(session, message, job, step)
        elif isinstance(step, Ask):
            await _ask(session, message, step)
        elif isinstance(step, Plan):
            _plan(message, step)
        elif isinstance(step, Wait):
            await step.until.wait()
        elif isinstance(step, Spend):
            session.count(step.usage)
        elif isinstance(step, Fail):
            raise TurnFailed(step.error)
        else:
            step(job)
        await asyncio.sleep(0)


async def _write(session: LocalSession, message: Message, job: AgentJob, step: Write) -> None:
    call = f"call_{ulid()}"
    message.call(call, "write", "running", {"filePath": step.path})
    path = job.tree / step.path
    if step.content is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(step.content.encode() if isinstance(step.content, str) else step.content)
    message.called(call, f"Wrote {step.path}.", failed=False)
    await session.taken()


async def _ask(session: LocalSession, message: Message, step: Ask) -> None:
    call = f"call_{ulid()}"
    message.call(call, "question", "running", {"questions": [item.question for item in step.questions]})
    answers = await session.ask(step.questions)
    message.called(call, "\n".join(", ".join(texts) for texts in answers), failed=False)


def _plan(message: Message, step: Plan) -> None:
    call, todos = f"call_{ulid()}", [{"content": text, "status": status} for text, status in step.todos]
    message.call(call, "todowrite", "running", {"todos": todos})
    message.called(call, "", failed=False, metadata={"todos": todos})
