"""The forecast: right, fresh, told when it turns, and computed once (Beyond 4)."""

from typing import Any

import pytest
import sqlalchemy as sa

from asterism.base.clock import stamp
from asterism.base.errors import NotFound
from asterism.features.accounts.identity import Caller, InsufficientScope
from asterism.features.accounts.identity.scope import Scope
from asterism.features.versions import forecast, project_log, projects, workspaces
from asterism.features.versions.forecast import Forecast, Outcome
from asterism.features.versions.forecast.pairs import choose
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.jobs import MemoryJobs, Status
from asterism.vcs.content import hash_bytes
from tests.features.versions.sync.conftest import BASE, MAIN, OURS, World
from tests.support.shelf import Shelf


class Sky(World):
    """A world whose forecast is computed when a test says so."""

    def __init__(self, shelf: Shelf, caller: Caller) -> None:
        super().__init__(shelf, caller)
        self.jobs = MemoryJobs(shelf.clock)
        forecast.register(self.jobs, shelf.db, shelf.blobs)

    @property
    def told(self) -> list[dict[str, Any]]:
        with self.shelf.db.read() as tx:
            page = project_log.read_log(tx, self.project.id, after=0, limit=500, kinds={"forecast.changed"})
        return [entry.data for entry in page.entries]

    def refresh(self) -> int:
        forecast.enqueue(self.jobs, self.project.id)
        [newest, *_] = self.jobs.list(name=forecast.REFRESH)
        done = self.jobs.wait(newest.id, 10)
        assert done.status is Status.DONE, done.error
        return int(done.result)

    def missed(self) -> int:
        return int(self.jobs.wait(self.jobs.fire(forecast.SWEEP), 1).result)

    def read(self, workspace: Workspace | None = None) -> Forecast:
        with self.shelf.db.read() as tx:
            if workspace is not None:
                return forecast.forecast_of_workspace(tx, self.caller, workspace.id)
            return forecast.forecast_of_project(tx, self.caller, self.project.id)

    def pair(self) -> Outcome:
        [found] = self.read(self.side).pairs
        return found


@pytest.fixture
def sky(shelf: Shelf, caller: Caller) -> Sky:
    return Sky(shelf, caller)


def test_a_pair_says_what_a_sync_would_come_to(sky: Sky) -> None:
    assert (sky.read().pairs, sky.read().pending) == ([], 1)
    assert sky.refresh() == 1
    found = sky.pair()
    assert (found.a, found.b) == (sky.side.id, sky.main.id)
    assert found.details.overlapping == ("a.py", "c")
    assert [(one.path, one.kind) for one in found.details.conflicts] == [("c", "content")]
    assert [region[:2] for region in found.details.conflicts[0].regions] == [(0, 1)]
    assert (found.clean, found.base_kind, found.base) == (False, "snapshot", (sky.base,))
    assert [one.path for one in sky.prepare().plan.decisions] == ["c"]
    assert sky.read().pending == 0


def test_history_is_read_for_pairs_that_moved_alone(sky: Sky) -> None:
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert sky.refresh() == 1
        assert any("ancestry" in statement for statement in asked)
        asked.clear()
        assert sky.refresh() == 0
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert asked
    assert not any("ancestry" in statement for statement in asked)


def test_unsaved_work_counts_on_both_sides(sky: Sky) -> None:
    sky.push(sky.side, BASE, sky.ours)
    sky.refresh()
    assert sky.pair().clean
    sky.edit(sky.main, MAIN | {"b.md": b"main\n"})
    sky.edit(sky.side, BASE | {"b.md": b"side\n"})
    assert sky.read().pending == 1
    sky.refresh()
    assert [one.path for one in sky.pair().details.conflicts] == ["b.md"]


def test_a_pair_is_computed_once(sky: Sky) -> None:
    assert [sky.refresh(), sky.refresh()] == [1, 0]
    before = sky.pair()
    sky.push(sky.main, MAIN | {"another": b"x\n"}, sky.theirs)
    sky.workspace("empty")
    assert sky.refresh() == 1
    assert sky.pair() != before


def test_a_head_that_moves_to_the_tree_that_was_shown_costs_nothing(sky: Sky) -> None:
    sky.edit(sky.side, OURS | {"unsaved": b"u\n"})
    sky.refresh()
    before = sky.pair()
    sky.push(sky.side, OURS | {"unsaved": b"u\n"}, sky.ours)
    assert sky.read().pending == 1
    assert sky.refresh() == 0
    assert (sky.pair().computed_at, sky.read().pending) == (before.computed_at, 0)


def test_another_base_of_the_same_trees_is_another_forecast(sky: Sky) -> None:
    sky.refresh()
    sky.push(sky.side, OURS, sky.ours, sky.theirs)
    assert sky.refresh() == 1
    assert sky.pair().base == (sky.theirs,)


def test_turns_are_told_and_nothing_else(sky: Sky) -> None:
    sky.refresh()
    assert sky.told == [{"a": sky.side.id, "b": sky.main.id, "clean": False, "conflicts": 1}]
    sky.push(sky.side, OURS | {"more": b"m\n"}, sky.ours)
    sky.refresh()
    assert len(sky.told) == 1
    sky.push(sky.side, BASE, sky.ours)
    sky.refresh()
    assert sky.told[1:] == [{"a": sky.side.id, "b": sky.main.id, "clean": True, "conflicts": 0}]
    sky.push(sky.workspace("third"), BASE, sky.base)
    sky.refresh()
    assert len(sky.told) == 2


def test_the_worst_comes_first_and_one_workspace_sees_its_own(sky: Sky) -> None:
    bad = sky.workspace("bad")
    sky.push(bad, BASE | {"a.py": b"x\n", "c": b"y\n"}, sky.base)
    calm = sky.workspace("calm")
    sky.push(calm, BASE | {"calm": b"c\n"}, sky.base)
    assert sky.refresh() == 6
    counts = [pair.conflict_count for pair in sky.read().pairs]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 1
    assert all(bad.id in (pair.a, pair.b) for pair in sky.read().pairs[:2])
    assert {(pair.a, pair.b) for pair in sky.read(calm).pairs} == {
        (calm.id, sky.main.id),
        (calm.id, sky.side.id),
        (calm.id, bad.id),
    }


def test_workspaces_that_are_gone_are_forgotten(sky: Sky) -> None:
    sky.refresh()
    with sky.shelf.db.write() as tx:
        workspaces.delete_workspace(tx, sky.caller, sky.side.id)
    assert sky.read().pairs == []
    sky.refresh()
    with sky.shelf.db.write() as tx:
        projects.delete_project(tx, sky.caller, sky.project.id)
    assert (sky.refresh(), sky.missed()) == (0, 0)


def test_what_nobody_heard_of_is_found(sky: Sky) -> None:
    assert sky.missed() == 1
    sky.refresh()
    assert sky.missed() == 0
    sky.edit(sky.side, OURS | {"unsaved": b"u\n"})
    assert sky.missed() == 1


def test_lost_content_is_to_be_decided_and_keeps_no_other_pair_from_its_forecast(sky: Sky) -> None:
    third = sky.workspace("third")
    sky.push(third, BASE | {"third": b"3\n"}, sky.base)
    with sky.shelf.db.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE blobs SET lost = TRUE WHERE hash = '{hash_bytes(OURS['a.py'])}'")
    assert sky.refresh() == 3
    conflicts = {(pair.a, pair.b): [one.path for one in pair.details.conflicts] for pair in sky.read().pairs}
    assert conflicts[sky.side.id, sky.main.id] == ["a.py", "c"]
    assert conflicts[third.id, sky.main.id] == []


def test_workspaces_without_tree_and_those_long_unseen_are_skipped(sky: Sky) -> None:
    empty = sky.workspace("empty")
    assert [(one.workspace.id, one.reason) for one in sky.read().skipped] == [(empty.id, "no_tree")]
    sky.shelf.clock.advance(15 * 86_400)
    with sky.shelf.db.write() as tx:
        workspaces.heartbeat(tx, sky.caller, empty.id)
    assert {(one.workspace.id, one.reason) for one in sky.read().skipped} == {
        (empty.id, "no_tree"),
        (sky.side.id, "not_seen"),
    }


def test_thirty_workspaces_are_paired_and_main_is_one_of_them(sky: Sky) -> None:
    main, now = sky.look(sky.main), stamp(sky.shelf.clock.now())
    seen = [sky.look(sky.side) for _ in range(40)]
    numbered = [
        type(one)(**{name: getattr(one, name) for name in one.__slots__} | {"id": f"w{n:02}", "last_seen_at": now})
        for n, one in enumerate(seen)
    ]
    chosen, skipped = choose([*numbered, main], now)
    assert (len(chosen), chosen[0].id) == (30, main.id)
    assert {one.reason for one in skipped} == {"too_many"}
    assert {one.workspace.id for one in skipped} == {f"w{n:02}" for n in range(11)}


def test_an_agent_sees_its_own_workspace_and_others_see_nothing(sky: Sky) -> None:
    sky.refresh()
    agent = Scope("agent", sky.project.id, sky.side.id)
    sky.caller = Caller(sky.caller.user_id, "token", "u", "system", scope=agent)
    assert len(sky.read(sky.side).pairs) == 1
    for read in (lambda: sky.read(), lambda: sky.read(sky.main)):
        with pytest.raises(InsufficientScope):
            read()
    sky.caller = Caller("somebody-else", "token", "u", "cli")
    for read in (lambda: sky.read(), lambda: sky.read(sky.side)):
        with pytest.raises(NotFound):
            read()


def test_criss_cross_histories_are_forecast_as_they_are_synced(sky: Sky) -> None:
    sky.execute(sky.prepare(), c="use_main")
    sky.execute(sky.prepare(sky.main, sky.side.id), sky.main)
    sky.push(sky.main, MAIN | {"c": b"again\n"}, str(sky.look(sky.main).current_snapshot_id), sky.ours)
    sky.refresh()
    preview = sky.prepare()
    assert (sky.pair().base_kind, sky.pair().base) == (preview.base_kind, preview.base_snapshot_ids)
    assert sky.pair().conflict_count == len(preview.plan.decisions)
