"""Snapshots: manifests with a place in history (Fastest 6).

`workspaces.push_snapshot` is how a client registers one. Features that make snapshots themselves use it too, or
`register` when no pointer may move (safety and "before" snapshots).
"""

from asterism.features.snapshots.checks import check_shape
from asterism.features.snapshots.content_id import content_id
from asterism.features.snapshots.errors import SnapshotDiffers, UnknownSnapshot
from asterism.features.snapshots.models import NewSnapshot, Snapshot, Source
from asterism.features.snapshots.service import (
    count_since,
    find_in_project,
    find_many,
    find_registered,
    get_snapshot,
    is_ancestor,
    list_snapshots,
    register,
)

__all__ = [
    "NewSnapshot",
    "Snapshot",
    "SnapshotDiffers",
    "Source",
    "UnknownSnapshot",
    "check_shape",
    "content_id",
    "count_since",
    "find_in_project",
    "find_many",
    "find_registered",
    "get_snapshot",
    "is_ancestor",
    "list_snapshots",
    "register",
]
