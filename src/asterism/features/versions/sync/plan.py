"""From two workspaces to a plan: the situation, the merge base, and the merge of three trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asterism.features.accounts.identity import Caller
from asterism.features.versions import drift, storage, workspaces
from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.errors import NoMainWorkspace, NothingToMerge, SourceIsTarget
from asterism.features.versions.sync.history import Graph, read_graph
from asterism.features.versions.sync.models import Situation
from asterism.kernel.db import Tx
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import History, MergeBase, Plan, Sides, find_base, from_entries, from_records, make_plan


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the base that it stands on."""

    plan: Plan
    base: MergeBase


def find_situation(
    tx: Tx, caller: Caller, workspace_id: str, source_id: str | None, tree: str | None = None
) -> tuple[Situation, Graph]:
    """Return both sides of a sync and the history behind them (Fastest 5.1); `tree` stands for the target's own.

    Raises UnknownWorkspace, OtherProject, NoMainWorkspace, SourceIsTarget, NothingToMerge or ManifestNotFound.
    """
    target, project = workspaces.workspace_and_project(tx, caller, workspace_id)
    source = drift.find_source(tx, caller, target, project, source_id)
    if source is None:
        raise NoMainWorkspace
    if source.id == target.id:
        raise SourceIsTarget(named=source_id is not None)
    theirs = workspaces.head_manifest(tx, project, source)
    if theirs is None or source.current_snapshot_id is None:
        raise NothingToMerge(source.name)
    if tree is not None and storage.find_manifest(tx, project.owner_user_id, tree) is None:
        raise storage.ManifestNotFound
    ours = tree or workspaces.working_manifest(tx, project, target)
    head, source_head = target.current_snapshot_id, source.current_snapshot_id
    graph = read_graph(tx, project, [source_head, *([head] if head else [])])
    return Situation(project, target, source, ours, theirs, head, source_head), graph


def plan_sync(contents: Contents, situation: Situation, graph: Graph) -> Planned:
    """Merge the source's head into the target's working tree, on paper. Raises UnknownManifest or BlobsMissing."""
    base = merge_base(contents, graph, situation.head, situation.source_head)
    plan = plan_trees(contents, graph, base, situation.ours, situation.theirs, source=situation.source.name)
    incoming = [a.entry.hash for a in plan.actions if a.kind == "copy_from_main" and a.entry and a.entry.hash]
    missing = sorted({*plan.missing_blobs, *contents.missing(incoming)})
    if missing:
        raise storage.BlobsMissing(missing)
    return Planned(plan, base)


def merge_base(contents: Contents, graph: Graph, head: str | None, source_head: str | None) -> MergeBase:
    """Return the base of two heads; without one of them, nothing is common. Raises UnknownManifest or BlobsMissing."""
    if head is None or source_head is None:
        return MergeBase("empty", entries=())

    def tree(snapshot_id: str) -> Sequence[Entry]:
        return contents.entries(graph.tree(snapshot_id))

    history = History(graph.parents, graph.registered, tree)
    return find_base(head, source_head, history, contents.read)


def plan_trees(
    contents: Contents, graph: Graph, base: MergeBase, ours: str | None, theirs: str, *, source: str
) -> Plan:
    """Merge two stored trees, on paper; contents that are not stored are named in the plan. Raises UnknownManifest."""

    def read(hashes: Sequence[str]) -> Mapping[str, bytes]:
        made = {name: base.contents[name] for name in hashes if name in base.contents}
        return made | contents.read([name for name in hashes if name not in made])

    return make_plan(_sides(contents, graph, base, ours, theirs), read, source=source)


def _sides(contents: Contents, graph: Graph, base: MergeBase, ours: str | None, theirs: str) -> Sides:
    if base.kind == "virtual" and base.entries is not None:
        return from_entries(base.entries, contents.entries(ours), contents.entries(theirs))
    before = graph.tree(base.snapshots[0]) if base.snapshots else None
    return from_records(contents.root(before), contents.root(ours), contents.root(theirs), contents.load())
