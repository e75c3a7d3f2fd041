"""Ends what works for projects and workspaces that were deleted, whoever deleted them and whatever crashed meanwhile.

Deleting says it (`projects.PRESENCE`), and every feature with something that runs brings one `Ender`: it finds by the
database what belongs to nothing any more, and ends that. So a hint may get lost with its process, apps of another
process are ended too, and what began in the moment of the deletion is found a little later (ADR 0196).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from asterism.base.errors import DomainError
from asterism.features.versions.projects import PRESENCE
from asterism.kernel.background import Bell
from asterism.kernel.db import Database

log = structlog.get_logger("asterism.departures")
LOOK_SECONDS = 10.0

Ender = Callable[[], Awaitable[None]]
"""Ends what works for deleted projects and workspaces, as far as it is this feature's. Repeating it is harmless."""


class Departures:
    """Calls the enders when something was deleted, or came back, and every `look` seconds."""

    def __init__(self, db: Database, enders: Sequence[Ender], *, look: float = LOOK_SECONDS) -> None:
        self._enders, self._look = enders, look
        self._news = Bell()
        self._task: asyncio.Task[None] | None = None
        db.listen(PRESENCE, lambda _project_id: self._news.ring())

    def start(self) -> None:
        """Begin; to be called when everything that has an ender runs."""
        self._news.start()
        self._task = asyncio.create_task(self._run(), name="departures")

    async def stop(self) -> None:
        """End; what is still to be ended, the next start finds."""
        self._news.stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.gather(*(_end(ender) for ender in self._enders))
            await self._news.heard(self._look)


async def _end(ender: Ender) -> None:
    try:
        await ender()
    except DomainError as error:  # the next look tries again
        log.warning("departures.failed", error=error.message)
    except Exception:
        log.exception("departures.bug")
