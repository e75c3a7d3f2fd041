"""Pull: join a working copy with its workspace's head, three ways, so that nobody's work is lost."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from asterism.base.errors import Conflict
from asterism.client.api import Api
from asterism.client.base import base_entries, changes_since, own_workspace, settled, within, writable
from asterism.client.clone import fetch_manifest
from asterism.client.contents import reader
from asterism.client.models import Snapshot, Workspace
from asterism.client.moving import Goal, move
from asterism.client.progress import Progress
from asterism.client.projects import find_workspace
from asterism.client.push import keep_aside
from asterism.client.revisions import head_of
from asterism.client.tree import Tree, read_tree
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import Base, Binding, State
from asterism.vcs.diff import diff
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import (
    USE_MAIN,
    USE_WORKSPACE,
    Decision,
    Plan,
    apply_changes,
    choose,
    from_entries,
    make_plan,
    merged_contents,
)
from asterism.vcs.merge import with_edits as keep_edits

SEARCHED_SNAPSHOTS = 1000
Decide = Callable[[Sequence[Decision]], Mapping[str, str]]
"""Answers conflicts, `use_main` or `use_workspace` for each path; paths that it leaves out stay open."""

MINE, THEIRS = USE_WORKSPACE, USE_MAIN


class MergeConflicts(Conflict):
    """Files were changed here and at the head in ways that can't be joined; nothing was changed."""

    code = "CONFLICTS"

    def __init__(self, open_decisions: Sequence[Decision]) -> None:
        paths = [decision.path for decision in open_decisions]
        shown = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        super().__init__(
            f"Changed both here and at the head, and not to be joined: {shown}",
            hint="Choose with `asterism pull --take mine` or `--take theirs`, or by file with --mine and --theirs.",
            details={
                "paths": paths[:100],
                "conflicts": [{"path": each.path, "kind": each.kind} for each in open_decisions[:100]],
            },
        )


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did.

    `changed` are the paths that changed on disk, `merged` those whose contents were joined, `kept_edits` what differs
    from the head afterwards. `saved` is the snapshot that edits were kept in which had to give way. `replaced` is the
    snapshot that this folder was based on when the head does not follow it: somebody replaced it on purpose.
    """

    snapshot_id: str
    manifest_hash: str
    changed: list[str]
    kept_edits: list[str]
    merged: list[str] = field(default_factory=list)
    saved: str | None = None
    replaced: str | None = None


def pull(
    api: Api, state: State, decide: Decide, *, workspace: str | None = None, threads: int, progress: Progress
) -> Pulled:
    """Move the working copy to its workspace's head and keep its edits, joined with what changed there.

    With `workspace` (name or id) it goes to that one and belongs there from then on. Where the two can't be joined
    `decide` is asked; edits that then give way are kept as a snapshot aside first.
    Raises MergeConflicts before anything changes, Obstructed, EditedMeanwhile, Busy, Unreadable, and what `Api` raises.
    """
    with at_work(state):
        settled(api, state)
        binding = state.bound()
        place = _place(api, binding, workspace)
        head = head_of(api, place)
        tree = read_tree(state, threads=threads, progress=progress)
        base = base_entries(api, state)
        edits = changes_since(tree, binding.base, base)
        if binding.base is not None and binding.base.snapshot_id == head.id:
            tree.remember(state)
            binding.head, binding.workspace_id, binding.workspace_name = head.id, place.id, place.name
            state.save(binding)
            return Pulled(head.id, binding.base.manifest_hash, [], [edit.path for edit in edits])
        data = fetch_manifest(api, head)
        target = writable(data)
        joined = _Joined(keep_edits(target, edits, base, tree.entries()))
        saved = None
        if edits:
            joined = _join(api, state, tree, (base, target), place.name, decide)
            if joined.gave_way:
                saved = keep_aside(api, state, tree, f"Edits before pulling {head.id[:12]}", progress).snapshot.id
        goal = Goal(
            joined.entries, Base(head.id, head.manifest_hash), data, head.id, joined.contents, (place.id, place.name)
        )
        changed = move(api, state, tree, goal, progress)
        kept = [change.path for change in diff(target, joined.entries)]
        replaced = _replaced(api, binding, head) if place.id == binding.workspace_id else None
        return Pulled(head.id, head.manifest_hash, changed, kept, joined.merged, saved, replaced)


@dataclass(frozen=True, slots=True)
class _Joined:
    """The tree that a merge came to; `gave_way` says that some edit of this folder is not in it."""

    entries: list[Entry]
    contents: Mapping[str, bytes] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    gave_way: bool = False


def _join(
    api: Api, state: State, tree: Tree, sides: tuple[list[Entry], list[Entry]], source: str, decide: Decide
) -> _Joined:
    base, target = sides
    ours = tree.entries()
    read = reader(api, [*base, *target], state.top, ours)
    plan = make_plan(from_entries(base, ours, target), read, source=source)
    choices = _choices(plan, decide)
    changes = choose(plan, choices)
    merged = [action.path for action in plan.actions if action.kind == "ai_combined"]
    return _Joined(list(apply_changes(ours, changes)), merged_contents(plan), merged, THEIRS in choices.values())


def _choices(plan: Plan, decide: Decide) -> dict[str, str]:
    """Return an answer for every decision. Raises MergeConflicts when some stay open."""
    if not plan.decisions:
        return {}
    known = {decision.path for decision in plan.decisions}
    choices = {path: answer for path, answer in decide(plan.decisions).items() if path in known}
    left = [decision for decision in plan.decisions if decision.path not in choices]
    if left:
        raise MergeConflicts(left)
    return choices


def _place(api: Api, binding: Binding, wanted: str | None) -> Workspace:
    if wanted is not None:
        return find_workspace(api, binding.project_id, wanted)
    return own_workspace(api, binding)


def _replaced(api: Api, binding: Binding, head: Snapshot) -> str | None:
    """Return the old base when the head certainly does not follow it."""
    if binding.base is None or binding.base.snapshot_id in head.parent_snapshot_ids:
        return None
    history = itertools.islice(api.workspace_snapshots(binding.workspace_id), SEARCHED_SNAPSHOTS + 1)
    seen = [snapshot["id"] for snapshot in history]
    if len(seen) > SEARCHED_SNAPSHOTS or binding.base.snapshot_id in seen:
        return None
    return binding.base.snapshot_id


def by_path(default: str | None, mine: Sequence[str], theirs: Sequence[str]) -> Decide:
    """Return a `Decide` that takes one side everywhere (None: leaves them open) but for the paths that are named."""

    def decide(decisions: Sequence[Decision]) -> Mapping[str, str]:
        answers: dict[str, str] = {}
        for decision in decisions:
            answer = MINE if within(decision.path, mine) else THEIRS if within(decision.path, theirs) else default
            if answer is not None:
                answers[decision.path] = answer
        return answers

    return decide
