"""SQL of the host."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from asterism.kernel.db import Tx, upsert
from asterism.kernel.runs.tables import hosted_runs, run_owners

_INSERT = hosted_runs.insert()


@dataclass(frozen=True, slots=True)
class Hosted:
    """A run in progress, and the last sign of life of the process that performs it."""

    stream: str
    kind: str
    owner: str
    created_at: str
    last_beat: str | None


def insert(tx: Tx, stream: str, kind: str, owner: str) -> None:
    """Note that a run is in progress."""
    tx.execute(_INSERT, {"stream": stream, "kind": kind, "owner": owner, "created_at": tx.now()})


def take(tx: Tx, stream: str) -> tuple[str | None] | None:
    """Remove a run, holding its row against a cancel; return why it shall be cancelled, None when it was not there."""
    table = hosted_runs.c
    row = tx.one(sa.select(table.cancel_reason).where(table.stream == stream).with_for_update())
    if row is None:
        return None
    tx.execute(hosted_runs.delete().where(table.stream == stream))
    return (row["cancel_reason"],)


def request_cancel(tx: Tx, stream: str, reason: str) -> bool:
    """Note why a run shall end, unless somebody did before; return whether it is in progress."""
    table = hosted_runs.c
    wanted = hosted_runs.update().where(table.stream == stream)
    return tx.execute(wanted.values(cancel_reason=sa.func.coalesce(table.cancel_reason, reason))).rowcount == 1


def named(tx: Tx, prefix: str) -> list[str]:
    """Return the streams of the runs in progress whose names begin with `prefix`."""
    query = sa.select(hosted_runs.c.stream).where(hosted_runs.c.stream.startswith(prefix, autoescape=True))
    return [str(row["stream"]) for row in tx.all(query.order_by(hosted_runs.c.stream))]


def of_owner(tx: Tx, owner: str) -> dict[str, str | None]:
    """Return the runs of a process, each with why it shall be cancelled."""
    query = sa.select(hosted_runs.c.stream, hosted_runs.c.cancel_reason).where(hosted_runs.c.owner == owner)
    return {row["stream"]: row["cancel_reason"] for row in tx.all(query)}


def of_others(tx: Tx, owner: str) -> Sequence[Hosted]:
    """Return the runs of all other processes."""
    table = hosted_runs.c
    query = (
        sa.select(table.stream, table.kind, table.owner, table.created_at, run_owners.c.beat_at)
        .select_from(hosted_runs.outerjoin(run_owners, run_owners.c.owner == table.owner))
        .where(table.owner != owner)
        .order_by(table.created_at)
    )
    return [
        Hosted(row["stream"], row["kind"], row["owner"], row["created_at"], row["beat_at"]) for row in tx.all(query)
    ]


def beat(tx: Tx, owner: str) -> None:
    """Note that a process lives."""
    upsert(tx, run_owners, {"owner": owner, "beat_at": tx.now()}, key=["owner"], update=["beat_at"])


def forget_owners(tx: Tx) -> None:
    """Drop the processes that perform nothing; one that lives appears again with its next beat."""
    tx.execute(run_owners.delete().where(run_owners.c.owner.not_in(sa.select(hosted_runs.c.owner))))
