"""The log of a deployment as it grows, for whoever follows it (Beyond 8).

The process that writes a log may be another one than the one that is asked, and an app talks on when its deployment has
ended; so the database is looked at, by the key of the next piece.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from asterism.features.accounts.identity import Caller
from asterism.features.operations.deployments import store
from asterism.features.operations.deployments.errors import UnknownDeployment
from asterism.features.operations.deployments.models import Deployment, LogEntry, Status
from asterism.features.operations.deployments.service import get_deployment
from asterism.kernel.db import Database, Tx

LOOK_SECONDS: Final = 0.5
PIECES: Final = 50  # that are read at once; each holds at most 1,000 lines


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that were stored together; `seq` grows from 1 in a log, and leaves out what was cut."""

    seq: int
    entries: list[LogEntry]


@dataclass(frozen=True, slots=True)
class Growth:
    """What came after a seq, as far as it is read, and the deployment as it stood then."""

    deployment: Deployment
    pieces: list[Piece]

    @property
    def ended(self) -> bool:
        """Whether the deployment will say no more; an app may."""
        return self.deployment.status is not Status.DEPLOYING


def read_growth(tx: Tx, caller: Caller, deployment_id: str, after: int) -> Growth:
    """Return what a deployment said after a seq. Raises UnknownDeployment."""
    found = get_deployment(tx, caller, deployment_id)  # first: nothing is missed that was said before its end
    rows = store.log_from(tx, deployment_id, after, PIECES)
    return Growth(found, [Piece(number + 1, entries) for number, entries in rows])


async def follow_log(
    db: Database, caller: Caller, deployment_id: str, after: int, *, app: bool
) -> AsyncGenerator[Piece | Deployment, None]:
    """Yield pieces after a seq as they come, and last the deployment as it ended.

    With `app` that end is not yielded while the deployment stands: what runs is followed on. Ends without a word when
    the deployment is removed.
    """
    while True:
        try:
            growth = await db.run_read(read_growth, caller, deployment_id, after)
        except UnknownDeployment:
            return
        for piece in growth.pieces:
            after = piece.seq
            yield piece
        if growth.pieces:
            continue
        if growth.ended and not (app and growth.deployment.status is Status.SUCCESS):
            yield growth.deployment
            return
        await asyncio.sleep(LOOK_SECONDS)
