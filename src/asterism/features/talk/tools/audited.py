"""The audit row that every call of a tool leaves: who, which tool, on what, with what outcome (Starbot 8.6)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from asterism.base.errors import DomainError
from asterism.features.accounts import audit
from asterism.kernel.db import Database, Tx

ACTION = "tool_called"


@dataclass(slots=True)
class Attempt:
    """One call as it will be written down; whoever performs it may say the target and the outcome."""

    tool: str
    target: str | None = None
    outcome: str = "ok"


@asynccontextmanager
async def audited(
    db: Database, user_id: str, tool: str, *, origin: audit.Origin = audit.NOWHERE, target: str | None = None
) -> AsyncIterator[Attempt]:
    """Write down what is done inside, however it ends: `ok`, an error's code, `CANCELLED` or `INTERNAL_ERROR`."""
    attempt, began = Attempt(tool, target), time.monotonic()
    try:
        yield attempt
    except DomainError as error:
        attempt.outcome = error.code
        raise
    except asyncio.CancelledError:
        attempt.outcome = "CANCELLED"
        raise
    except Exception:
        attempt.outcome = "INTERNAL_ERROR"
        raise
    finally:
        await asyncio.shield(db.run(_record, user_id, attempt, origin, round((time.monotonic() - began) * 1000)))


def _record(tx: Tx, user_id: str, attempt: Attempt, origin: audit.Origin, duration_ms: int) -> None:
    audit.record(
        tx,
        user_id,
        ACTION,
        attempt.tool,
        origin=origin,
        target=attempt.target,
        outcome=attempt.outcome,
        duration_ms=duration_ms,
    )
