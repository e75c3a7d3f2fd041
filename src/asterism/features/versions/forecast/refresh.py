"""Computing the forecast of a project by the engine that merges, each pair once per trees and base (Beyond 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from asterism.features.versions import project_log, projects, storage, sync, workspaces
from asterism.features.versions.forecast import store
from asterism.features.versions.forecast.content_cache import Remembering
from asterism.features.versions.forecast.models import (
    MAX_PATHS,
    MAX_REGIONS,
    Conflict,
    Details,
    Outcome,
    Place,
)
from asterism.features.versions.forecast.pairs import pairs
from asterism.features.versions.forecast.service import find_places
from asterism.features.versions.project_log import ForecastChanged
from asterism.features.versions.sync import Graph
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.vcs.merge import Plan

log = structlog.get_logger("asterism.forecast")

FOLLOWER = "forecast"
BEHIND_AT_ONCE = 500
WRITTEN_AT_ONCE = 16

Known = Mapping[tuple[str, str], Outcome]


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be computed: the pairs that moved, what is known of them, and the history of their heads."""

    due: Sequence[tuple[Place, Place]]
    known: Known
    graph: Graph
    contents: sync.Contents


def refresh(db: Database, blobs: Blobs, project_id: str) -> int:
    """Compute the pairs of a project whose trees or base changed; return how many. For a worker thread."""
    with db.read() as tx:
        project = projects.find_live(tx, project_id)
        if project is None:
            return 0
        versions = {one.id: one.version for one in workspaces.all_live(tx, project)}
        places, _ = find_places(tx, project)
        known = {(one.a, one.b): one for one in store.of_project(tx, project_id)}
        due = [(a, b) for a, b in pairs(places) if not _is_known(known, a, b)]
        heads = sorted({place.head for pair in due for place in pair if place.head is not None})
        graph = sync.read_graph(tx, project, heads) if heads else sync.Graph({}, {})
    work = _Work(due, known, graph, Remembering(db, blobs, project.owner_user_id))
    computed = _compute(db, project_id, work)
    ids = {(a.workspace.id, b.workspace.id) for a, b in pairs(places)}
    with db.write() as tx:
        store.remove(tx, project_id, [pair for pair in known if pair not in ids])
        workspaces.follow(tx, FOLLOWER, versions)
    return computed


def behind(tx: Tx) -> list[str]:
    """Return projects whose workspaces moved since they were forecast last."""
    return workspaces.projects_behind(tx, FOLLOWER, limit=BEHIND_AT_ONCE)


def _is_known(known: Known, a: Place, b: Place) -> bool:
    found = known.get((a.workspace.id, b.workspace.id))
    return found is not None and found.stands_for(a, b)


def _compute(db: Database, project_id: str, work: _Work) -> int:
    """Compute and store, some pairs at a time, so that a killed process loses little."""
    fresh: list[Outcome] = []
    computed = 0
    for a, b in work.due:
        known = work.known.get((a.workspace.id, b.workspace.id))
        try:
            outcome = _outcome(work, a, b, known)
        except (storage.UnknownManifest, storage.BlobsMissing) as error:
            log.warning("a pair cannot be forecast", a=a.workspace.id, b=b.workspace.id, reason=error.message)
            continue
        computed += known is None or outcome.details is not known.details
        fresh.append(outcome)
        if len(fresh) == WRITTEN_AT_ONCE:
            _store(db, project_id, fresh, work.known)
            fresh = []
    _store(db, project_id, fresh, work.known)
    return computed


def _outcome(work: _Work, a: Place, b: Place, known: Outcome | None) -> Outcome:
    """Return what a pair comes to; where only heads moved and the base is the same, what is known of it."""
    base = sync.merge_base(work.contents, work.graph, a.head, b.head)
    named = (base.kind, base.snapshots)
    if known is not None and (known.a_tree, known.b_tree, known.base_kind, known.base) == (a.tree, b.tree, *named):
        return replace(known, a_head=a.head, b_head=b.head)
    plan = sync.plan_trees(work.contents, work.graph, base, a.tree, b.tree, source=b.workspace.name)
    overlapping = overlaps(plan)
    conflicts = [Conflict(one.path, one.kind, one.regions[:MAX_REGIONS]) for one in plan.decisions[:MAX_PATHS]]
    return Outcome(
        a=a.workspace.id,
        b=b.workspace.id,
        a_tree=a.tree,
        b_tree=b.tree,
        a_head=a.head,
        b_head=b.head,
        base_kind=base.kind,
        base=base.snapshots,
        conflict_count=len(plan.decisions),
        overlap_count=len(overlapping),
        computed_at="",
        details=Details(tuple(overlapping[:MAX_PATHS]), tuple(conflicts)),
    )


def overlaps(plan: Plan) -> list[str]:
    """Return the paths that both sides changed, each to something else: merged ones and those to be decided."""
    merged = {action.path for action in plan.actions if action.kind == "ai_combined" or action.row in _BOTH}
    return sorted({*merged, *(decision.path for decision in plan.decisions)}, key=str.encode)


_BOTH = frozenset({19, 20})  # one side changed the content, the other the mode (Fastest 5.4)


def _store(db: Database, project_id: str, fresh: Sequence[Outcome], known: Known) -> None:
    if not fresh:
        return
    with db.write() as tx:
        project = projects.find_live(tx, project_id)
        live = {} if project is None else {one.id: one.name for one in workspaces.all_live(tx, project)}
        for outcome in fresh:
            if not live.keys() >= {outcome.a, outcome.b}:
                continue
            store.put(tx, project_id, replace(outcome, computed_at=outcome.computed_at or tx.now()))
            before = known.get((outcome.a, outcome.b))
            if outcome.clean != (before is None or before.clean):
                _tell(tx, project_id, outcome, live)


def _tell(tx: Tx, project_id: str, outcome: Outcome, names: Mapping[str, str]) -> None:
    a, b, count = names[outcome.a], names[outcome.b], outcome.conflict_count
    title = f"“{a}” and “{b}” would conflict in {count} {'file' if count == 1 else 'files'}."
    project_log.append(
        tx,
        project_id,
        ForecastChanged(outcome.a, outcome.b, outcome.clean, count),
        title=f"“{a}” and “{b}” would merge cleanly again." if outcome.clean else title,
        subject=("workspace", outcome.a),
        workspace_id=outcome.a,
        tree=outcome.a_tree,
    )
