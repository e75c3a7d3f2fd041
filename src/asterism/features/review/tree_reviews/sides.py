"""Which two trees a review is about (Beyond 5)."""

from dataclasses import dataclass

from asterism.features.accounts.identity import Caller
from asterism.features.versions import snapshots, storage, sync, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import UnknownSnapshot
from asterism.features.versions.workspaces import NoTree, Workspace
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx

MAIN, HEAD = "main", "head"


@dataclass(frozen=True, slots=True)
class Sides:
    """The trees; `base_tree` is None where there is nothing to compare with: then everything is new."""

    project: Project
    workspace: Workspace
    base_tree: str | None
    tree: str
    snapshot_id: str | None


def find_sides(db: Database, blobs: Blobs, caller: Caller, workspace_id: str, against: str) -> Sides:
    """Return the working tree of a workspace and what it is compared with; for a worker thread.

    `main` is the merge base of both heads (of main itself: its head), `head` the workspace's head, anything else a
    snapshot of the project. Raises UnknownWorkspace, NoTree, UnknownSnapshot, UnknownManifest or BlobsMissing.
    """
    with db.read() as tx:
        workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
        tree = workspaces.working_manifest(tx, project, workspace)
        if tree is None:
            raise NoTree
        head = workspaces.head_manifest(tx, project, workspace)
        snapshot_id = workspace.current_snapshot_id if head == tree else None
        if against == HEAD:
            return Sides(project, workspace, head, tree, snapshot_id)
        if against != MAIN:
            return Sides(project, workspace, _tree_of(tx, project, against), tree, snapshot_id)
    return Sides(project, workspace, _base(db, blobs, project, workspace), tree, snapshot_id)


def _tree_of(tx: Tx, project: Project, snapshot_id: str) -> str:
    found = snapshots.find_in_project(tx, project, snapshot_id)
    if found is None:
        raise UnknownSnapshot
    if storage.find_manifest(tx, project.owner_user_id, found.manifest_hash) is None:
        raise storage.ManifestNotFound
    return found.manifest_hash


def _base(db: Database, blobs: Blobs, project: Project, workspace: Workspace) -> str | None:
    """Return the tree of the merge base with main; of several common ancestors, that of the newest."""
    with db.read() as tx:
        main = workspaces.main_of(tx, project)
        head, other = workspace.current_snapshot_id, main.current_snapshot_id if main is not None else None
        if head is None or other is None:
            return workspaces.head_manifest(tx, project, main) if main is not None and main.id != workspace.id else None
        graph = sync.read_graph(tx, project, [head, other])
    base = sync.merge_base(sync.Contents(db, blobs, project.owner_user_id), graph, head, other)
    return graph.tree(base.snapshots[-1]) if base.snapshots else None
