"""SIGKILL at every kind of step of execute: the old state or the new one, and the retry works (Fastest 5.8)."""

import signal
from pathlib import Path

import pytest
import sqlalchemy as sa

from asterism.features.versions import workspaces
from asterism.features.versions.sync import Answered, Execution, Preview
from tests.features.versions.sync.conftest import MERGED, OURS, World
from tests.features.versions.sync.killed import Task, execute_killed, steps_of

ROUNDS = 50
DECISION = {"c": Answered(content="of a person's own\n")}
UNSAVED = OURS | {"unsaved": b"u\n"}
NEW = MERGED | {"c": b"of a person's own\n", "unsaved": b"u\n"}


def go_back(world: World) -> None:
    """Undo the sync, and leave the work that was unsaved before it."""
    world.undo()
    with world.shelf.db.write() as tx:
        workspaces.restore_workspace(tx, world.caller, world.side.id, world.ours)


def merges_of(world: World) -> int:
    with world.shelf.db.read() as tx:
        query = sa.select(sa.func.count()).select_from(sa.table("activity_events"))
        return int(tx.scalar(query.where(sa.column("type") == "merge.completed")))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_execute_leaves_the_old_state_or_the_new_one(
    world: World, database_url: str, memory_path: Path
) -> None:
    def task(preview: Preview) -> Task:
        return Task(
            database_url, memory_path, world.shelf.clock, world.caller, world.side.id, Execution(preview.id, DECISION)
        )

    def prepared() -> Preview:
        world.edit(world.side, UNSAVED)
        return world.prepare()

    steps = steps_of(task(prepared()))
    go_back(world)
    killed = 0
    for number in range(ROUNDS):
        preview = prepared()
        before = world.look(world.side)
        merges = merges_of(world)
        ended = execute_killed(task(preview), 1 + number * (steps - 1) // (ROUNDS - 1))
        killed += ended == -signal.SIGKILL
        after = world.look(world.side)
        done = after.current_snapshot_id != before.current_snapshot_id
        assert world.tree(world.side) == (NEW if done else UNSAVED)
        assert after.version == before.version + done
        assert merges_of(world) == merges + done
        answer = world.execute(preview, **DECISION)
        assert (world.tree(world.side), answer.made) == (NEW, True)
        assert world.look(world.side).current_snapshot_id == answer.snapshot_id
        assert world.content(world.snapshot(answer.before_id).manifest_hash) == UNSAVED
        assert merges_of(world) == merges + 1
        go_back(world)
    assert killed > ROUNDS // 2
    assert world.shelf.db.check() == []
