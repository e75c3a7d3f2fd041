"""Starting the built-in agent on a job: what the model is told first, and how an interrupted turn goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from asterism.kernel.agents.builtin import context
from asterism.kernel.agents.builtin.bench import Bench
from asterism.kernel.agents.builtin.loop import Loop, Setting
from asterism.kernel.agents.builtin.prompts import prompt
from asterism.kernel.agents.builtin.resumption import resumed
from asterism.kernel.agents.builtin.shell import Opened, Shell
from asterism.kernel.agents.builtin.toolbox import Toolbox
from asterism.kernel.agents.builtin.tree import PathRefused, Tree
from asterism.kernel.agents.ground import Ground
from asterism.kernel.agents.local import LocalSession
from asterism.kernel.agents.port import AgentJob, AgentSession
from asterism.kernel.llm import Models, Target, Turn

ROOM = 100_000
"""Tokens that a conversation may have by our estimate; a model with less says so, and it is made shorter then."""
NOTES = "AGENTS.md"
LARGEST_NOTES = 64 << 10


class BuiltinAgents:
    """The port `Agents` in this process. `sleep` pauses between attempts at a provider."""

    name = "builtin"

    def __init__(
        self,
        models: Models,
        ground: Ground,
        *,
        room: int = ROOM,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._models, self._ground, self._room, self._sleep = models, ground, room, sleep

    @asynccontextmanager
    async def open(self, job: AgentJob) -> AsyncIterator[AgentSession]:
        """See `port.Agents.open`. The sandbox itself is made when the first command is run."""
        self._ground.check()

        @asynccontextmanager
        async def sandbox() -> AsyncIterator[Opened]:
            async with self._ground.open(job) as laid:
                yield Opened(laid.session, laid.environment)

        async def work(session: LocalSession) -> None:
            shell = Shell(sandbox)
            try:
                await self._work(session, job, shell)
            finally:
                await shell.close()

        async with LocalSession(work) as session:
            yield session

    def claim_folder(self, target: Target, url: str) -> None:
        """Nothing waits: nothing is slow to start."""

    async def stop(self) -> None:
        """Nothing is kept warm."""

    async def _work(self, session: LocalSession, job: AgentJob, shell: Shell) -> None:
        tree = Tree(job.tree, self._ground.tree_of(job))
        toolbox = Toolbox(Bench(tree, shell, session), job.lookups)
        system = "\n\n".join([prompt("system"), *([job.instructions] if job.instructions else []), *_notes(tree)])
        setting = Setting(self._models, job.target, system, self._room, self._sleep)
        history = context.fitting([Turn(said.role, said.text) for said in job.history], self._room // 2)
        turns = [*history, Turn("user", job.prompt)]
        if job.resumption is not None:
            turns += resumed(job.resumption, session)
        await Loop(setting, session, toolbox, turns).run()


def _notes(tree: Tree) -> list[str]:
    """Return the project's own notes for agents, as what they are: a file of the tree."""
    with suppress(PathRefused):
        text = tree.read(NOTES, LARGEST_NOTES).decode(errors="replace")
        return [f'<file path="{NOTES}">\n{text}\n</file>\nThese are the project\'s notes on how to work in it.']
    return []
