"""`/v1/usage`: tokens and cost (Starbot 7.3)."""

from collections.abc import Mapping, Sequence
from typing import Literal, Self

import msgspec

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get
from asterism.features.accounts import usage
from asterism.features.talk import chats, conversations
from asterism.features.versions import projects


class Period(msgspec.Struct, rename={"first": "from", "last": "to"}):
    """Two days, both included."""

    first: str
    last: str


class Spent(msgspec.Struct):
    """A sum over runs; `cost_usd` is over the priced ones, null when there is none."""

    runs: int
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    unpriced_runs: int

    @classmethod
    def of(cls, found: usage.Spent) -> Self:
        """Write a sum."""
        return copied(cls, found, cost_usd=dollars(found.cost_micros))


class UsageItem(msgspec.Struct):
    """The sum of one day, model, project or chat; `label` is null where the thing is gone."""

    key: str
    label: str | None
    runs: int
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    unpriced_runs: int

    @classmethod
    def of(cls, found: usage.Spent, key: str, label: str | None) -> Self:
        """Write the sum of one of them."""
        return copied(cls, found, key=key, label=label, cost_usd=dollars(found.cost_micros))


class UsageReport(msgspec.Struct):
    """What the caller's runs used."""

    period: Period
    totals: Spent
    items: list[UsageItem]


class Asked(msgspec.Struct, rename={"first": "from", "last": "to"}):
    """Which days (`YYYY-MM-DD`, both included; the current month without), grouped by what."""

    first: str | None = None
    last: str | None = None
    group_by: Literal["day", "model", "project", "chat"] = "day"


@get("/v1/usage")
def index(call: Call, query: Asked) -> UsageReport:
    """GET /v1/usage: tokens and cost of the caller's runs, grouped."""
    first, last, total, groups = usage.report(
        call.tx, call.caller, first=query.first, last=query.last, by=query.group_by
    )
    labels = labels_of(call, query.group_by, [group.key for group in groups])
    items = [UsageItem.of(one.spent, one.key, one.key if labels is None else labels.get(one.key)) for one in groups]
    return UsageReport(Period(first, last), Spent.of(total), items)


def labels_of(call: Call, by: str, keys: Sequence[str]) -> Mapping[str, str] | None:
    """Return the names of projects, or chats and conversations, that still exist; None where keys are readable."""
    if by == "chat":
        return {**chats.titles_of(call.tx, keys), **conversations.titles_of(call.tx, keys)}
    if by != "project":
        return None
    return {key: name for key in keys if (name := _project_name(call, key)) is not None}


def dollars(micros: int | None) -> float | None:
    """Write millionths of a dollar as dollars."""
    return None if micros is None else micros / 1_000_000


def _project_name(call: Call, project_id: str) -> str | None:
    try:
        return projects.get_project(call.tx, call.caller, project_id).name
    except projects.UnknownProject:
        return None
