"""Who has to do something whenever a workspace moves: woken after the commit, and able to see what it has missed.

A follower (drift, the forecast) writes down which version of each workspace it has dealt with. So a wake-up may get
lost with a process: what is behind is found by comparing versions.
"""

from collections.abc import Mapping

from asterism.features.versions import project_log
from asterism.features.versions.project_log import WorkspaceMoved
from asterism.features.versions.workspaces import store
from asterism.features.versions.workspaces.models import Workspace
from asterism.kernel.db import Tx

MOVED = "workspaces.moved"


def after_move(tx: Tx, moved: Workspace, *, cause: str, actor: str) -> None:
    """Tell that the head or the working tree of a workspace is another: `moved` is how it stands now."""
    project_log.append(
        tx,
        moved.project_id,
        WorkspaceMoved(moved.current_snapshot_id, cause),
        title=f"The files of “{moved.name}” are others now ({cause}).",
        subject=("workspace", moved.id),
        actor=actor,
        workspace_id=moved.id,
        tree=moved.current_manifest_hash,
    )
    tell_moved(tx, moved.project_id)


def tell_moved(tx: Tx, project_id: str) -> None:
    """Wake the followers of a project: a head, a working tree, or the set of its workspaces changed."""
    tx.tell(MOVED, project_id)


def projects_behind(tx: Tx, follower: str, *, limit: int) -> list[str]:
    """Return projects with a live workspace that has a version which the follower has not dealt with."""
    return store.projects_behind(tx, follower, limit)


def follow(tx: Tx, follower: str, versions: Mapping[str, int]) -> None:
    """Note that a follower has dealt with these versions of workspaces; those that are gone by now do not matter."""
    store.follow(tx, follower, versions)
