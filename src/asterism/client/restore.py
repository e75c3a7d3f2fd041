"""Restore: make the tree, or a part of it, that of a snapshot; discard: take edits back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from asterism.base.errors import Conflict, NotFound
from asterism.client.api import Api
from asterism.client.base import base_entries, base_manifest, changes_since, own_workspace, settled, within, writable
from asterism.client.clone import fetch_manifest
from asterism.client.look import with_parents
from asterism.client.models import Snapshot
from asterism.client.move import Goal, move
from asterism.client.progress import Progress
from asterism.client.push import keep_aside
from asterism.client.tree import Tree, read_tree
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import Base, Binding, State
from asterism.vcs.diff import Change
from asterism.vcs.manifest import Entry


class UnsavedEdits(Conflict):
    """The working copy holds edits that the change would overwrite."""

    code = "UNSAVED_EDITS"

    def __init__(self, paths: Sequence[str], hint: str) -> None:
        shown = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        super().__init__(f"Unsaved edits would be lost: {shown}", hint=hint, details={"paths": list(paths[:100])})


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the snapshot, the paths that changed on disk, and where edits were saved (None: nowhere)."""

    snapshot_id: str
    manifest_hash: str
    changed: list[str]
    saved: str | None = None


@dataclass(frozen=True, slots=True)
class Discarded:
    """The paths that are as they were at the base again, and those of new files, which were left."""

    changed: list[str]
    left: list[str] = field(default_factory=list)


def restore(
    api: Api,
    state: State,
    snapshot: Snapshot,
    paths: Sequence[str] = (),
    *,
    note: str | None = None,
    threads: int,
    progress: Progress,
) -> Restored:
    """Make the tree that of `snapshot`; with `paths`, only what lies at or below one of them, and the base stays.

    Refuses while an unsaved edit would be lost, unless there is a `note`: then the edits become a snapshot aside first.
    Raises UnsavedEdits, NotFound for a path that neither side has, and what `pull` raises.
    """
    with at_work(state):
        settled(api, state)
        binding = state.bound()
        tree = read_tree(state, threads=threads, progress=progress)
        edits = [edit for edit in _edits(api, state, tree) if not paths or within(edit.path, paths)]
        saved = None
        if edits and note is None:
            raise UnsavedEdits(
                [edit.path for edit in edits],
                "Keep them with --save, or take them back with `asterism discard`.",
            )
        if edits and note is not None:
            saved = keep_aside(api, state, tree, note, progress).snapshot.id
        data = fetch_manifest(api, snapshot)
        head = own_workspace(api, binding).current_snapshot_id
        if paths:
            goal = _partial(api, state, binding, tree, writable(data), paths)
        else:
            entries = writable(data)
            entries += _own_folders(tree, base_entries(api, state), entries)
            goal = Goal(entries, Base(snapshot.id, snapshot.manifest_hash), data, head)
        changed = move(api, state, tree, goal, progress)
        return Restored(snapshot.id, snapshot.manifest_hash, changed, saved)


def discard(
    api: Api, state: State, paths: Sequence[str], *, added: bool, threads: int, progress: Progress
) -> Discarded:
    """Take back the edits at or below `paths` (`""` is the whole tree); new files only go with `added`.

    Raises NotFound for a path at which nothing is edited.
    """
    with at_work(state):
        settled(api, state)
        binding = state.bound()
        tree = read_tree(state, threads=threads, progress=progress)
        edits = _edits(api, state, tree)
        _require_each(paths, [edit.path for edit in edits], "is not edited", "`asterism status` shows what is edited.")
        edits = [edit for edit in edits if within(edit.path, paths)]
        left = [edit.path for edit in edits if edit.old is None and not added]
        back = {edit.path: edit for edit in edits if edit.path not in left}
        entries = [entry for entry in tree.entries() if entry.path not in back]
        entries += [edit.old for edit in back.values() if edit.old is not None]
        changed = move(api, state, tree, _staying(api, state, binding, entries), progress)
        return Discarded(changed, left)


def _own_folders(tree: Tree, base: Sequence[Entry], target: Sequence[Entry]) -> list[Entry]:
    """Return the folders that are here, but in no snapshot, and hold nothing that is: they stay where there is room."""
    known = with_parents(base)
    taken = {entry.path for entry in target if entry.type != "dir"}
    kept = with_parents(entry for entry in tree.entries() if entry.type != "dir")
    return [
        entry
        for entry in tree.entries()
        if entry.type == "dir" and entry.path not in known | kept and taken.isdisjoint(with_parents([entry]))
    ]


def _edits(api: Api, state: State, tree: Tree) -> list[Change]:
    return changes_since(tree, state.bound().base, base_entries(api, state))


def _partial(api: Api, state: State, binding: Binding, tree: Tree, target: list[Entry], paths: Sequence[str]) -> Goal:
    current = tree.entries()
    _require_each(paths, [entry.path for entry in [*target, *current]], "is neither in the snapshot nor here")
    entries = [entry for entry in current if not within(entry.path, paths)]
    entries += [entry for entry in target if within(entry.path, paths)]
    return _staying(api, state, binding, entries)


def _staying(api: Api, state: State, binding: Binding, entries: list[Entry]) -> Goal:
    """Return a goal with another tree and the base that the folder has."""
    base = binding.base
    if base is None:
        raise NotFound("This folder is at no snapshot yet.", hint="`asterism push` makes one.")
    return Goal(entries, base, base_manifest(api, state, base), binding.head)


def _require_each(paths: Sequence[str], known: Sequence[str], problem: str, hint: str | None = None) -> None:
    for place in paths:
        if place and not any(within(path, [place]) for path in known):
            raise NotFound(f"{place!r} {problem}.", hint=hint)
