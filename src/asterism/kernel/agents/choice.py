"""Which agent does the work: OpenCode where it runs, else the built-in one, or the one that was asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import structlog

from asterism.kernel.agents.builtin import BuiltinAgents
from asterism.kernel.agents.opencode import OpenCodeAgents, opencode_problem
from asterism.kernel.agents.port import AgentJob, Agents, AgentSession, AgentUnavailable
from asterism.kernel.llm import Target

log = structlog.get_logger(__name__)

AgentChoice: TypeAlias = Literal["auto", "builtin", "opencode"]


class ChosenAgents:
    """The port, by one of the two. `opencode` is None where there is none; it is tried at the first turn."""

    def __init__(self, wanted: AgentChoice, builtin: BuiltinAgents, opencode: OpenCodeAgents | None) -> None:
        self._wanted, self._builtin, self._opencode = wanted, builtin, opencode

    @property
    def name(self) -> str:
        """The agent that would be taken, as far as it is known without trying."""
        return self._builtin.name if self._wanted == "builtin" or self._opencode is None else self._opencode.name

    def claim_folder(self, target: Target, url: str) -> Path | None:
        """See `port.Agents.claim_folder`."""
        if self._wanted == "builtin" or self._opencode is None:
            return None
        return self._opencode.claim_folder(target, url)

    @asynccontextmanager
    async def open(self, job: AgentJob) -> AsyncIterator[AgentSession]:
        """See `port.Agents.open`."""
        agents = await self._choose()
        async with agents.open(job) as session:
            yield session

    async def stop(self) -> None:
        """End both."""
        await self._builtin.stop()
        if self._opencode is not None:
            await self._opencode.stop()

    async def _choose(self) -> Agents:
        if self._wanted == "builtin":
            return self._builtin
        problem = "OpenCode is not installed."
        if self._opencode is not None:
            found = await asyncio.to_thread(opencode_problem, self._opencode.binary)
            if found is None:
                return self._opencode
            problem = found
        if self._wanted == "opencode":
            raise AgentUnavailable(problem, hint="Run `asterism agent install`, or set ASTERISM_AGENT=builtin.")
        log.debug("agent.builtin", reason=problem)
        return self._builtin
