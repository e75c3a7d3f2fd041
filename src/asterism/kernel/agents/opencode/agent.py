"""OpenCode as an adapter of the port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from asterism.kernel.agents.events import QuestionRejected
from asterism.kernel.agents.ground import Ground
from asterism.kernel.agents.local import LocalSession
from asterism.kernel.agents.opencode.server import Server, serving
from asterism.kernel.agents.opencode.session import OpenCodeSession
from asterism.kernel.agents.opencode.spares import Spares
from asterism.kernel.agents.port import AgentJob, AgentSession
from asterism.kernel.llm import Target


class OpenCodeAgents:
    """Runs `binary`, one server for each turn: working copy, and token in its environment, are the turn's own.

    With `spares` servers (beside those at work) the next turn finds one that is started; `folder` is where they wait,
    on the file system of working copies. Without isolation there are none.
    """

    name = "opencode"

    def __init__(
        self, binary: Path, ground: Ground, *, folder: Path | None = None, spares: int = 0, seconds: float = 600.0
    ) -> None:
        self.binary, self._ground = binary.resolve(), ground
        most = spares if ground.isolates else 0
        self._spares = Spares(folder, partial(serving, self.binary, ground), most=most, seconds=seconds)

    def claim_folder(self, target: Target, url: str) -> Path | None:
        """See `port.Agents.claim_folder`."""
        return self._spares.claim(target, url)

    @asynccontextmanager
    async def open(self, job: AgentJob) -> AsyncIterator[AgentSession]:
        """See `port.Agents.open`."""
        self._ground.check()
        if job.resumption is not None and job.resumption.answers is None:
            async with LocalSession(partial(_rejected, job.resumption.question.id)) as session_of_one_event:
                yield session_of_one_event
            return
        async with self._server(job) as server:
            session = OpenCodeSession(server, job)
            running = asyncio.create_task(session.run())
            try:
                yield session
            finally:
                running.cancel()
                await asyncio.wait({running})
        await self._spares.prepare(job)

    async def stop(self) -> None:
        """See `port.Agents.stop`."""
        await self._spares.stop()

    @asynccontextmanager
    async def _server(self, job: AgentJob) -> AsyncIterator[Server]:
        """Yield the spare that waits on the job's working copy, else start a server."""
        spare = self._spares.claimed(job)
        try:
            server = await spare.take() if spare is not None else None
            if server is not None:
                await server.equip(job)
                yield server
                return
        finally:
            if spare is not None:
                await spare.end()
        async with serving(self.binary, self._ground, job) as server:
            await server.equip(job)
            yield server


async def _rejected(question_id: str, session: LocalSession) -> None:
    session.tell(QuestionRejected(session.id, question_id))
