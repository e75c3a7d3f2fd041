"""Servers that are started before they are needed: what a turn would wait for is done when its prompt comes (ADR 0172).

A spare is fresh: no turn has run in it, its working copy is an empty folder, and what it holds is the key of its model.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from asterism.base.errors import DomainError
from asterism.base.libraries import later
from asterism.kernel.agents.opencode.server import PLUGINS, Server
from asterism.kernel.agents.port import AgentJob, AgentUnavailable
from asterism.kernel.llm import Target

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

log = structlog.get_logger(__name__)

Starting = Callable[[AgentJob, Callable[[], None]], AbstractAsyncContextManager[Server]]
"""Starts a server, and says by the way when its folder may be renamed."""


class Spare:
    """One server that waits. It ends when it is told to, when nobody has come for it in time, or by itself."""

    def __init__(self, job: AgentJob, starting: Starting, seconds: float) -> None:
        self.job = job
        self._inode = _inode(job.tree)
        self._starting, self._seconds = starting, seconds
        self._server: asyncio.Future[Server] = asyncio.get_running_loop().create_future()
        self._placed, self._taken, self._over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._task = asyncio.create_task(self._live(), name="opencode-spare")

    @property
    def ended(self) -> bool:
        """Whether it is of no use any more."""
        return self._over.is_set() or self._task.done()

    @property
    def claimable(self) -> bool:
        """Whether its folder may be renamed: before its sandbox has it, it would look for it in vain."""
        return self._placed.is_set() and not self.ended

    def serves(self, target: Target, url: str) -> bool:
        """Whether it was started for this model, and this address of the API."""
        return not self.ended and self.job.target == target and self.job.environment["ASTERISM_URL"] == url

    def fits(self, job: AgentJob) -> bool:
        """Whether a job's working copy is the folder that it waits on, and nothing in it had to be covered before."""
        mine = self._inode is not None and _inode(job.tree) == self._inode
        same = [one.tool for one in job.lookups] == [one.tool for one in self.job.lookups]
        known = self.serves(job.target, job.environment.get("ASTERISM_URL", ""))
        return mine and same and known and not os.path.lexists(job.tree / PLUGINS)

    async def take(self) -> Server | None:
        """Return its server, which is the caller's until `end`; None when it did not start, or is gone."""
        self._taken.set()
        with contextlib.suppress(DomainError):
            server = await asyncio.shield(self._server)
            return None if server.ended.done() else server
        return None

    async def end(self) -> None:
        """End it, with every process in it."""
        self._over.set()
        if not self._server.done():
            self._task.cancel()  # it is still starting
        await asyncio.wait({self._task})

    async def _live(self) -> None:
        try:
            async with self._starting(self.job, self._placed.set) as server:
                await server.session()
                await server.warm()
                self._server.set_result(server)
                await self._wait(server)
        except (DomainError, httpx.HTTPError, OSError, ValueError, KeyError) as error:
            log.warning("opencode.no_spare", error=type(error).__name__)
        finally:
            self._over.set()
            if not self._server.done():
                self._server.set_exception(AgentUnavailable("The agent that was kept ready has ended."))
                self._server.exception()  # nobody may be waiting
            await asyncio.to_thread(_remove_empty, self.job.tree)

    async def _wait(self, server: Server) -> None:
        over, taken = (asyncio.create_task(one.wait()) for one in (self._over, self._taken))
        try:
            await asyncio.wait({over, taken, server.ended}, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
            if taken.done():
                await over
        finally:
            for task in (over, taken):
                task.cancel()


class Spares:
    """The spares of this process, at most `most`, each for `seconds`. `folder` is on the disk of working copies."""

    def __init__(self, folder: Path | None, starting: Starting, *, most: int = 0, seconds: float = 600.0) -> None:
        self._folder, self._starting, self._most, self._seconds = folder, starting, most, seconds
        self._waiting: list[Spare] = []
        self._claimed: list[Spare] = []

    def claim(self, target: Target, url: str) -> Path | None:
        """Return the folder of a spare, the caller's from now on; None where none waits for this model."""
        self._waiting = [one for one in self._waiting if not one.ended]
        found = next((one for one in self._waiting if one.claimable and one.serves(target, url)), None)
        if found is None:
            return None
        self._waiting.remove(found)
        self._claimed.append(found)
        return found.job.tree

    def claimed(self, job: AgentJob) -> Spare | None:
        """Return the spare that was claimed for a job, once."""
        self._claimed = [one for one in self._claimed if not one.ended]
        found = next((one for one in self._claimed if one.fits(job)), None)
        if found is not None:
            self._claimed.remove(found)
        return found

    async def prepare(self, job: AgentJob) -> None:
        """Begin to start a spare like what a job was done with, if there is none; the oldest one gives way."""
        url = job.environment.get("ASTERISM_URL", "")
        waiting = [one for one in self._waiting if not one.ended]
        if self._folder is None or self._most < 1 or any(one.serves(job.target, url) for one in waiting):
            return
        try:
            tree = await asyncio.to_thread(_new_folder, self._folder)
        except OSError as error:  # a turn does without
            log.warning("opencode.no_spare", error=type(error).__name__)
            return
        like = replace(
            job, tree=tree, prompt="", history=(), environment={"ASTERISM_URL": url}, resumption=None, instructions=""
        )
        self._waiting = [*waiting, Spare(like, self._starting, self._seconds)]
        while len(self._waiting) > self._most:
            await self._waiting.pop(0).end()

    async def stop(self) -> None:
        """End all of them."""
        spares, self._waiting, self._claimed = [*self._waiting, *self._claimed], [], []
        await asyncio.gather(*(one.end() for one in spares))


def _new_folder(parent: Path) -> Path:
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Path(tempfile.mkdtemp(dir=parent)).resolve()


def _remove_empty(folder: Path) -> None:
    """Remove the folder of a spare that nobody took."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _inode(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
