"""Every adapter of the port `Agents`, told what its model answers in the same words."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asterism.kernel.agents import (
    AgentEvent,
    AgentJob,
    Agents,
    AgentSession,
    Ask,
    BuiltinAgents,
    Ended,
    Ground,
    Inquiry,
    OpenCodeAgents,
    PartUpdated,
    QuestionAsked,
    ScriptedAgents,
    Step,
    TextPart,
    ToolPart,
    Write,
)
from asterism.kernel.agents.opencode.installation import installed_at
from asterism.kernel.llm import PydanticModels, Scenario, Target, ToolCall
from asterism.kernel.llm.fake_server import Call, FakeModelServer, Script
from asterism.kernel.sandbox import bubblewrap_problem

MODEL_KEY = "sk-of-the-model"
SILENT = Script(("I was told nothing about that.",))
OPENCODE = installed_at(Path(sys.prefix) / "agents")
needs_opencode = pytest.mark.skipif(not OPENCODE.exists(), reason="`make test` installs OpenCode where it is pinned")
ADAPTERS = [
    "scripted",
    "builtin",
    pytest.param("opencode", marks=[needs_opencode, pytest.mark.xdist_group("opencode")]),
]


def call(tool: str, call_id: str = "c1", **arguments: Any) -> ToolCall:
    """Make a call of a tool."""
    return ToolCall(call_id, tool, msgspec.json.encode(arguments).decode())


@dataclass
class AgentWorld:
    """An adapter, a working copy, and a model that acts by prompt: `steps` has the answers to the rounds of each."""

    agents: Agents
    tree: Path
    target: Target
    steps: dict[str, Sequence[Script]] = field(default_factory=dict)
    model: FakeModelServer | None = None
    aborted: bool = False

    @property
    def calls(self) -> list[Call]:
        """What the model was asked."""
        return self.model.calls if self.model is not None else []

    def job(self, prompt: str, **options: Any) -> AgentJob:
        """Make a job on the working copy."""
        return AgentJob(self.tree, prompt, self.target, **options)

    async def turn(
        self, prompt: str, *, on: "Callable[[AgentSession, AgentEvent], Awaitable[None]] | None" = None, **options: Any
    ) -> "Told":
        """Run a whole turn; `on` is called with every event before the next is read."""
        return await turn_of(self.agents, self.job(prompt, **options), on)


@dataclass
class Told:
    """The events of a turn."""

    events: list[AgentEvent] = field(default_factory=list)

    @property
    def end(self) -> Ended:
        """The end."""
        assert isinstance(self.events[-1], Ended)
        assert not any(isinstance(event, Ended) for event in self.events[:-1])
        return self.events[-1]

    @property
    def parts(self) -> list[Any]:
        """Each part in its newest state, in order of first appearance."""
        found: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, PartUpdated):
                found[event.part.id] = event.part
        return list(found.values())

    @property
    def text(self) -> str:
        """The whole answer."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def calls(self) -> list[ToolPart]:
        """The calls in their last state."""
        return [part for part in self.parts if isinstance(part, ToolPart)]

    @property
    def questions(self) -> list[QuestionAsked]:
        """What was asked."""
        return [event for event in self.events if isinstance(event, QuestionAsked)]


async def turn_of(
    agents: Agents, job: AgentJob, on: Callable[[AgentSession, AgentEvent], Awaitable[None]] | None = None
) -> Told:
    """Run a whole turn; `on` is called with every event before the next is read."""
    told = Told()
    async with agents.open(job) as session:
        async for event in session.events():
            told.events.append(event)
            if on is not None:
                await on(session, event)
    return told


@asynccontextmanager
async def agent_world(kind: str, folder: Path) -> AsyncIterator[AgentWorld]:
    """Yield the world of an adapter, with an empty working copy in `folder`."""
    tree = folder / "tree"
    tree.mkdir()
    steps: dict[str, Sequence[Script]] = {}
    if kind == "scripted":
        target = Target("local", "demo", "http://127.0.0.1:1/v1")
        yield AgentWorld(ScriptedAgents(lambda job: _steps(steps, job)), tree, target, steps)
        return
    models = PydanticModels()
    async with FakeModelServer(answer=lambda call: Scenario(steps, SILENT).pick(call.prompt, call.rounds)) as fake:
        target = Target("local", "demo", fake.url, MODEL_KEY)
        ground = Ground("auto" if bubblewrap_problem() is None else "plain")
        agents: Agents
        try:
            agents = (
                OpenCodeAgents(OPENCODE, ground) if kind == "opencode" else BuiltinAgents(models, ground, sleep=at_once)
            )
            yield AgentWorld(agents, tree, target, steps, fake)
        finally:
            await models.stop()


async def at_once(_seconds: float) -> None:
    """Pause for no time."""


def run_agents(kind: str, folder: Path, body: Callable[[AgentWorld], Awaitable[None]]) -> None:
    """Run the body of a test in the world of an adapter."""

    async def main() -> None:
        async with asyncio.timeout(240), agent_world(kind, folder) as world:
            await body(world)

    asyncio.run(main())


def _steps(steps: dict[str, Sequence[Script]], job: AgentJob) -> list[Step]:
    found: list[Step] = []
    for script in steps.get(job.prompt, ()):
        found.extend(script.chunks)
        for wanted in script.calls:
            given = wanted.arguments or {}
            if wanted.name == "write":
                found.append(Write(given["filePath"], given["content"]))
            elif wanted.name == "question":
                found.append(Ask(tuple(msgspec.convert(given["questions"], list[Inquiry]))))
    return found
