"""Bringing where findings stand up to the trees of workspaces: by what differs, never by a new review (Beyond 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from asterism.features.review.tracked_findings import log_entries, store
from asterism.features.review.tracked_findings.models import Spot, Tracked, TreeState
from asterism.features.review.tracked_findings.service import TURNS
from asterism.features.review.tracked_findings.steps import Steps, carry
from asterism.features.versions import projects, storage, sync, workspaces
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx

log = structlog.get_logger("asterism.findings")

FOLLOWER = "findings"
BEHIND, BEHIND_AT_ONCE = 100_000, 500
NO_TREE = TreeState(None, 0)


@dataclass(frozen=True, slots=True)
class _Look:
    """A workspace to look at: what it shows, from which state on, and whose places that state is about."""

    workspace: Workspace
    tree: str | None
    before: TreeState
    source: str


@dataclass(slots=True)
class _Project:
    """What is known of a project while it is looked through."""

    project: projects.Project
    contents: sync.Contents
    newest: int


def refresh(db: Database, blobs: Blobs, project_id: str) -> int:
    """Look where the findings of a project stand by now; return in how many workspaces. For a worker thread.

    Each workspace is a transaction of its own, so a killed process loses little, and another one goes on from there.
    """
    with db.read() as tx:
        project = projects.find_live(tx, project_id)
        if project is None:
            return 0
        live = workspaces.all_live(tx, project)
        newest = store.newest_number(tx, project_id)
    about = _Project(project, sync.Contents(db, blobs, project.owner_user_id), newest)
    looked = sum(_refresh_one(db, about, one) for one in _main_first(live)) if newest else 0
    with db.write() as tx:
        tx.take_turns(TURNS, project_id)
        now_live = [one.id for one in workspaces.all_live(tx, project)]
        store.forget(tx, project_id, now_live)
        states = store.states(tx, project_id)
        _settle(tx, project_id, min((states.get(one, NO_TREE).upto for one in now_live), default=newest))
        workspaces.follow(tx, FOLLOWER, {one.id: one.version for one in live})
    return looked


def behind(tx: Tx) -> list[str]:
    """Return projects with findings whose workspaces moved since these were looked up."""
    known = store.projects(tx)
    return [one for one in workspaces.projects_behind(tx, FOLLOWER, limit=BEHIND) if one in known][:BEHIND_AT_ONCE]


def has_findings(tx: Tx, project_id: str) -> bool:
    """Say whether a project has findings at all."""
    return store.newest_number(tx, project_id) > 0


def _main_first(live: Sequence[Workspace]) -> list[Workspace]:
    return sorted(live, key=lambda one: (not one.is_main, one.id))


def _refresh_one(db: Database, about: _Project, workspace: Workspace) -> bool:
    """Look at one workspace; say whether there was anything to look at."""
    project_id = about.project.id
    with db.read() as tx:
        current = workspaces.find_live(tx, about.project, workspace.id)
        if current is None:
            return False
        states = store.states(tx, project_id)
        tree = workspaces.working_manifest(tx, about.project, current)
        look = _look(tx, about.project, current, tree, states)
        if states.get(workspace.id) == TreeState(look.tree, about.newest):
            return False
    try:
        spots = {} if look.tree is None else _spots(db, about, look)
    except (storage.UnknownManifest, storage.BlobsMissing) as error:
        log.warning("findings.not_looked_up", workspace=workspace.id, reason=error.message)
        return False
    with db.write() as tx:
        tx.take_turns(TURNS, project_id)
        if store.states(tx, project_id) != states:
            return False  # another process was faster; what is left, the next look finds
        _store(tx, about, look, spots)
    return True


def _look(
    tx: Tx, project: projects.Project, workspace: Workspace, tree: str | None, states: Mapping[str, TreeState]
) -> _Look:
    """Begin at the workspace's own state, or where it has none at that of another, which is likely to be near.

    A state whose tree is not stored any more is none.
    """
    others = [one for one in states if one != workspace.id]
    for source in (workspace.id, *others):
        before = states.get(source, NO_TREE)
        if before.tree is not None and storage.find_manifest(tx, project.owner_user_id, before.tree) is not None:
            return _Look(workspace, tree, before, source)
    return _Look(workspace, tree, NO_TREE, workspace.id)


def _spots(db: Database, about: _Project, look: _Look) -> dict[str, Spot | None]:
    """Return where findings stand in a workspace, as far as that differs from where they stood in its source.

    What does not stand in another workspace says nothing about this one: that begins at the tree it was found in.
    """
    spots: dict[str, Spot | None] = {}
    own = look.source == look.workspace.id
    with db.read() as tx:
        fresh = store.after_number(tx, about.project.id, look.before.upto)
        fresh += [] if own else store.absent(tx, about.project.id, look.source, look.before.upto)
    if look.before.upto:
        steps = _steps(db, about, look.before.tree, look.tree)
        with db.read() as tx:
            touched = store.of_paths(tx, about.project.id, list(steps.changed), look.before.upto)
        standing = {one.id: one.places[look.source] for one in touched if look.source in one.places}
        spots |= carry([one for one in touched if own or one.id in standing], standing, steps)
    by_tree: dict[str, list[Tracked]] = {}
    for one in fresh:
        if one.number <= about.newest:
            by_tree.setdefault(one.seen.tree, []).append(one)
    for tree, found in by_tree.items():
        spots |= _from(db, about, tree, look.tree, found)
    return spots


def _from(
    db: Database, about: _Project, first: str, tree: str | None, found: Sequence[Tracked]
) -> dict[str, Spot | None]:
    """Look for findings of a tree in another one; where the first is not stored any more, by their paths alone."""
    try:
        return carry(found, {one.id: one.first for one in found}, _steps(db, about, first, tree))
    except storage.UnknownManifest:
        return carry(found, {}, _steps(db, about, None, tree))


def _steps(db: Database, about: _Project, old: str | None, new: str | None) -> Steps:
    with db.read() as tx:
        changes = [] if old == new else storage.changes(tx, about.project.owner_user_id, old, new)
    return Steps(changes, about.contents.read)


def _store(tx: Tx, about: _Project, look: _Look, spots: Mapping[str, Spot | None]) -> None:
    workspace_id = look.workspace.id
    if look.tree is None or look.source != workspace_id:
        store.copy_places(tx, look.source if look.tree is not None else "", workspace_id)
    store.place(tx, workspace_id, spots)
    if look.tree is not None:
        store.note_gone(tx, [one for one, spot in spots.items() if spot is None], look.tree)
    store.note_state(tx, about.project.id, workspace_id, TreeState(look.tree, about.newest))


def _settle(tx: Tx, project_id: str, upto: int) -> None:
    """Say which findings are in no workspace any more, of those looked up in all, and which are in one again."""
    gone = store.without_place(tx, project_id, upto)
    store.set_status(tx, gone, "fixed")
    for one in store.find(tx, gone):
        log_entries.fixed(tx, one)
    back = store.back_again(tx, project_id)
    store.set_status(tx, back, "open")
    for one in store.find(tx, back):
        where = next(iter(one.places))
        log_entries.found(tx, one, workspace_id=where, tree=None, actor="system", again=True)
