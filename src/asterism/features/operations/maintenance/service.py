"""Doing chores: small deletions that owners of data offer, each in transactions of its own."""

from collections.abc import Mapping
from typing import Protocol

import structlog

from asterism.base.errors import Unavailable
from asterism.kernel.db import Database, Tx

log = structlog.get_logger("asterism.maintenance")

MAX_ROUNDS = 1_000


class Chore(Protocol):
    """A use case that deletes one batch of what is over and returns how much; None or 0 when nothing is left."""

    def __call__(self, tx: Tx, /) -> int | None:
        """Delete one batch."""
        ...


class ChoresFailed(Unavailable):
    """Some chores could not be done; the others were."""

    code = "CHORES_FAILED"


def do_chores(db: Database, chores: Mapping[str, Chore]) -> dict[str, int]:
    """Do each chore until nothing is left of it, one transaction a batch, and return the count of each by name.

    A chore that fails does not keep the others from being done. Raises ChoresFailed, naming them, at the end.
    """
    removed: dict[str, int] = {}
    failed: list[str] = []
    for name, chore in chores.items():
        try:
            removed[name] = _do(db, chore)
        except Exception:
            log.exception("chore failed", chore=name)
            failed.append(name)
    if failed:
        raise ChoresFailed(f"Not done: {', '.join(failed)}.")
    return removed


def _do(db: Database, chore: Chore) -> int:
    total = 0
    for _ in range(MAX_ROUNDS):
        with db.write() as tx:
            count = chore(tx) or 0
        total += count
        if count == 0:
            break
    return total
