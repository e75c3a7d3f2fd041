"""The merge of three trees (Fastest 5): entries or folder records in, a plan out. Pure but for a blob reader.

    sides = from_entries(base, ours, main)            # or from_records(...), which visits only folders that differ
    plan = make_plan(sides, read, source="main")      # actions, decisions, counts; nothing is changed
    changes = choose(plan, {"path": "use_main"})      # paths of ours to what stands there afterwards
    store(merged_contents(plan)); apply_changes(ours, changes)

`find_base` finds the base of two snapshots. docs/design/merging.md walks through it.
"""

from asterism.vcs.merge.bases import BaseKind, History, MergeBase, find_base
from asterism.vcs.merge.choices import (
    Choice,
    NoSuchChoice,
    Undecided,
    all_from,
    apply_changes,
    choose,
    merged_contents,
    with_merged,
)
from asterism.vcs.merge.contents import Combine, Combined, combine
from asterism.vcs.merge.edits import clashing_paths, with_edits
from asterism.vcs.merge.models import (
    USE_MAIN,
    USE_WORKSPACE,
    Action,
    ActionKind,
    Changes,
    Decision,
    DecisionKind,
    Option,
    Plan,
    Read,
    Triple,
)
from asterism.vcs.merge.plan import make_plan
from asterism.vcs.merge.triples import Sides, from_entries, from_records

__all__ = [
    "USE_MAIN",
    "USE_WORKSPACE",
    "Action",
    "ActionKind",
    "BaseKind",
    "Changes",
    "Choice",
    "Combine",
    "Combined",
    "Decision",
    "DecisionKind",
    "History",
    "MergeBase",
    "NoSuchChoice",
    "Option",
    "Plan",
    "Read",
    "Sides",
    "Triple",
    "Undecided",
    "all_from",
    "apply_changes",
    "choose",
    "clashing_paths",
    "combine",
    "find_base",
    "from_entries",
    "from_records",
    "make_plan",
    "merged_contents",
    "with_edits",
    "with_merged",
]
