"""Use cases of usage."""

from collections.abc import Mapping, Sequence
from datetime import date

from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.accounts.usage import store
from asterism.features.accounts.usage.models import MAX_DAYS, Group, GroupBy, RunUsage, Spent
from asterism.kernel.db import Tx


def record(tx: Tx, used: RunUsage) -> None:
    """Note what a run used, in the transaction that ends it."""
    store.insert(tx, used)


def spent_on_chats(tx: Tx, chat_ids: Sequence[str]) -> Mapping[str, Spent]:
    """Return what was used in each chat; one without an ended run is missing."""
    return store.of_chats(tx, chat_ids)


def report(
    tx: Tx, caller: Caller, *, first: str | None, last: str | None, by: GroupBy
) -> tuple[str, str, Spent, Sequence[Group]]:
    """Return both ends of the period, the total, and the groups in the order of Starbot 7.3.

    Days are `YYYY-MM-DD` in UTC, both included; without them the current month. Raises Invalid.
    """
    begin, end = _period(tx.now()[:10], first, last)
    groups = store.sums(tx, caller.user_id, begin, end, by)
    if by == "day":
        groups.sort(key=lambda g: g.key)
    else:
        groups.sort(key=lambda g: (-(g.spent.cost_micros or 0), -(g.spent.input_tokens + g.spent.output_tokens), g.key))
    return begin, end, total(groups), groups


def total(groups: Sequence[Group]) -> Spent:
    """Add up groups."""
    costs = [g.spent.cost_micros for g in groups if g.spent.cost_micros is not None]
    return Spent(
        runs=sum(g.spent.runs for g in groups),
        input_tokens=sum(g.spent.input_tokens for g in groups),
        output_tokens=sum(g.spent.output_tokens for g in groups),
        cached_input_tokens=sum(g.spent.cached_input_tokens for g in groups),
        reasoning_tokens=sum(g.spent.reasoning_tokens for g in groups),
        cost_micros=sum(costs) if costs else None,
        unpriced_runs=sum(g.spent.unpriced_runs for g in groups),
    )


def _period(today: str, first: str | None, last: str | None) -> tuple[str, str]:
    now = date.fromisoformat(today)
    begin = _day("from", first) if first is not None else now.replace(day=1)
    end = _day("to", last) if last is not None else _month_end(now)
    if begin > end:
        raise Invalid.field("query.from", "is after `to`")
    if (end - begin).days + 1 > MAX_DAYS:
        raise Invalid.field("query.to", f"is more than {MAX_DAYS} days after `from`")
    return begin.isoformat(), end.isoformat()


def _day(name: str, text: str) -> date:
    try:
        if len(text) == len("2026-11-30"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid.field(f"query.{name}", "must be a date like 2026-11-30")


def _month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)
