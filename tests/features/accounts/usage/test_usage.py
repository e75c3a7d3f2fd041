"""What models cost: sums per day, model, project and chat, and which days belong to a period (Starbot 7.3)."""

from dataclasses import replace

import pytest

from asterism.base.errors import Invalid
from asterism.features.accounts import identity, usage
from asterism.features.accounts.identity import Caller
from asterism.features.accounts.usage import RunUsage
from asterism.features.accounts.usage.models import GroupBy
from asterism.kernel.db import Database

RUN = RunUsage("run", "", "project", "chat", "openai:a", "2026-02-04T12:00:00.000Z", 100, 10, 5, 2, 1_000)


@pytest.fixture
def caller(db: Database) -> Caller:
    with db.write() as tx:
        return Caller(identity.add_user(tx, "ada@example.org").id, "token", "u", "cli")


def used(db: Database, caller: Caller, *runs: RunUsage) -> None:
    with db.write() as tx:
        for number, run in enumerate(runs):
            usage.record(tx, replace(run, run_id=f"run{number}", user_id=caller.user_id))


def keys(
    db: Database, caller: Caller, first: str | None = None, last: str | None = None, by: GroupBy = "day"
) -> list[str]:
    with db.read() as tx:
        return [group.key for group in usage.report(tx, caller, first=first, last=last, by=by)[3]]


def on(stamp: str) -> RunUsage:
    return replace(RUN, ended_at=stamp)


def test_both_ends_of_a_period_belong_to_it_and_nothing_beside(db: Database, caller: Caller) -> None:
    stamps = [
        "2026-01-31T23:59:59.999Z",
        "2026-02-01T00:00:00.000Z",
        "2026-02-28T23:59:59.999Z",
        "2026-03-01T00:00:00.000Z",
    ]
    used(db, caller, *map(on, stamps))
    assert keys(db, caller) == ["2026-02-01", "2026-02-28"], "the current month"
    assert keys(db, caller, "2026-01-31", "2026-02-01") == ["2026-01-31", "2026-02-01"]
    assert keys(db, caller, "2026-02-02", "2026-02-27") == []
    assert keys(db, caller, "2026-03-01", "2026-03-01") == ["2026-03-01"]
    assert keys(db, Caller("somebody else", "token", "u", "cli"), "2026-01-01", "2026-03-01") == []


def test_a_period_has_at_most_366_days(db: Database, caller: Caller) -> None:
    assert keys(db, caller, "2024-01-01", "2024-12-31") == []
    with pytest.raises(Invalid, match="366"):
        keys(db, caller, "2024-01-01", "2025-01-01")
    with pytest.raises(Invalid, match="after"):
        keys(db, caller, "2026-02-02", "2026-02-01")


@pytest.mark.parametrize("text", ["", "2026-2-1", "20260201", "2026-02-30", "2026-02-01T00", "tomorrow"])
def test_what_is_no_day_is_refused(db: Database, caller: Caller, text: str) -> None:
    with pytest.raises(Invalid, match="must be a date"):
        keys(db, caller, text, "2026-02-28")


def test_sums_say_how_many_runs_have_no_price(db: Database, caller: Caller) -> None:
    used(db, caller, RUN, RUN, replace(RUN, cost_micros=None))
    with db.read() as tx:
        first, last, total, (group,) = usage.report(tx, caller, first=None, last=None, by="model")
        chats = usage.spent_on_chats(tx, ["chat", "another"])
    assert (first, last, group.key, group.spent) == ("2026-02-01", "2026-02-28", "openai:a", total)
    assert (total.runs, total.cost_micros, total.unpriced_runs) == (3, 2_000, 1)
    assert (total.input_tokens, total.output_tokens) == (300, 30)
    assert (total.cached_input_tokens, total.reasoning_tokens) == (15, 6)
    assert chats == {"chat": total}


def test_without_any_price_there_is_no_cost(db: Database, caller: Caller) -> None:
    used(db, caller, replace(RUN, cost_micros=None))
    with db.read() as tx:
        assert usage.report(tx, caller, first=None, last=None, by="project")[2].cost_micros is None


def test_what_cost_most_comes_first_then_what_used_most_then_by_name(db: Database, caller: Caller) -> None:
    used(
        db,
        caller,
        replace(RUN, model="b", cost_micros=1),
        replace(RUN, model="a", cost_micros=1),
        replace(RUN, model="cheap, much", cost_micros=1, input_tokens=101),
        replace(RUN, model="dear", cost_micros=2, input_tokens=1),
        replace(RUN, model="unpriced, most", cost_micros=None, input_tokens=10_000),
    )
    assert keys(db, caller, by="model") == ["dear", "cheap, much", "a", "b", "unpriced, most"]
