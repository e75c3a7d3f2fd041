"""The history that a merge base is found in (Fastest 5.2)."""

from collections.abc import Mapping, Sequence

from asterism.features.versions import snapshots, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import Ancestor
from asterism.kernel.db import Tx


class Graph:
    """The ancestors of some snapshots, as far as the project has them."""

    def __init__(self, known: Mapping[str, Ancestor], bases: Mapping[str, str]) -> None:
        self.known, self._bases = known, bases

    def parents(self, snapshot_id: str) -> Sequence[str]:
        """Return the known parents of a snapshot.

        One of a workspace that was pushed without its history has its workspace's base as parent.
        """
        found = self.known.get(snapshot_id)
        if found is None:
            return ()
        parents = [parent for parent in found.parents if parent in self.known]
        base = self._bases.get(found.workspace_id or "")
        return parents or ([base] if base is not None and base in self.known and base != snapshot_id else [])

    def registered(self, snapshot_id: str) -> int:
        """Return the place of a snapshot in the order of registration."""
        return self.known[snapshot_id].seq

    def tree(self, snapshot_id: str) -> str:
        """Return the manifest of a snapshot."""
        return self.known[snapshot_id].manifest_hash


def read_graph(tx: Tx, project: Project, heads: Sequence[str]) -> Graph:
    """Return the history of some snapshots, at least one."""
    bases = workspaces.bases(tx, project)
    known: dict[str, Ancestor] = {}
    asked: set[str] = set()
    wanted = set(heads)
    while wanted:
        asked |= wanted
        found = snapshots.ancestry(tx, project.id, sorted(wanted))
        known.update((one.id, one) for one in found)
        ends = [one for one in found if not any(parent in known for parent in one.parents)]
        wanted = {base for one in ends if (base := bases.get(one.workspace_id or ""))} - asked
    return Graph(known, bases)
