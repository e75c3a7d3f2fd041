"""Bringing the result of a turn into a workspace that may have moved (Fastest 8.6)."""

import threading

import pytest

from asterism.features.versions import snapshots, workspaces
from asterism.features.versions.workcopies import FileChange, UnknownCopy, WorkingCopy, sentence
from asterism.features.versions.workcopies.changes import snapshot_is_due
from asterism.features.versions.workspaces import UnknownWorkspace
from tests.features.versions.workcopies.conftest import START, Desk

LATER, NOW = "2026-02-04T12:00:00.000Z", "2026-02-04T12:10:00.000Z"


def edit(copy: WorkingCopy, path: str, content: bytes) -> None:
    (copy.folder / path).parent.mkdir(exist_ok=True)
    (copy.folder / path).write_bytes(content)


def test_a_result_becomes_the_working_tree_and_the_head_stays(desk: Desk) -> None:
    copy, before = desk.open(), desk.look()
    edit(copy, "a.py", b"one\ntwo\nTHREE\n")
    collected, settled = desk.finish(copy)
    shown = desk.look()
    assert shown.current_manifest_hash == settled.tree == collected.tree
    assert (shown.current_snapshot_id, shown.dirty) == (before.current_snapshot_id, True)
    assert (settled.previous_tree, settled.snapshot_id, settled.warnings) == (desk.start, None, ())
    assert shown.version == settled.version == before.version + 1


def test_a_workspace_that_moved_is_merged_with(desk: Desk) -> None:
    copy = desk.open()
    edit(copy, "a.py", b"one\ntwo\nTHREE\n")
    desk.show({**START, "a.py": b"ONE\ntwo\nthree\n", "theirs.txt": b"theirs\n"})
    collected, settled = desk.finish(copy)
    assert desk.content(collected.tree)["a.py"] == b"one\ntwo\nTHREE\n"
    assert desk.content(settled.tree) == {**START, "a.py": b"ONE\ntwo\nTHREE\n", "theirs.txt": b"theirs\n"}
    assert desk.look().current_manifest_hash == settled.tree
    assert settled.warnings == ("Workspace changed during this turn; both results were merged.",)
    assert settled.safety_snapshot_id is None


def test_where_both_changed_the_same_theirs_stay_and_ours_is_a_snapshot(desk: Desk) -> None:
    copy = desk.open()
    edit(copy, "a.py", b"one\ntwo\nmine\n")
    edit(copy, "new.txt", b"new\n")
    desk.show({**START, "a.py": b"one\ntwo\ntheirs\n"})
    head = desk.look().current_snapshot_id
    collected, settled = desk.finish(copy)
    assert desk.content(settled.tree) == {**START, "a.py": b"one\ntwo\ntheirs\n", "new.txt": b"new\n"}
    assert settled.warnings == (
        "Another writer changed 1 of the same files. Theirs were kept; this turn's version is snapshot "
        f"{settled.safety_snapshot_id}.",
    )
    with desk.shelf.db.read() as tx:
        safety = snapshots.get_snapshot(tx, desk.caller, settled.safety_snapshot_id or "")
    assert (safety.manifest_hash, safety.parents, safety.source) == (collected.tree, (head,), "system")
    assert "workspace.out_of_date" in desk.events()


def test_the_same_edit_on_both_sides_is_no_clash(desk: Desk) -> None:
    copy = desk.open()
    edit(copy, "a.py", b"same\n")
    desk.show({**START, "a.py": b"same\n"})
    _, settled = desk.finish(copy)
    assert settled.safety_snapshot_id is None
    assert desk.content(settled.tree)["a.py"] == b"same\n"


def test_two_turns_at_once_both_arrive(desk: Desk) -> None:
    copies = [desk.open(f"turn{number}") for number in range(6)]
    for number, copy in enumerate(copies):
        edit(copy, f"new{number}.txt", b"x\n")
    threads = [threading.Thread(target=desk.finish, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.content(desk.look().current_manifest_hash) == {**START} | {f"new{n}.txt": b"x\n" for n in range(6)}


def test_settling_twice_changes_nothing_more(desk: Desk) -> None:
    copy = desk.open()
    edit(copy, "a.py", b"new\n")
    collected, first = desk.finish(copy)
    again = desk.copies.settle(copy, collected, desk.caller)
    assert (again.tree, again.warnings, desk.look().version) == (first.tree, (), first.version)


def test_an_automatic_snapshot_has_the_effects_of_any(desk: Desk) -> None:
    desk.shelf.clock.advance(601)
    copy = desk.open()
    edit(copy, "new.txt", b"new\n")
    head = desk.look().current_snapshot_id
    _, settled = desk.finish(copy)
    shown = desk.look()
    assert (shown.current_snapshot_id, shown.dirty) == (settled.snapshot_id, False)
    with desk.shelf.db.read() as tx:
        made = snapshots.get_snapshot(tx, desk.caller, settled.snapshot_id or "")
    assert (made.source, made.parents, made.summary) == ("system", (head,), "Added 1 file: new.txt")
    assert desk.events()[0] == "snapshot.pushed"
    assert shown.version == settled.version


ONE = [FileChange("a", "modified")]


@pytest.mark.parametrize(
    ("changes", "size", "last", "due"),
    [
        ([], 10**6, None, False),
        (ONE, 1, None, True),
        (ONE, 5 * 1024 - 1, LATER, False),
        (ONE, 5 * 1024, LATER, True),
        (ONE * 2, 1, LATER, True),
        ([FileChange("a", "added")], 1, LATER, True),
        ([FileChange("a", "deleted")], 1, LATER, True),
        ([FileChange("a", "added")] * 9, 50 * 1024 - 1, "2026-02-04T12:00:00.001Z", False),
        ([FileChange("a", "added")] * 10, 1, "2026-02-04T12:00:00.001Z", True),
        (ONE, 50 * 1024, "2026-02-04T12:00:00.001Z", True),
    ],
)
def test_when_a_snapshot_is_due(changes: list[FileChange], size: int, last: str | None, due: bool) -> None:
    assert snapshot_is_due(changes, size, last_snapshot_at=last, now=NOW) is due


def test_what_changed_in_one_sentence() -> None:
    some = [FileChange("a.py", "modified"), FileChange("b.py", "added"), FileChange("c.py", "added")]
    assert sentence([*some, FileChange("d", "deleted")]) == (
        "Added 2, changed 1 and deleted 1 file: a.py, b.py, c.py, d"
    )
    assert sentence(some[:1]) == "Changed 1 file: a.py"
    assert sentence(some[1:]) == "Added 2 files: b.py, c.py"
    long = sentence([FileChange(f"folder/file{number:03}.py", "added") for number in range(50)])
    assert len(long) <= 200
    assert long.endswith(", …")
    assert len(sentence([FileChange("x" * 500, "added")])) == 200


def test_a_workspace_that_was_deleted_leaves_the_copy(desk: Desk) -> None:
    copy = desk.open()
    edit(copy, "a.py", b"new\n")
    collected = desk.copies.collect(copy)
    with desk.shelf.db.write() as tx:
        workspaces.delete_workspace(tx, desk.caller, desk.main.id)
    with pytest.raises(UnknownWorkspace):
        desk.copies.settle(copy, collected, desk.caller)
    assert desk.copies.find("turn").about == copy.about


def reopened(desk: Desk) -> None:
    """Put new working copies, which know nothing, in the place of those of a server that has stopped."""
    desk.copies = type(desk.copies)(desk.shelf.db, desk.shelf.blobs, desk.folder, desk.copies.limits, desk.shelf.clock)


def test_a_copy_outlives_the_server(desk: Desk) -> None:
    copy = desk.open()
    edit(copy, "a.py", b"before\n")
    (copy.folder / "b/c.md").unlink()
    reopened(desk)
    edit(copy, "later.txt", b"after\n")
    found = desk.copies.find("turn")
    collected, _ = desk.finish(found)
    assert [(one.path, one.change) for one in collected.changes] == [
        ("a.py", "modified"),
        ("b/c.md", "deleted"),
        ("later.txt", "added"),
    ]


def test_a_lost_stat_cache_costs_time_only(desk: Desk) -> None:
    copy = desk.open()
    (copy.folder / "b/c.md").unlink()
    (copy.folder / "b/d.bin").unlink()
    (copy.folder / "b").rmdir()
    (desk.folder / "turn/cache").unlink()
    reopened(desk)
    assert [one.path for one in desk.copies.collect(copy).changes] == ["b/c.md", "b/d.bin"]


def test_leftovers_are_swept_and_failed_ones_kept_for_a_day(desk: Desk) -> None:
    desk.open("left")
    desk.open("wanted")
    failed = desk.copies.keep(desk.open("failed"))
    (desk.folder / "half.new").mkdir()
    reopened(desk)
    assert sorted(desk.copies.sweep({"wanted"})) == ["half.new", "left"]
    assert [copy.id for copy in desk.copies.kept(desk.main.id)] == ["failed"]
    assert desk.copies.kept("other") == []
    desk.shelf.clock.advance(24 * 3600 - 1)
    assert desk.copies.sweep({"wanted"}) == []
    assert desk.copies.keep(failed).about.kept_since == failed.about.kept_since
    desk.shelf.clock.advance(1)
    assert desk.copies.sweep({"wanted"}) == ["failed"]
    with pytest.raises(UnknownCopy):
        desk.copies.find("failed")
    assert desk.copies.find("wanted")


def test_a_kept_copy_is_collected_later(desk: Desk) -> None:
    copy = desk.open()
    edit(copy, "a.py", b"late\n")
    desk.copies.keep(copy)
    (waiting,) = desk.copies.kept()
    _, settled = desk.finish(waiting)
    assert desk.content(settled.tree)["a.py"] == b"late\n"
    desk.copies.close(waiting)
    assert desk.copies.kept() == []
