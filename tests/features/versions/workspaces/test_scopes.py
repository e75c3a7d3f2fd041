"""An agent's token sees its workspace and nothing beside it, however the other one is named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from asterism.features.accounts.identity import Caller, InsufficientScope, Scope
from asterism.features.versions import docs, project_log, projects, snapshots, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workspaces import NewWorkspace
from asterism.kernel.db import Tx
from tests.support.shelf import Shelf


@dataclass
class Place:
    """A project with the agent's workspace, which has no tree, and another's, which is main and has one."""

    project: str
    own: str
    other: str
    snapshot: str
    agent: Caller


@pytest.fixture
def place(shelf: Shelf, caller: Caller) -> Place:
    tree = shelf.put_tree({"README.md": b"# secret plans\n"})
    with shelf.db.write() as tx:
        project = projects.create_project(tx, caller, name="p")
        other = workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="main"))
        own = workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="agent"))
        pushed = workspaces.push_snapshot(tx, caller, project.id, NewSnapshot(tree), other.id)
    scope = Scope("agent", project_id=project.id, workspace_id=own.id)
    agent = Caller(caller.user_id, "token", "s", "system", scope)
    return Place(project.id, own.id, other.id, pushed.snapshot.id, agent)


def snapshots_of(tx: Tx, caller: Caller, workspace_id: str, scope: str) -> Any:
    return workspaces.list_workspace_snapshots(tx, caller, workspace_id, scope=scope, limit=9, cursor=None)[1].items


REFUSED: dict[str, Callable[[Tx, Shelf, Place], Any]] = {
    "workspace": lambda tx, _, p: workspaces.get_workspace(tx, p.agent, p.other),
    "tree of another": lambda tx, _, p: workspaces.current_tree(tx, p.agent, p.project, p.other),
    "document": lambda tx, s, p: docs.read_document(tx, s.blobs, p.agent, p.project, p.other, "README.md"),
    "snapshots of all": lambda tx, _, p: snapshots_of(tx, p.agent, p.own, "project"),
    "snapshots of another": lambda tx, _, p: snapshots_of(tx, p.agent, p.other, "workspace"),
    "snapshot": lambda tx, _, p: snapshots.get_snapshot(tx, p.agent, p.snapshot),
    "snapshot of a named project": lambda tx, _, p: snapshots.get_snapshot(tx, p.agent, p.snapshot, p.project),
    "push elsewhere": lambda tx, s, p: push(tx, s, p, p.other),
    "push nowhere": lambda tx, s, p: push(tx, s, p, None),
    "push on top of another": lambda tx, s, p: push(tx, s, p, p.own, p.snapshot),
    "push on top of what may come": lambda tx, s, p: push(tx, s, p, p.own, "snap-to-come"),
    "restore": lambda tx, _, p: workspaces.restore_workspace(tx, p.agent, p.other, p.snapshot),
    "report": lambda tx, _, p: workspaces.set_current_manifest(tx, p.agent, p.other, "0" * 64, None),
    "main": lambda tx, _, p: workspaces.set_as_main(tx, p.agent, p.other),
    "heartbeat": lambda tx, _, p: workspaces.heartbeat(tx, p.agent, p.other),
    "delete": lambda tx, _, p: workspaces.delete_workspace(tx, p.agent, p.other),
}


def push(tx: Tx, shelf: Shelf, place: Place, workspace_id: str | None, *parents: str) -> Any:
    new = NewSnapshot(next(iter(shelf.roots)), source="system", parents=parents)
    return workspaces.push_snapshot(tx, place.agent, place.project, new, workspace_id)


@pytest.mark.parametrize("name", REFUSED)
def test_another_workspace_is_out_of_reach(name: str, shelf: Shelf, place: Place) -> None:
    with shelf.db.write() as tx, pytest.raises(InsufficientScope):
        REFUSED[name](tx, shelf, place)


def test_lists_show_the_own_workspace_alone(shelf: Shelf, place: Place) -> None:
    with shelf.db.read() as tx:
        project = projects.get_project(tx, place.agent, place.project)
        assert [one.id for one in workspaces.list_workspaces(tx, place.agent, project)] == [place.own]
        assert docs.list_docs(tx, place.agent, place.project) == []
        assert snapshots.list_snapshots(tx, place.agent, project, limit=9).items == []
        seen = {event.workspace_id for event in project_log.newest_events(tx, place.agent, place.project, 50)}
        assert seen == {place.own}
        assert snapshots_of(tx, place.agent, place.own, "workspace") == []


def test_a_workspace_without_a_tree_shows_nobody_elses(shelf: Shelf, place: Place) -> None:
    with shelf.db.read() as tx, pytest.raises(workspaces.NoTree):
        workspaces.current_tree(tx, place.agent, place.project, None)


def test_another_project_of_the_same_user_is_out_of_reach(shelf: Shelf, caller: Caller, place: Place) -> None:
    with shelf.db.write() as tx:
        other = projects.create_project(tx, caller, name="q")
        with pytest.raises(InsufficientScope):
            projects.get_project(tx, place.agent, other.id)


def test_the_own_workspace_is_within_reach(shelf: Shelf, place: Place) -> None:
    with shelf.db.write() as tx:
        pushed = push(tx, shelf, place, place.own)
        assert snapshots.get_snapshot(tx, place.agent, pushed.snapshot.id).workspace_id == place.own
        assert workspaces.current_tree(tx, place.agent, place.project, None)[1] == place.own
        assert push(tx, shelf, place, place.own, pushed.snapshot.id).created


def test_what_the_own_workspace_was_made_of_is_within_reach(shelf: Shelf, caller: Caller, place: Place) -> None:
    with shelf.db.write() as tx:
        workspaces.restore_workspace(tx, caller, place.own, place.snapshot)
        assert push(tx, shelf, place, place.own, place.snapshot).created
