"""Drift: how far workspaces are apart (Fastest 4.5, 4.6).

A client reports numbers, or two workspaces are compared. `compare` reads only; what it found anew is stored by `keep`.
A job compares with main whenever a workspace has moved (`register`, `enqueue`).
"""

from asterism.features.versions.drift.comparison import UNREADABLE
from asterism.features.versions.drift.errors import OtherProject
from asterism.features.versions.drift.jobs import REFRESH, SETTLING_SECONDS, SWEEP, enqueue, register
from asterism.features.versions.drift.models import (
    TOP_OVERLAPS,
    Comparison,
    MainDrift,
    Numbers,
    Paths,
    Report,
    Risk,
    Side,
    Sides,
)
from asterism.features.versions.drift.refresh import refresh
from asterism.features.versions.drift.service import (
    compare,
    drift_from_main,
    find_sides,
    find_source,
    keep,
    latest_reports,
    list_reports,
    newest_comparison_id,
    prune_reports,
    report_drift,
)

__all__ = [
    "REFRESH",
    "SETTLING_SECONDS",
    "SWEEP",
    "TOP_OVERLAPS",
    "UNREADABLE",
    "Comparison",
    "MainDrift",
    "Numbers",
    "OtherProject",
    "Paths",
    "Report",
    "Risk",
    "Side",
    "Sides",
    "compare",
    "drift_from_main",
    "enqueue",
    "find_sides",
    "find_source",
    "keep",
    "latest_reports",
    "list_reports",
    "newest_comparison_id",
    "prune_reports",
    "refresh",
    "register",
    "report_drift",
]
