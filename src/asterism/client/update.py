"""Pull and restore: bring a working copy to a snapshot without losing an unsaved edit."""

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.base.errors import Conflict, NotFound
from asterism.client.api import Api
from asterism.client.clone import fetch_manifest
from asterism.client.download import fetch
from asterism.client.models import Snapshot
from asterism.client.progress import Progress
from asterism.client.tree import Tree, read_tree
from asterism.client.workcopy.apply import Obstructed, at_work, carry_out, left_alone, obstacles
from asterism.client.workcopy.clonefiles import Writer, writable_here
from asterism.client.workcopy.plan import Step, plan, with_folders
from asterism.client.workcopy.state import Base, State
from asterism.vcs.diff import Change, diff
from asterism.vcs.manifest import Entry, read
from asterism.vcs.merge import clashing_paths, with_edits


class UnsavedEdits(Conflict):
    """The working copy holds edits that the change would overwrite."""

    code = "UNSAVED_EDITS"


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did: the snapshot that the tree is at now, and the paths that changed on disk."""

    snapshot_id: str
    manifest_hash: str
    changed: list[str]
    kept_edits: list[str]


def pull(api: Api, state: State, *, threads: int, progress: Progress) -> Updated:
    """Move the working copy to its workspace's head. Edits stay where the head did not change the same paths.

    Raises UnsavedEdits, Obstructed, EditedMeanwhile, Busy, Unreadable, and what `Api` raises.
    """
    with at_work(state):
        binding = state.bound()
        head_id = api.workspace(binding.workspace_id).current_snapshot_id
        if head_id is None:
            raise NotFound(f"The workspace {binding.workspace_name!r} has no snapshot yet.", hint="`asterism push`")
        tree = read_tree(state, threads=threads, progress=progress)
        base = base_entries(api, state)
        edits = changes_since(tree, binding.base, base)
        if binding.base is not None and binding.base.snapshot_id == head_id:
            tree.remember(state)
            return Updated(head_id, binding.base.manifest_hash, [], [edit.path for edit in edits])
        head = api.snapshot(head_id, project_id=binding.project_id)
        data = fetch_manifest(api, head)
        target = _writable(data)
        clashes = clashing_paths(edits, diff(base, target))
        if clashes:
            raise _unsaved(clashes)
        merged = with_edits(target, edits, base, tree.entries())
        return _move(api, state, tree, Base(head.id, head.manifest_hash), head.id, data, merged, edits, progress)


def restore(
    api: Api, state: State, snapshot: Snapshot, *, saved: str | None = None, threads: int, progress: Progress
) -> Updated:
    """Make the tree that of `snapshot`. Raises what `pull` raises.

    Refuses while there is any unsaved edit; `saved` is the manifest of a tree whose edits are kept elsewhere.
    """
    with at_work(state):
        binding = state.bound()
        tree = read_tree(state, threads=threads, progress=progress)
        edits = changes_since(tree, binding.base, base_entries(api, state))
        if edits and tree.manifest_hash != saved:
            raise _unsaved([edit.path for edit in edits])
        data = fetch_manifest(api, snapshot)
        head = api.workspace(binding.workspace_id).current_snapshot_id
        base = Base(snapshot.id, snapshot.manifest_hash)
        return _move(api, state, tree, base, head, data, _writable(data), [], progress)


def base_entries(api: Api, state: State) -> list[Entry]:
    """Return the entries of the snapshot that the working copy was last equal to; fetched when not kept here."""
    base = state.bound().base
    if base is None:
        return []
    data = state.base_manifest(base)
    if data is None:
        data = api.get_manifest(base.manifest_hash)
        state.keep_manifest(data)
    return read(data)


def changes_since(tree: Tree, base: Base | None, entries: Sequence[Entry]) -> list[Change]:
    """Return what is edited since the base."""
    if base is not None and tree.is_same_as(base.manifest_hash):
        return []
    return diff([entry for entry in entries if writable_here(entry)], tree.entries())


def _writable(data: bytes) -> list[Entry]:
    return [entry for entry in read(data) if writable_here(entry)]


def _unsaved(paths: list[str]) -> UnsavedEdits:
    shown = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return UnsavedEdits(
        f"Unsaved edits would be lost: {shown}",
        hint="Save them with `asterism push` first, or take them back.",
        details={"paths": paths[:100]},
    )


def _move(
    api: Api,
    state: State,
    tree: Tree,
    base: Base,
    head: str | None,
    manifest: bytes,
    target: list[Entry],
    edits: list[Change],
    progress: Progress,
) -> Updated:
    current = with_folders(tree.entries())
    steps = plan(current, with_folders(target), tree.signatures())
    blocked = obstacles(state.top, steps, current)
    if blocked:
        raise Obstructed(
            f"Files that are not versioned are in the way: {', '.join(blocked[:5])}",
            hint="Move them away and try again.",
            details={"paths": blocked[:100]},
        )
    _stage(api, state, steps, progress)
    skipped = carry_out(state, base, head, manifest, steps)
    read_tree(state, threads=2, progress=progress).remember(state)
    if skipped:
        raise left_alone(skipped)
    touched = sorted({step.path for step in steps if step.kind not in ("leave_folder", "make_folder")})
    return Updated(base.snapshot_id, base.manifest_hash, touched, [edit.path for edit in edits])


def _stage(api: Api, state: State, steps: list[Step], progress: Progress) -> None:
    """Fetch the contents that the steps place, each into a staged file of its own."""
    files = [
        Entry(type="file", path=str(step.staged), hash=step.hash, size=step.size, mode=step.mode)
        for step in steps
        if step.kind == "place"
    ]
    writer = Writer(state.incoming(), files)
    sizes = writer.wanted()
    progress.start("Receiving", sum(sizes.values()))
    try:
        fetch(api, sizes, writer, progress)
    finally:
        progress.finish()
