"""Telling other servers what this one let through, and hearing what all of them did (ADR 0187)."""

import asyncio
from contextlib import suppress

import structlog

from asterism.asgi.limits import Limits
from asterism.base.errors import DomainError
from asterism.kernel import rates
from asterism.kernel.db import Database, Tx

ROUND_SECONDS = 1.0
log = structlog.get_logger("asterism")


class RateSharer:
    """Shares the buckets of `limits` by the database, once a second while something is let through."""

    def __init__(self, db: Database, limits: Limits) -> None:
        self._db = db
        self._limits = limits
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, where other servers may be: on PostgreSQL."""
        if self._db.dialect == "postgresql":
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End, with everything told."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            await self.share()

    async def share(self) -> None:
        """Tell and hear once."""
        spends = self._limits.drain()
        if not spends:
            return

        def told(tx: Tx) -> list[float]:
            return rates.spend(tx, tx.clock.now().timestamp(), spends)

        try:
            self._limits.settle(spends, await self._db.run(told))
        except DomainError as error:
            self._limits.restore(spends)
            log.warning("rates not shared", problem=error.message)  # the next round tries again

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            await self.share()
