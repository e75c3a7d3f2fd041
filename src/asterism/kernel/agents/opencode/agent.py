"""OpenCode as an adapter of the port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from asterism.kernel.agents.events import QuestionRejected
from asterism.kernel.agents.ground import Ground
from asterism.kernel.agents.local import LocalSession
from asterism.kernel.agents.opencode.server import serving
from asterism.kernel.agents.opencode.session import OpenCodeSession
from asterism.kernel.agents.port import AgentJob, AgentSession


class OpenCodeAgents:
    """Runs `binary`, one server for each turn: working copy, and token in its environment, are the turn's own."""

    name = "opencode"

    def __init__(self, binary: Path, ground: Ground) -> None:
        self.binary, self._ground = binary.resolve(), ground

    @asynccontextmanager
    async def open(self, job: AgentJob) -> AsyncIterator[AgentSession]:
        """See `port.Agents.open`."""
        self._ground.check()
        if job.resumption is not None and job.resumption.answers is None:
            async with LocalSession(partial(_rejected, job.resumption.question.id)) as session_of_one_event:
                yield session_of_one_event
            return
        async with serving(self.binary, self._ground, job) as server:
            session = OpenCodeSession(server, job)
            running = asyncio.create_task(session.run())
            try:
                yield session
            finally:
                running.cancel()
                await asyncio.wait({running})

    async def stop(self) -> None:
        """Nothing is kept."""


async def _rejected(question_id: str, session: LocalSession) -> None:
    session.tell(QuestionRejected(session.id, question_id))
