"""The history that a merge base is found in (Fastest 5.2): as much of it as decides (ADR 0216)."""

from collections.abc import Mapping, Sequence, Set
from itertools import combinations

from asterism.features.versions import snapshots, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import Ancestor
from asterism.kernel.db import Tx
from asterism.vcs.dag import ancestors, best_common_ancestors

MOST = 12  # heads, each two of which are looked at
NEAR, FURTHER = 1_000, 8  # how many registrations are looked at first, and how many times as many next


class Graph:
    """The ancestors of some snapshots, as far as the project has them.

    `cut` are those whose own parents were left out, `oldest` is the first registered of these parents, as far as known.
    """

    def __init__(
        self,
        known: Mapping[str, Ancestor],
        bases: Mapping[str, str],
        cut: Set[str] = frozenset(),
        oldest: int | None = None,
    ) -> None:
        self.known, self._bases, self.cut, self.oldest = known, bases, cut, oldest

    def parents(self, snapshot_id: str) -> Sequence[str]:
        """Return the known parents of a snapshot.

        One of a workspace that was pushed without its history has its workspace's base as parent.
        """
        found = self.known.get(snapshot_id)
        if found is None:
            return ()
        parents = [parent for parent in found.parents if parent in self.known]
        if parents or snapshot_id in self.cut:
            return parents
        base = self._bases.get(found.workspace_id or "")
        return [base] if base is not None and base in self.known and base != snapshot_id else []

    def registered(self, snapshot_id: str) -> int:
        """Return the place of a snapshot in the order of registration."""
        return self.known[snapshot_id].seq

    def tree(self, snapshot_id: str) -> str:
        """Return the manifest of a snapshot."""
        return self.known[snapshot_id].manifest_hash


def read_graph(tx: Tx, project: Project, heads: Sequence[str], *, near: int = NEAR) -> Graph:
    """Return the history of some snapshots, at least one: of few, only what the merge bases of two are found in."""
    bases = workspaces.bases(tx, project)
    found = snapshots.find_many(tx, project.id, sorted(set(heads)))
    if found and len(found) == len(set(heads)) <= MOST:
        pairs = list(combinations(found, 2)) or [(heads[0], heads[0])]
        newest, oldest = (choose(one.seq for one in found.values()) for choose in (max, min))
        span = max(near, 2 * (newest - oldest))
        while (since := newest - span) > 0:
            graph = _read(tx, project, heads, bases, since=since)
            if all(decides(graph, *pair) for pair in pairs):
                return graph
            span = max(FURTHER * span, 2 * (newest - (newest if graph.oldest is None else graph.oldest)))
    return _read(tx, project, heads, bases, since=0)


def decides(graph: Graph, one: str, other: str) -> bool:
    """Say whether the best common ancestor of two snapshots is the one that a graph with parents left out shows.

    It is when it is the only one, and whatever was left out comes before it: then so does all that both have besides,
    in whatever order it was registered. Several would be merged with each other, for which what is before them counts.
    """
    if not graph.cut:
        return True
    common = ancestors([one], graph.parents).keys() & ancestors([other], graph.parents).keys()
    return graph.cut <= common and len(best_common_ancestors(one, other, graph.parents)) == 1


def _read(tx: Tx, project: Project, heads: Sequence[str], bases: Mapping[str, str], *, since: int) -> Graph:
    """Read what was registered from `since` on; a workspace's base was there before its snapshots."""
    known: dict[str, Ancestor] = {}
    asked: set[str] = set()
    wanted = set(heads)
    while wanted:
        asked |= wanted
        known |= {one.id: one for one in snapshots.ancestry(tx, project.id, sorted(wanted), since=since)}
        ends = [one for one in known.values() if not any(parent in known for parent in one.parents)]
        wanted = {base for one in ends if (base := bases.get(one.workspace_id or ""))} - asked
    return Graph(known, bases, *(_cut(tx, project, known, bases) if since else ()))


def _cut(
    tx: Tx, project: Project, known: Mapping[str, Ancestor], bases: Mapping[str, str]
) -> tuple[set[str], int | None]:
    """Return the snapshots of which the project has a parent, or base, that was left out; and the oldest parent."""
    absent = {parent for one in known.values() for parent in one.parents if parent not in known}
    older = snapshots.find_many(tx, project.id, sorted(absent))
    cut = {one.id for one in known.values() if any(parent in older for parent in one.parents)}
    ends = [one for one in known.values() if one.id not in cut and not any(parent in known for parent in one.parents)]
    cut |= {one.id for one in ends if bases.get(one.workspace_id or "", one.id) not in known}
    return cut, min((one.seq for one in older.values()), default=None)
