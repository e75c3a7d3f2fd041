"""Drift: what is compared, what is stored of it, and how it is summed up (Fastest 4.5, 4.6)."""

import random
from dataclasses import replace

import pytest

from asterism.base.errors import Conflict, Invalid, NotFound
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.versions import drift, project_log, projects, workspaces
from asterism.features.versions.drift import Numbers, Report
from asterism.features.versions.drift.comparison import UNREADABLE, compare_sides, side_of
from asterism.features.versions.drift.measure import extension, measure
from asterism.features.versions.drift.models import MAX_PATHS, Side, Sides
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workspaces import NewWorkspace, Workspace
from asterism.kernel.db import Tx
from asterism.vcs.diff import Change, diff
from asterism.vcs.manifest import Entry
from asterism.vcs.tree import build
from asterism.vcs.tree_diff import unchanged_paths
from tests.support.shelf import Shelf
from tests.support.trees import Tree, entries_of

OLD: Tree = {"a.py": b"1", "b.md": b"2", "c": b"3", "gone.txt": b"4"}
NEW: Tree = {"a.py": b"1!", "b.md": b"2", "c": b"3", "dir/new.PY": b"5" * 10}


class World:
    """A project with main, which has moved on to NEW, and a workspace that still has OLD."""

    def __init__(self, shelf: Shelf, caller: Caller) -> None:
        self.shelf, self.caller = shelf, caller
        with shelf.db.write() as tx:
            self.project = projects.create_project(tx, caller, name="p")
            self.main = self.workspace(tx, "main")
            self.side = self.workspace(tx, "side")
        self.push(self.main, NEW)
        self.push(self.side, OLD)

    def workspace(self, tx: Tx, name: str) -> Workspace:
        return workspaces.create_workspace(tx, self.caller, self.project.id, NewWorkspace(name=name))

    def push(self, workspace: Workspace, tree: Tree) -> str:
        new = NewSnapshot(self.shelf.put_tree(tree))
        with self.shelf.db.write() as tx:
            return workspaces.push_snapshot(tx, self.caller, self.project.id, new, workspace.id).snapshot.id

    def compare(
        self, workspace: Workspace, source: str | None = None, *, include_dirty: bool = False
    ) -> drift.Comparison:
        with self.shelf.db.read() as tx:
            found = drift.compare(tx, self.caller, workspace.id, source, include_dirty=include_dirty)
        with self.shelf.db.write() as tx:
            return drift.keep(tx, self.caller, found)

    def report(self, workspace: Workspace, *counts: int, summary: str | None = None) -> Report:
        with self.shelf.db.write() as tx:
            return drift.report_drift(tx, self.caller, workspace.id, Numbers(*counts, summary=summary))

    def listed(self, workspace: Workspace, limit: int = 100) -> list[str]:
        with self.shelf.db.read() as tx:
            page, _ = drift.list_reports(tx, self.caller, workspace.id, limit=limit, cursor=None)
        return [report.id for report in page.items]

    def events(self) -> list[str]:
        with self.shelf.db.read() as tx:
            return [
                event.type
                for event in project_log.list_events(tx, self.caller, self.project.id, limit=100, cursor=None).items
            ]


@pytest.fixture
def world(shelf: Shelf, caller: Caller) -> World:
    return World(shelf, caller)


def test_a_comparison_names_what_each_side_has(world: World) -> None:
    found = world.compare(world.side)
    assert (found.is_main, found.message, found.source and found.source.id) == (False, None, world.main.id)
    report = found.report
    assert report is not None
    assert report.paths.source_only == ["dir/new.PY"]
    assert report.paths.workspace_only == ["gone.txt"]
    assert report.paths.both_same == ["b.md", "c"]
    assert report.paths.both_different == ["a.py"]
    assert (report.files_added, report.files_modified, report.files_deleted, report.bytes_changed) == (1, 1, 0, 12)
    assert report.paths.extensions == {
        "source_only": {"py": 1},
        "workspace_only": {"txt": 1},
        "both_different": {"py": 1},
    }
    assert (report.large_files, report.overlap_ratio, report.risk) == (False, 0.5, "medium")


def test_the_same_pair_is_stored_once_and_read_again(world: World) -> None:
    first = world.compare(world.side)
    before = world.events()
    world.shelf.clock.advance(3600)
    again = [world.compare(world.side) for _ in range(5)]
    assert first.report is not None
    assert {one.report.id for one in again if one.report} == {first.report.id}
    assert again[0].report == replace(first.report, compared_at=again[0].report.compared_at)  # type: ignore[union-attr]
    assert again[0].report.compared_at > first.report.compared_at  # type: ignore[union-attr]
    assert world.listed(world.side) == [first.report.id]
    assert world.events() == before
    assert not any(one.fresh for one in again)
    with world.shelf.db.read() as tx:
        assert not drift.compare(tx, world.caller, world.side.id).fresh, "compared again for nothing"


def test_of_two_that_found_the_same_one_is_stored(world: World) -> None:
    with world.shelf.db.read() as tx:
        found = [drift.compare(tx, world.caller, world.side.id) for _ in range(2)]
    assert all(one.fresh for one in found)
    with world.shelf.db.write() as tx:
        kept = [drift.keep(tx, world.caller, one) for one in found]
    assert kept[0].report == kept[1].report
    assert len(world.listed(world.side)) == 1


def test_a_changed_side_is_a_new_report(world: World) -> None:
    first = world.compare(world.side)
    world.push(world.main, NEW | {"more": b"6"})
    second = world.compare(world.side)
    assert second.report is not None
    assert second.report.files_added == 2
    assert world.listed(world.side) == [second.report.id, first.report.id]  # type: ignore[union-attr]


def test_unsaved_work_counts_only_when_asked_for(world: World) -> None:
    dirty = world.shelf.put_tree(OLD | {"unsaved": b"7"})
    with world.shelf.db.write() as tx:
        head = workspaces.get_workspace(tx, world.caller, world.side.id)
        workspaces.set_current_manifest(tx, world.caller, world.side.id, dirty, head.current_manifest_hash)
    saved, shown = world.compare(world.side), world.compare(world.side, include_dirty=True)
    assert saved.report is not None
    assert shown.report is not None
    assert (saved.report.workspace_snapshot_id, shown.report.workspace_snapshot_id) == (head.current_snapshot_id, None)
    assert (saved.report.paths.workspace_only, shown.report.paths.workspace_only) == (
        ["gone.txt"],
        ["gone.txt", "unsaved"],
    )


def test_a_working_tree_that_equals_the_head_is_the_snapshot(world: World) -> None:
    spelt_otherwise = world.shelf.put_entries(entries_of(OLD, mode=0o600))
    with world.shelf.db.write() as tx:
        head = workspaces.get_workspace(tx, world.caller, world.side.id)
        workspaces.set_current_manifest(tx, world.caller, world.side.id, spelt_otherwise, head.current_manifest_hash)
    shown = world.compare(world.side, include_dirty=True).report
    assert shown is not None
    assert shown.workspace_snapshot_id == head.current_snapshot_id


def test_a_tree_that_cannot_be_read_is_said(world: World) -> None:
    with world.shelf.db.read() as tx:
        main, side = (workspaces.get_workspace(tx, world.caller, one.id) for one in (world.main, world.side))
        theirs = side_of(tx, world.project, main, include_dirty=False)
        assert theirs is not None
        found = compare_sides(tx, Sides(world.project, Side(side, "0" * 64, None), theirs))
    assert (found.report, found.message, found.fresh) == (None, UNREADABLE, False)
    assert found.source is not None
    assert found.source.id == world.main.id


def test_where_there_is_nothing_to_compare_a_message_says_so(world: World) -> None:
    main, named = world.compare(world.main), world.compare(world.side, world.side.id)
    assert (main.report, main.is_main, bool(main.message)) == (None, True, True)
    assert (named.report, named.is_main, bool(named.message)) == (None, False, True)
    with world.shelf.db.write() as tx:
        empty = world.workspace(tx, "empty")
    assert (world.compare(empty).report, world.compare(world.side, empty.id).report) == (None, None)
    assert "empty" in (world.compare(empty).message or "")


def test_a_project_without_main_has_no_drift(world: World) -> None:
    with world.shelf.db.write() as tx:
        workspaces.delete_workspace(tx, world.caller, world.side.id)
        workspaces.delete_workspace(tx, world.caller, world.main.id)
        other = world.workspace(tx, "other")
        projects.touch_project(tx, world.project.id, main=(None, False))
    found = world.compare(other)
    assert (found.report, found.source) == (None, None)


def test_a_source_must_be_a_workspace_of_the_project(world: World) -> None:
    with world.shelf.db.write() as tx:
        elsewhere = projects.create_project(tx, world.caller, name="q")
        other = workspaces.create_workspace(tx, world.caller, elsewhere.id, NewWorkspace(name="o"))
        stranger = Caller(identity.add_user(tx, "other@example.org").id, "t", "u", "cli")
    with pytest.raises(Conflict):
        world.compare(world.side, other.id)
    with pytest.raises(NotFound):
        world.compare(world.side, "nowhere")
    with world.shelf.db.read() as tx, pytest.raises(NotFound):
        drift.compare(tx, stranger, world.side.id)


def test_what_a_client_reports_is_listed_and_told(world: World) -> None:
    quiet, loud = world.report(world.side, 0, 0, 0, 0), world.report(world.side, 1, 2, 3, 40, summary="much")
    assert world.listed(world.side) == [loud.id, quiet.id]
    assert world.events().count("drift.reported") == 1
    assert (loud.source_workspace_id, loud.origin, loud.large_files, loud.paths.extensions) == ("", "client", None, {})
    with world.shelf.db.read() as tx:
        assert drift.latest_reports(tx, [world.side.id, world.main.id]) == {world.side.id: loud}
        assert workspaces.get_workspace(tx, world.caller, world.side.id).last_seen_at == tx.now()


def test_drift_is_told_when_it_changes_and_whenever_a_client_reports_some(world: World) -> None:
    def told() -> int:
        with world.shelf.db.read() as tx:
            page = project_log.read_log(tx, world.project.id, after=0, limit=100, kinds={"drift.changed"})
        return len(page.entries)

    world.compare(world.side)
    assert told() == 1
    world.push(world.main, NEW | {"a.py": b"another"})
    world.compare(world.side)
    assert (told(), len(world.listed(world.side))) == (1, 2), "other trees, as far apart"
    for times in (2, 3):
        world.report(world.side, 1, 0, 0, 5)
        assert told() == times
    for _ in range(2):
        world.report(world.side, 0, 0, 0, 0)
        assert told() == 4, "it has ended, and has ended still"
    with world.shelf.db.write() as tx:
        twin = world.workspace(tx, "twin")
    world.push(twin, NEW | {"a.py": b"another"})
    world.compare(twin)
    assert (told(), len(world.listed(twin))) == (4, 1), "never apart"


@pytest.mark.parametrize(
    ("counts", "summary", "field"),
    [
        ((-1, 0, 0, 0), None, "files_added"),
        ((0, -1, 0, 0), None, "files_modified"),
        ((0, 0, -1, 0), None, "files_deleted"),
        ((0, 0, 0, -1), None, "bytes_changed"),
        ((2**31, 0, 0, 0), None, "files_added"),
        ((0, 0, 0, 2**53), None, "bytes_changed"),
        ((0, 0, 0, 0), "x" * 2001, "summary"),
    ],
)
def test_numbers_out_of_range_are_refused(
    world: World, counts: tuple[int, int, int, int], summary: str | None, field: str
) -> None:
    with pytest.raises(Invalid, match=field):
        world.report(world.side, *counts, summary=summary)


def test_the_largest_numbers_are_kept(world: World) -> None:
    report = world.report(world.side, 2**31 - 1, 0, 0, 2**53 - 1, summary="x" * 2000)
    with world.shelf.db.read() as tx:
        assert drift.latest_reports(tx, [world.side.id]) == {world.side.id: report}


def test_pages_hold_while_reports_come_in(world: World) -> None:
    reports = [world.report(world.side, n, 0, 0, 0).id for n in range(5)]
    with world.shelf.db.read() as tx:
        page, latest = drift.list_reports(tx, world.caller, world.side.id, limit=2, cursor=None)
    assert ([one.id for one in page.items], latest and latest.id) == ([reports[4], reports[3]], reports[4])
    newest = world.report(world.side, 9, 0, 0, 0).id
    with world.shelf.db.read() as tx:
        page, latest = drift.list_reports(tx, world.caller, world.side.id, limit=3, cursor=page.next_cursor)
    assert ([one.id for one in page.items], page.next_cursor) == (reports[2::-1], None)
    assert latest is not None
    assert latest.id == newest


def prune(world: World) -> int:
    with world.shelf.db.write() as tx:
        return drift.prune_reports(tx)


def test_a_hundred_reports_are_kept(world: World) -> None:
    reports = [world.report(world.side, n, 0, 0, 0).id for n in range(101)]
    assert (prune(world), prune(world)) == (1, 0)
    assert world.listed(world.side) == reports[:0:-1]


def test_old_reports_go_but_never_the_newest(world: World) -> None:
    old, newest = world.report(world.side, 1, 0, 0, 0).id, world.report(world.side, 2, 0, 0, 0).id
    world.shelf.clock.advance(180 * 86_400)
    assert prune(world) == 0
    world.shelf.clock.advance(1)
    assert prune(world) == 1
    assert (world.listed(world.side), old != newest) == ([newest], True)


def report_of(added: int, modified: int) -> Report:
    return Report(
        "r",
        "w",
        "s",
        None,
        None,
        added,
        modified,
        0,
        0,
        None,
        "2026-01-01T00:00:00.000Z",
        "2026-01-01T10:00:00.000Z",
        "client",
    )


@pytest.mark.parametrize(
    ("added", "modified", "risk", "ratio"),
    [
        (0, 0, "low", 0),
        (50, 0, "low", 0),
        (90, 9, "medium", 0.0909),
        (90, 10, "high", 0.1),
        (2, 3, "high", 0.6),
        (5, 7, "medium", 0.5833),
        (2, 1, "medium", 0.3333),
    ],
)
def test_risk_grows_with_overlap(added: int, modified: int, risk: str, ratio: float) -> None:
    report = report_of(added, modified)
    assert (report.risk, report.overlap_ratio, report.total) == (risk, ratio, added + modified)


def test_staleness_is_counted_from_the_comparison() -> None:
    report = report_of(0, 0)
    assert report.staleness_hours("2026-01-01T11:30:00.000Z") == 1.5
    assert report.staleness_hours("2026-01-01T09:00:00.000Z") == 0.0


def entry(path: str, content: str, size: int = 1) -> Entry:
    return Entry(type="file", path=path, hash=content * 64, size=size, mode=0o644)


def test_lists_are_cut_and_counts_are_not() -> None:
    changes = [Change(f"{n:06}", "added", None, entry(f"{n:06}", "a", 2)) for n in range(MAX_PATHS + 1)]
    measured = measure(changes, [])
    assert (measured.added, measured.bytes, len(measured.paths.source_only)) == (10_001, 20_002, 10_000)
    assert measured.paths.extensions["source_only"] == {"none": 10_001}


@pytest.mark.parametrize(("size", "large"), [(199_999, False), (200_000, True)])
@pytest.mark.parametrize("kind", ["added", "modified", "old side"])
def test_large_files_are_noticed_on_either_side(kind: str, size: int, large: bool) -> None:
    small, big = entry("f", "a", 1), entry("f", "b", size)
    changes = {
        "added": Change("f", "added", None, big),
        "modified": Change("f", "modified", small, big),
        "old side": Change("f", "modified", big, small),
    }
    assert measure([changes[kind]], []).large_files is large
    assert measure([Change("f", "deleted", big, None)], []).large_files is False


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.PY", "py"), ("d.x/a", "none"), ("a.tar.gz", "gz"), (".env", "env"), ("a.", "none"), ("Makefile", "none")],
)
def test_an_extension_is_what_follows_the_last_dot(path: str, found: str) -> None:
    assert extension(path) == found


@pytest.mark.parametrize("seed", range(30))
def test_unchanged_paths_are_all_but_the_changed_ones(seed: int) -> None:
    dice = random.Random(seed)
    names = ["a", "a-b", "a.b", "a0", "b", "é"]

    def tree() -> list[Entry]:
        paths = {"/".join(dice.choices(names, k=dice.randint(1, 3))) for _ in range(dice.randint(0, 25))}
        files = [p for p in paths if not any(other.startswith(f"{p}/") for other in paths)]
        return [entry(path, dice.choice("ab")) for path in files]

    one, other = tree(), tree()
    (top, forest), (other_top, other_forest) = build(one), build(other)
    records = forest.records | other_forest.records

    def load(wanted: object) -> dict[str, bytes]:
        return {name: records[name] for name in wanted}  # type: ignore[attr-defined]

    changed = {change.path for change in diff(one, other)}
    expected = sorted(({e.path for e in one} & {e.path for e in other}) - changed, key=str.encode)
    assert unchanged_paths(top.hash, other_top.hash, load, 1000) == expected
    assert unchanged_paths(top.hash, other_top.hash, load, 2) == expected[:2]
