"""`/v1/usage`."""

from collections.abc import Mapping, Sequence
from typing import Any

from asterism.faces.v1 import wire_chats
from asterism.faces.v1.call import Call, get
from asterism.features.accounts import usage
from asterism.features.talk import chats
from asterism.features.versions import projects

GROUPS = ("day", "model", "project", "chat")


@get("/v1/usage")
def index(call: Call[None]) -> Any:
    """GET /v1/usage: tokens and cost of the caller's runs, grouped."""
    by: Any = call.query.choice("group_by", GROUPS, "day")
    first, last, total, groups = usage.report(
        call.tx, call.caller, first=call.query.text("from"), last=call.query.text("to"), by=by
    )
    return {
        "period": {"from": first, "to": last},
        "totals": wire_chats.spent(total),
        "items": wire_chats.usage_items(groups, labels_of(call, by, [group.key for group in groups])),
    }


def labels_of(call: Call[None], by: str, keys: Sequence[str]) -> Mapping[str, str] | None:
    """Return readable names of projects or chats that still exist; None where the key is readable itself."""
    if by == "chat":
        return chats.titles_of(call.tx, keys)
    if by != "project":
        return None
    return {key: name for key in keys if (name := _project_name(call, key)) is not None}


def _project_name(call: Call[None], project_id: str) -> str | None:
    try:
        return projects.get_project(call.tx, call.caller, project_id).name
    except projects.UnknownProject:
        return None
