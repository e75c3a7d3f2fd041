"""SQL of usage."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from asterism.features.accounts.usage.models import Group, GroupBy, RunUsage, Spent
from asterism.features.accounts.usage.tables import run_usage
from asterism.kernel.db import RowDict, Tx

_KEYS: dict[GroupBy, sa.Column[Any]] = {
    "day": run_usage.c.day,
    "model": run_usage.c.model,
    "project": run_usage.c.project_id,
    "chat": run_usage.c.chat_id,
}
_SUMS = (
    sa.func.count().label("runs"),
    *(
        sa.func.sum(run_usage.c[name]).label(name)
        for name in ("input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens", "cost_micros")
    ),
    (sa.func.count() - sa.func.count(run_usage.c.cost_micros)).label("unpriced_runs"),
)


def insert(tx: Tx, record: RunUsage) -> None:
    """Add a record."""
    row = {name: getattr(record, name) for name in record.__slots__}
    tx.execute(sa.insert(run_usage).values(row | {"day": record.ended_at[:10]}))


def sums(tx: Tx, user_id: str, first: str, last: str, by: GroupBy) -> list[Group]:
    """Return the sums of a user's days from `first` to `last`, one per group."""
    key = _KEYS[by]
    query = (
        sa.select(key.label("key"), *_SUMS)
        .where(run_usage.c.user_id == user_id, run_usage.c.day >= first, run_usage.c.day <= last)
        .group_by(key)
    )
    return [Group(row["key"], _spent(row)) for row in tx.all(query)]


def of_chats(tx: Tx, chat_ids: Sequence[str]) -> dict[str, Spent]:
    """Return the sums of chats, for those with any run."""
    key = run_usage.c.chat_id
    query = sa.select(key.label("key"), *_SUMS).where(key.in_(chat_ids)).group_by(key)
    return {row["key"]: _spent(row) for row in tx.all(query)}


def _spent(row: RowDict) -> Spent:
    names = ("runs", "input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens", "unpriced_runs")
    cost = row["cost_micros"]
    return Spent(**{name: int(row[name]) for name in names}, cost_micros=None if cost is None else int(cost))
