"""Undoing a sync: the workspace goes back to where it stood before it, and the folder follows."""

from asterism.base.errors import Conflict
from asterism.client.api import Api
from asterism.client.base import own_workspace, settled
from asterism.client.clone import fetch_manifest
from asterism.client.join import THEIRS, by_path
from asterism.client.models import Workspace
from asterism.client.progress import Progress
from asterism.client.pull import pull_held
from asterism.client.sync import Synced
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import State
from asterism.vcs.diff import diff
from asterism.vcs.manifest import read


def undo(api: Api, state: State, *, threads: int, progress: Progress) -> Synced:
    """Undo the newest sync of the folder's workspace, and bring the folder to where the workspace stood before.

    Edits stay where they can be joined with that; otherwise they are kept as a snapshot aside. Where the sync that the
    folder is at was undone already, only the folder follows. Raises Conflict when there is no sync to undo, or work
    came after it.
    """
    with at_work(state):
        settled(api, state)
        binding = state.bound()
        place = own_workspace(api, binding)
        left = binding.base.snapshot_id if binding.base is not None else None
        if not _was_undone(api, place, left):
            left = _undo(api, place)
            place = own_workspace(api, binding)
        if place.current_snapshot_id is None:
            return Synced(None, None, "The workspace has no snapshot any more; the folder is as it was.", done=True)
        pulled = pull_held(api, state, by_path(THEIRS, (), ()), threads=threads, progress=progress)
        counts = _counts(api, place, left, pulled.manifest_hash)
        summary = "The newest sync is undone."
        return Synced(
            pulled.snapshot_id,
            pulled.manifest_hash,
            summary,
            *counts,
            done=True,
            changed=pulled.changed,
            saved=pulled.saved,
        )


def _was_undone(api: Api, place: Workspace, base: str | None) -> bool:
    """Say whether the folder is at a merge and its workspace where it stood before: an undo that was cut off here."""
    if base is None or place.current_snapshot_id in (None, base):
        return False
    parents = api.snapshot(base, project_id=place.project_id).parent_snapshot_ids
    return len(parents) > 1 and parents[0] == place.current_snapshot_id


def _undo(api: Api, place: Workspace) -> str | None:
    """Undo on the server; returns the snapshot that is no head any more."""
    try:
        return api.undo_sync(place.id).previous_snapshot_id
    except Conflict as error:
        if error.code != "HEAD_MOVED":
            raise
        raise Conflict(
            f"Work came to the workspace {place.name!r} after its newest sync.",
            code=error.code,
            hint="`asterism log` lists the snapshots; `asterism restore SNAPSHOT`, then `asterism push --force`, goes "
            "back to one of them.",
            details=error.details,
        ) from error


def _counts(api: Api, place: Workspace, left: str | None, manifest_hash: str) -> tuple[int, int, int]:
    """Return how many paths were added, updated and deleted from one snapshot to a tree."""
    before = read(fetch_manifest(api, api.snapshot(left, project_id=place.project_id))) if left is not None else []
    kinds = [change.kind for change in diff(before, read(api.get_manifest(manifest_hash)))]
    added, deleted = kinds.count("added"), kinds.count("deleted")
    return added, len(kinds) - added - deleted, deleted
