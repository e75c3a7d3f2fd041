"""Drift is kept up to date by a job, whether a move was heard or missed (Fastest 12.1)."""

import pytest

from asterism.features.accounts.identity import Caller
from asterism.features.versions import drift, projects, workspaces
from asterism.features.versions.drift import Report
from asterism.features.versions.workspaces import MOVED
from asterism.kernel.jobs import MemoryJobs, Status
from tests.features.versions.drift.test_drift import NEW, OLD, World
from tests.support.shelf import Shelf


@pytest.fixture
def world(shelf: Shelf, caller: Caller) -> World:
    return World(shelf, caller)


@pytest.fixture
def jobs(world: World) -> MemoryJobs:
    made = MemoryJobs(world.shelf.clock)
    drift.register(made, world.shelf.db)
    return made


def refreshed(world: World, jobs: MemoryJobs) -> int:
    drift.enqueue(jobs, world.project.id)
    [newest, *_] = jobs.list(name=drift.REFRESH)
    done = jobs.wait(newest.id, 10)
    assert done.status is Status.DONE, done.error
    return int(done.result)


def latest(world: World) -> Report | None:
    with world.shelf.db.read() as tx:
        return drift.latest_reports(tx, [world.side.id]).get(world.side.id)


def missed(world: World, jobs: MemoryJobs) -> int:
    return int(jobs.wait(jobs.fire(drift.SWEEP), 1).result)


def test_a_refresh_stores_what_comparing_finds(world: World, jobs: MemoryJobs) -> None:
    assert refreshed(world, jobs) == 1
    found = latest(world)
    assert found is not None
    assert (found.paths.source_only, found.paths.both_different) == (["dir/new.PY"], ["a.py"])
    again = world.compare(world.side).report
    assert again is not None
    assert again.id == found.id
    assert refreshed(world, jobs) == 0


def test_moves_in_five_seconds_are_taken_together(world: World, jobs: MemoryJobs) -> None:
    for _ in range(3):
        drift.enqueue(jobs, world.project.id)
    assert [job.status for job in jobs.list(name=drift.REFRESH)] == [Status.WAITING]
    jobs.drain()
    assert latest(world) is None
    world.shelf.clock.advance(drift.SETTLING_SECONDS)
    jobs.drain()
    assert latest(world) is not None


def test_heads_are_compared_and_unsaved_work_is_not(world: World, jobs: MemoryJobs) -> None:
    refreshed(world, jobs)
    unsaved = world.shelf.put_tree(OLD | {"unsaved": b"u"})
    with world.shelf.db.write() as tx:
        shown = workspaces.get_workspace(tx, world.caller, world.side.id)
        workspaces.set_current_manifest(tx, world.caller, world.side.id, unsaved, shown.current_manifest_hash)
    assert refreshed(world, jobs) == 0
    world.push(world.side, NEW)
    assert refreshed(world, jobs) == 1
    assert (found := latest(world)) is not None
    assert found.total == 0


def test_a_sweep_finds_the_moves_that_nobody_heard_of(world: World, jobs: MemoryJobs) -> None:
    assert missed(world, jobs) == 1
    refreshed(world, jobs)
    assert missed(world, jobs) == 0
    world.push(world.main, OLD)
    assert missed(world, jobs) == 1


@pytest.mark.parametrize("gone", ["side", "main", "project"])
def test_what_is_gone_is_left_alone(world: World, jobs: MemoryJobs, gone: str) -> None:
    with world.shelf.db.write() as tx:
        if gone == "project":
            projects.delete_project(tx, world.caller, world.project.id)
        else:
            chosen = world.side if gone == "main" else world.main
            workspaces.set_as_main(tx, world.caller, chosen.id)
            workspaces.delete_workspace(tx, world.caller, (world.main if gone == "main" else world.side).id)
    assert refreshed(world, jobs) == 0
    assert missed(world, jobs) == 0


def test_every_way_to_move_wakes_who_follows(world: World) -> None:
    heard: list[str] = []
    world.shelf.db.listen(MOVED, heard.append)
    with world.shelf.db.write() as tx:
        extra = world.workspace(tx, "extra")
    head = world.push(extra, OLD)
    world.push(extra, NEW)
    moves = [
        lambda tx: workspaces.restore_workspace(tx, world.caller, extra.id, head),
        lambda tx: workspaces.set_as_main(tx, world.caller, extra.id),
        lambda tx: workspaces.set_as_main(tx, world.caller, world.main.id),
        lambda tx: workspaces.delete_workspace(tx, world.caller, extra.id),
    ]
    for move in moves:
        with world.shelf.db.write() as tx:
            move(tx)
    assert heard == [world.project.id] * 7
