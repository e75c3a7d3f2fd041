"""Sync: merging a source workspace's head into a target's working tree (Fastest 5).

`prepare` shows what would happen and keeps it, `execute` does it with a person's decisions, `undo` goes back. The first
two move bytes, so they take the database and open short transactions of their own; `prepare` also waits for a model,
where the user has one (`Advisor`). `analyze` says beforehand what a sync would come to. The merge is `vcs.merge`.
"""

from asterism.features.versions.sync.advisor import Adviser, Advisor, Question, usable_text
from asterism.features.versions.sync.analysis import analyze
from asterism.features.versions.sync.built_tree import BuiltTree, build_tree
from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.errors import (
    AlreadyExecuted,
    InvalidDecision,
    MergeIsNotHead,
    MissingDecisions,
    Moved,
    NoMainWorkspace,
    NothingToMerge,
    NothingToUndo,
    PreviewExpired,
    SourceIsTarget,
    WorkspaceMismatch,
)
from asterism.features.versions.sync.execution import execute
from asterism.features.versions.sync.history import Graph, read_graph
from asterism.features.versions.sync.judgement import Analysis
from asterism.features.versions.sync.lock_tools import LockNotWritten, LockTools
from asterism.features.versions.sync.models import (
    DEFAULT_PREVIEW_SECONDS,
    Answered,
    Executed,
    Execution,
    Preview,
    Sync,
    Undone,
)
from asterism.features.versions.sync.plan import merge_base, plan_trees
from asterism.features.versions.sync.previews import ROOTS, prepare, purge_previews
from asterism.features.versions.sync.store import made_by
from asterism.features.versions.sync.undo import merge_histories, undo

__all__ = [
    "DEFAULT_PREVIEW_SECONDS",
    "ROOTS",
    "Adviser",
    "Advisor",
    "AlreadyExecuted",
    "Analysis",
    "Answered",
    "BuiltTree",
    "Contents",
    "Executed",
    "Execution",
    "Graph",
    "InvalidDecision",
    "LockNotWritten",
    "LockTools",
    "MergeIsNotHead",
    "MissingDecisions",
    "Moved",
    "NoMainWorkspace",
    "NothingToMerge",
    "NothingToUndo",
    "Preview",
    "PreviewExpired",
    "Question",
    "SourceIsTarget",
    "Sync",
    "Undone",
    "WorkspaceMismatch",
    "analyze",
    "build_tree",
    "execute",
    "made_by",
    "merge_base",
    "merge_histories",
    "plan_trees",
    "prepare",
    "purge_previews",
    "read_graph",
    "undo",
    "usable_text",
]
