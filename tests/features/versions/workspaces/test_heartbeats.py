"""Heartbeats: who works in a workspace, noted at most once in five seconds (Fastest 4.3)."""

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, workspaces
from asterism.features.versions.workspaces import NewWorkspace, UnknownWorkspace
from asterism.kernel.db import Database


@pytest.fixture
def workspace(db: Database, caller: Caller) -> str:
    with db.write() as tx:
        project = projects.create_project(tx, caller, name="p")
        return workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="main")).id


def beat(db: Database, caller: Caller, workspace: str) -> str:
    with db.write() as tx:
        return workspaces.heartbeat(tx, caller, workspace)


def test_a_heartbeat_is_noted_once_in_five_seconds(
    db: Database, clock: ManualClock, caller: Caller, workspace: str
) -> None:
    first = beat(db, caller, workspace)
    clock.advance(4.999)
    assert beat(db, caller, workspace) == first
    clock.advance(0.001)
    second = beat(db, caller, workspace)
    assert second > first
    with db.read() as tx:
        assert workspaces.get_workspace(tx, caller, workspace).last_seen_at == second


def test_a_clock_that_was_set_back_stops_no_heartbeat(
    db: Database, clock: ManualClock, caller: Caller, workspace: str
) -> None:
    before = beat(db, caller, workspace)
    clock.advance(-3600)
    assert beat(db, caller, workspace) < before


def test_nobody_else_is_noted(db: Database, caller: Caller, workspace: str) -> None:
    with pytest.raises(UnknownWorkspace):
        beat(db, Caller("somebody else", "token", "u", "cli"), workspace)
