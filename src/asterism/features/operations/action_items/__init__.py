"""Action items: what somebody should look at, from three sources (Fastest 9).

Drift and failed deployments are read where they are kept; what an analysis of the code finds (`Analyst`, a job) has
rows of its own. What works on an item is `action_runs`.
"""

from asterism.features.operations.action_items.analysis import ANALYZE, Analyst
from asterism.features.operations.action_items.errors import UnknownItem
from asterism.features.operations.action_items.jobs import SWEEP, register
from asterism.features.operations.action_items.models import (
    DEPLOY,
    DRIFT,
    ActionItem,
    BuildData,
    DriftData,
    Note,
    PromptData,
    Status,
    StoredItem,
)
from asterism.features.operations.action_items.service import (
    dismiss_item,
    find_item,
    is_dismissed,
    list_items,
    resolve_item,
    store_deployment,
    stored_item,
)

__all__ = [
    "ANALYZE",
    "DEPLOY",
    "DRIFT",
    "SWEEP",
    "ActionItem",
    "Analyst",
    "BuildData",
    "DriftData",
    "Note",
    "PromptData",
    "Status",
    "StoredItem",
    "UnknownItem",
    "dismiss_item",
    "find_item",
    "is_dismissed",
    "list_items",
    "register",
    "resolve_item",
    "store_deployment",
    "stored_item",
]
