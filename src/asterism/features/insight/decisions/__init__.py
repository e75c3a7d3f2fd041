"""Decisions of a project: what was decided and why, and whether the code they cite has changed (Fastest 3.7)."""

from asterism.features.insight.decisions.errors import UnknownDecision
from asterism.features.insight.decisions.jobs import enqueue, register
from asterism.features.insight.decisions.models import (
    CATEGORIES,
    Category,
    ChangedFile,
    Decision,
    Link,
    NewDecision,
    NewLink,
    Status,
)
from asterism.features.insight.decisions.service import (
    ROOTS,
    add,
    change_status,
    links_of,
    list_decisions,
    newest,
    replace_links,
)
from asterism.features.insight.decisions.staleness import check_project

__all__ = [
    "CATEGORIES",
    "ROOTS",
    "Category",
    "ChangedFile",
    "Decision",
    "Link",
    "NewDecision",
    "NewLink",
    "Status",
    "UnknownDecision",
    "add",
    "change_status",
    "check_project",
    "enqueue",
    "links_of",
    "list_decisions",
    "newest",
    "register",
    "replace_links",
]
