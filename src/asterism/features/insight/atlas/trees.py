"""Which tree a request means."""

from asterism.features.insight.atlas.models import Source
from asterism.features.versions import snapshots, storage, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import UnknownSnapshot
from asterism.features.versions.storage import ManifestNotFound
from asterism.kernel.db import Tx
from asterism.vcs.content import is_hash


def latest(tx: Tx, project: Project) -> Source:
    """Return the newest tree of a project; an empty source where it has none."""
    found = workspaces.latest_tree(tx, project)
    return Source(*found) if found else Source()


def of_manifest(tx: Tx, project: Project, manifest_hash: str) -> Source:
    """Return a stored tree. Raises ManifestNotFound."""
    if storage.find_manifest(tx, project.owner_user_id, manifest_hash) is None:
        raise ManifestNotFound
    return Source(manifest_hash)


def of_snapshot(tx: Tx, project: Project, snapshot_id: str) -> Source:
    """Return the tree of a snapshot of a project. Raises UnknownSnapshot or ManifestNotFound."""
    found = snapshots.find_in_project(tx, project, snapshot_id)
    if found is None:
        raise UnknownSnapshot
    return Source(of_manifest(tx, project, found.manifest_hash).manifest_hash, found.id)


def named(tx: Tx, project: Project, name: str) -> Source:
    """Return the tree that a manifest's hash or a snapshot's id names. Raises UnknownSnapshot or ManifestNotFound."""
    return of_manifest(tx, project, name) if is_hash(name) else of_snapshot(tx, project, name)
