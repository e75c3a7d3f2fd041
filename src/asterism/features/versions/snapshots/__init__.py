"""Snapshots: manifests with a place in history (Fastest 6).

`workspaces.push_snapshot` is how a client registers one. Features that make snapshots themselves use it too, or
`register` when no pointer may move (safety and "before" snapshots).
"""

from asterism.features.versions.snapshots.authors import known_authors, teach_authors
from asterism.features.versions.snapshots.checks import check_shape, distinct_parents
from asterism.features.versions.snapshots.compare import (
    ComparedFile,
    compare_file,
    compare_snapshots,
    compare_tree_file,
    compare_trees,
)
from asterism.features.versions.snapshots.content_id import content_id
from asterism.features.versions.snapshots.errors import (
    SnapshotDiffers,
    TagTaken,
    UnchangedPath,
    UnknownSnapshot,
    UnknownTag,
)
from asterism.features.versions.snapshots.models import Ancestor, NewSnapshot, Placed, Snapshot, Source, Tag
from asterism.features.versions.snapshots.service import (
    ROOTS,
    ancestry,
    count_since,
    find_in_project,
    find_many,
    find_registered,
    get_snapshot,
    is_ancestor,
    last_registered_at,
    list_snapshots,
    register,
    register_all,
    require_same,
)
from asterism.features.versions.snapshots.tags import create_tag, delete_tag, list_tags

__all__ = [
    "ROOTS",
    "Ancestor",
    "ComparedFile",
    "NewSnapshot",
    "Placed",
    "Snapshot",
    "SnapshotDiffers",
    "Source",
    "Tag",
    "TagTaken",
    "UnchangedPath",
    "UnknownSnapshot",
    "UnknownTag",
    "ancestry",
    "check_shape",
    "compare_file",
    "compare_snapshots",
    "compare_tree_file",
    "compare_trees",
    "content_id",
    "count_since",
    "create_tag",
    "delete_tag",
    "distinct_parents",
    "find_in_project",
    "find_many",
    "find_registered",
    "get_snapshot",
    "is_ancestor",
    "known_authors",
    "last_registered_at",
    "list_snapshots",
    "list_tags",
    "register",
    "register_all",
    "require_same",
    "teach_authors",
]
