"""Pull: join a working copy with its workspace's head, three ways, so that nobody's work is lost."""

import itertools
from dataclasses import dataclass, field

from asterism.client.api import Api
from asterism.client.base import base_entries, changes_since, own_workspace, settled, writable
from asterism.client.clone import fetch_manifest
from asterism.client.join import Decide, Target, join
from asterism.client.models import Snapshot, Workspace
from asterism.client.move import Goal, move
from asterism.client.progress import Progress
from asterism.client.projects import find_workspace
from asterism.client.push import keep_aside
from asterism.client.revisions import head_of
from asterism.client.snapshot_id import short
from asterism.client.tree import read_tree
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import Base, Binding, State
from asterism.vcs.diff import diff

SEARCHED_SNAPSHOTS = 1000


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did.

    `changed` are the paths that changed on disk, `merged` those whose contents were joined, `kept_edits` what differs
    from the head afterwards. `saved` is the snapshot that edits were kept in which had to give way. `replaced` is the
    snapshot that this folder was based on when the head does not follow it: somebody replaced it on purpose.
    `lock_files` changed on both sides, and are as one of them has them.
    """

    snapshot_id: str
    manifest_hash: str
    changed: list[str]
    kept_edits: list[str]
    merged: list[str] = field(default_factory=list)
    saved: str | None = None
    replaced: str | None = None
    lock_files: list[str] = field(default_factory=list)


def pull(
    api: Api, state: State, decide: Decide, *, workspace: str | None = None, threads: int, progress: Progress
) -> Pulled:
    """Move the working copy to its workspace's head and keep its edits, joined with what changed there.

    With `workspace` (name or id) it goes to that one and belongs there from then on. Where the two can't be joined
    `decide` is asked; edits that then give way are kept as a snapshot aside first.
    Raises MergeConflicts before anything changes, Obstructed, EditedMeanwhile, Busy, Unreadable, and what `Api` raises.
    """
    with at_work(state):
        return pull_held(api, state, decide, workspace=workspace, threads=threads, progress=progress)


def pull_held(
    api: Api, state: State, decide: Decide, *, workspace: str | None = None, threads: int, progress: Progress
) -> Pulled:
    """Pull into a working copy that the caller has locked."""
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
    joined = join(api, state, tree, base, edits, Target(place.name, target), decide)
    saved = None
    if joined.gave_way:
        saved = keep_aside(api, state, tree, f"Edits before pulling {short(head.id)}", progress).snapshot.id
    goal = Goal(
        joined.entries, Base(head.id, head.manifest_hash), data, head.id, joined.contents, (place.id, place.name)
    )
    changed = move(api, state, tree, goal, progress)
    kept = [change.path for change in diff(target, joined.entries)]
    replaced = _replaced(api, binding, head) if place.id == binding.workspace_id else None
    return Pulled(head.id, head.manifest_hash, changed, kept, joined.merged, saved, replaced, joined.lock_files)


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
