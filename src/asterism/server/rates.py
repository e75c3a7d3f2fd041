"""Telling other servers what this one let through, and hearing what all of them did (ADR 0187)."""

import structlog

from asterism.asgi.limits import Limits
from asterism.base.errors import DomainError
from asterism.kernel import rates
from asterism.kernel.db import Database, Tx
from asterism.server.rounds import Rounds

ROUND_SECONDS = 1.0
log = structlog.get_logger("asterism")


class RateSharer:
    """Shares the buckets of `limits` by the database, once a second while something is let through."""

    def __init__(self, db: Database, limits: Limits) -> None:
        self._db = db
        self._limits = limits
        self._rounds = Rounds(self.share, ROUND_SECONDS)

    def start(self) -> None:
        """Begin, where other servers may be: on PostgreSQL."""
        if self._db.dialect == "postgresql":
            self._rounds.start()

    async def stop(self) -> None:
        """End, with everything told."""
        await self._rounds.stop()

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
