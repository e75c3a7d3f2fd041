"""Sync: prepared, executed, undone; and everything that may have happened in between (Fastest 5)."""

import threading
from dataclasses import replace

import pytest

from asterism.base.errors import Conflict, DomainError, NotFound
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.versions import drift, projects, storage, sync, workspaces
from asterism.features.versions.sync import Answered, Executed, Execution, Preview
from asterism.features.versions.sync.models import MAX_TEXTS_BYTES
from asterism.features.versions.workspaces import NewWorkspace
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from tests.features.versions.sync.conftest import BASE, MAIN, MERGED, OURS, World
from tests.support.trees import entries_of


def acts(preview: Preview) -> dict[str, str]:
    return {action.path: action.kind for action in preview.plan.actions}


def asked(preview: Preview) -> dict[str, str]:
    return {decision.path: decision.kind for decision in preview.plan.decisions}


def test_a_preview_says_what_comes_and_what_is_open(world: World) -> None:
    preview = world.prepare()
    assert acts(preview) == {"a.py": "ai_combined", "new.txt": "copy_from_main", "old.txt": "delete"}
    assert asked(preview) == {"c": "content"}
    assert preview.summary == "From main: 1 file added, 1 updated, 1 deleted. 1 decision to take."
    assert (preview.base_kind, preview.base_snapshot_ids) == ("snapshot", (world.base,))
    assert (preview.workspace_snapshot_id, preview.source_snapshot_id) == (world.ours, world.theirs)
    assert {preview.texts[hash_bytes(text)] for text in (b"ONE\ntwo\nTHREE\n", b"main\n", b"ours\n")} == {
        "ONE\ntwo\nTHREE\n",
        "main\n",
        "ours\n",
    }
    assert world.tree(world.side) == OURS


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        ("use_main", b"main\n"),
        ("use_workspace", b"ours\n"),
        (Answered(content="both\n"), b"both\n"),
        (Answered(blob_hash=hash_bytes(b"text\n")), b"text\n"),
    ],
)
def test_a_sync_merges_with_the_decisions(world: World, answer: str | Answered, content: bytes) -> None:
    done = world.execute(world.prepare(), c=answer)
    assert world.tree(world.side) == MERGED | {"c": content}
    shown = world.look(world.side)
    assert (shown.current_snapshot_id, shown.current_manifest_hash) == (done.snapshot_id, done.manifest_hash)
    assert (shown.dirty, shown.version) == (False, done.version)
    merge = world.snapshot(done.snapshot_id)
    assert (merge.parents, merge.source, merge.fast_forward) == ((world.ours, world.theirs), "web", True)
    changed = 1 if content == b"ours\n" else 2
    assert (done.added, done.updated, done.deleted) == (1, changed, 1)
    assert (done.before_id, done.source_moved, done.made) == (world.ours, False, True)
    assert world.events().count("merge.completed") == 1


def test_after_a_sync_there_is_nothing_to_take(world: World) -> None:
    world.execute(world.prepare(), c="use_workspace")
    preview = world.prepare()
    assert (preview.plan.is_empty, preview.summary) == (True, "Nothing to take from main.")
    assert preview.base_snapshot_ids == (world.theirs,)
    before = world.look(world.side)
    done = world.execute(preview)
    assert (done.made, done.added, done.updated, done.deleted) == (False, 0, 0, 0)
    assert (done.snapshot_id, done.manifest_hash) == (before.current_snapshot_id, before.current_manifest_hash)
    assert world.look(world.side) == before


def test_the_next_sync_stands_on_the_last(world: World) -> None:
    first = world.execute(world.prepare(), c="use_main")
    ours = world.push(world.side, MERGED | {"c": b"main\n", "a.py": b"ONE\n2\nTHREE\n"}, str(first.snapshot_id))
    theirs = world.push(world.main, MAIN | {"c": b"main 2\n"}, world.theirs)
    preview = world.prepare()
    assert (preview.base_snapshot_ids, asked(preview), acts(preview)) == (
        (world.theirs,),
        {},
        {"c": "copy_from_main"},
    )
    done = world.execute(preview)
    assert done.parents == (ours, theirs)
    assert world.tree(world.side)["c"] == b"main 2\n"


def test_unsaved_work_is_merged_and_kept_as_a_snapshot(world: World) -> None:
    world.edit(world.side, OURS | {"unsaved": b"u\n"})
    done = world.execute(world.prepare(), c="use_main")
    assert world.tree(world.side) == MERGED | {"c": b"main\n", "unsaved": b"u\n"}
    before = world.snapshot(done.before_id)
    assert (before.parents, before.source) == ((world.ours,), "system")
    assert world.content(before.manifest_hash) == OURS | {"unsaved": b"u\n"}
    assert done.parents == (before.id, world.theirs)
    assert "workspace.out_of_date" not in world.events()


def test_a_target_without_tree_takes_all_of_main(world: World) -> None:
    empty = world.workspace("empty")
    preview = world.prepare(empty)
    assert (preview.base_kind, preview.base_snapshot_ids, preview.plan.to_add) == ("empty", (), 4)
    done = world.execute(preview, empty)
    assert world.tree(empty) == MAIN
    assert (done.parents, done.before_id) == ((world.theirs,), None)


def test_work_can_be_merged_into_main(world: World) -> None:
    done = world.execute(world.prepare(world.main, world.side.id), world.main, c="use_main")
    assert world.tree(world.main) == MERGED | {"c": b"ours\n"}
    assert done.parents == (world.theirs, world.ours)


def test_a_workspace_pushed_without_history_stands_on_its_base(world: World) -> None:
    late = world.workspace("late", base_snapshot_id=world.base)
    world.push(late, BASE | {"mine": b"m\n"})
    preview = world.prepare(late)
    assert (preview.base_kind, preview.base_snapshot_ids, asked(preview)) == ("snapshot", (world.base,), {})


def test_criss_cross_merges_of_clean_edits_stay_clean(world: World) -> None:
    lines = [f"line {n}\n".encode() for n in range(20)]
    root = world.push(world.main, {"f": b"".join(lines)}, world.theirs)
    left, right = lines.copy(), lines.copy()
    left[2], right[15] = b"left\n", b"right\n"
    one = world.push(world.main, {"f": b"".join(left)}, root)
    other = world.push(world.side, {"f": b"".join(right)}, root)
    both = lines.copy()
    both[2], both[15] = b"left\n", b"right\n"
    joined = {"f": b"".join(both)}
    world.push(world.main, joined, one, other)
    world.push(world.side, joined | {"g": b"g\n"}, other, one)
    preview = world.prepare()
    assert (preview.base_kind, set(preview.base_snapshot_ids)) == ("virtual", {one, other})
    assert preview.plan.is_empty


def test_a_repetition_is_answered_as_before(world: World) -> None:
    preview = world.prepare()
    done = world.execute(preview, c="use_main")
    world.push(world.side, OURS, str(done.snapshot_id))
    world.shelf.clock.advance(7200)
    assert world.execute(preview, c="use_main") == done
    with pytest.raises(Conflict, match="other decisions"):
        world.execute(preview, c="use_workspace")


def refused(world: World, preview: Preview, **decisions: str | Answered) -> DomainError:
    before = (world.look(world.side), world.events())
    with pytest.raises(DomainError) as caught:
        world.execute(preview, **decisions)
    assert (world.look(world.side), world.events()) == before
    return caught.value


def test_every_path_needs_a_decision(world: World) -> None:
    error = refused(world, world.prepare())
    assert (error.code, error.details) == ("MISSING_DECISIONS", {"missing": ["c"]})


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("c", "use_nothing"),
        ("c", ""),
        ("b.md", "use_main"),
        ("new.txt", "use_workspace"),
        ("c", Answered(blob_hash="ABC")),
        ("c", Answered(content="x" * ((8 << 20) + 1))),
    ],
)
def test_decisions_that_do_not_fit_are_named(world: World, path: str, answer: str | Answered) -> None:
    error = refused(world, world.prepare(), **({"c": "use_main"} | {path: answer}))  # type: ignore[arg-type]
    assert error.code == "INVALID_DECISION"
    assert [one["path"] for one in error.details["invalid"]] == [path]  # type: ignore[index]


def test_a_merge_can_be_decided_otherwise(world: World) -> None:
    done = world.execute(world.prepare(), **{"c": "use_main", "a.py": "use_workspace"})
    assert world.tree(world.side)["a.py"] == b"ONE\ntwo\nthree\n"
    assert done.made


def test_a_blob_that_is_not_stored_cannot_be_chosen(world: World) -> None:
    error = refused(world, world.prepare(), c=Answered(blob_hash="0" * 64))
    assert (error.code, error.details) == ("BLOB_MISSING", {"missing_blobs": ["0" * 64]})


def test_a_moved_workspace_has_to_be_prepared_again(world: World) -> None:
    preview = world.prepare()
    world.edit(world.side, OURS | {"x": b"x\n"})
    error = refused(world, preview, c="use_main")
    assert error.code == "CONCURRENT_MODIFICATION"
    assert error.details["expected_version"] == preview.workspace_version  # type: ignore[index]
    assert error.details["actual_version"] == preview.workspace_version + 1  # type: ignore[index]


def test_a_workspace_that_moved_to_the_same_tree_has_to_be_prepared_again(world: World) -> None:
    preview = world.prepare()
    world.push(world.side, OURS, world.ours)
    assert refused(world, preview, c="use_main").code == "CONCURRENT_MODIFICATION"


def test_a_moved_source_is_told(world: World) -> None:
    preview = world.prepare()
    world.push(world.main, MAIN | {"later": b"l\n"}, world.theirs)
    done = world.execute(preview, c="use_main")
    assert done.source_moved
    assert "later" not in world.tree(world.side)


def test_a_deleted_source_is_a_conflict(world: World) -> None:
    third = world.workspace("third")
    world.push(third, MAIN, world.base)
    preview = world.prepare(world.side, third.id)
    with world.shelf.db.write() as tx:
        workspaces.delete_workspace(tx, world.caller, third.id)
    assert refused(world, preview, c="use_main").code == "CONCURRENT_MODIFICATION"


def test_previews_expire_and_are_their_owners(world: World) -> None:
    preview = world.prepare()
    with world.shelf.db.write() as tx:
        stranger = Caller(identity.add_user(tx, "x@example.org").id, "t", "u", "cli")
        theirs = projects.create_project(tx, stranger, name="q")
        other = workspaces.create_workspace(tx, stranger, theirs.id, NewWorkspace(name="w"))
    wanted = Execution(preview.id, {"c": Answered(option="use_main")})
    with pytest.raises(NotFound):
        sync.execute(world.shelf.db, world.shelf.blobs, stranger, other.id, wanted)
    with pytest.raises(NotFound):
        sync.execute(world.shelf.db, world.shelf.blobs, world.caller, world.side.id, replace(wanted, preview_id="no"))
    with pytest.raises(Conflict, match="another workspace"):
        world.execute(preview, world.main, c="use_main")
    world.shelf.clock.advance(1800)
    assert refused(world, preview, c="use_main").code == "PREVIEW_EXPIRED"


def test_twenty_previews_are_open_at_most(world: World) -> None:
    previews = [world.prepare() for _ in range(21)]
    assert refused(world, previews[0], c="use_main").code == "PREVIEW_EXPIRED"
    assert world.execute(previews[1], c="use_main").made


def test_a_preview_names_the_newest_comparison_with_its_source(world: World) -> None:
    assert world.prepare().drift_report_id == ""
    with world.shelf.db.write() as tx:
        report = drift.keep(tx, world.caller, drift.compare(tx, world.caller, world.side.id)).report
    assert report is not None
    assert world.prepare().drift_report_id == report.id


def test_options_without_content_show_no_text(world: World) -> None:
    link = Entry(type="symlink", path="c", target="a.py")
    others = [entry for entry in entries_of(OURS) if entry.path not in ("c", "b.md")]
    world.shelf.put(*OURS.values())
    world.push_manifest(world.side, world.shelf.put_entries([*others, link]), world.ours)
    world.push(world.main, MAIN | {"b.md": b"changed\n"}, world.theirs)
    preview = world.prepare()
    hashes = {
        one.path: [option.entry and option.entry.hash for option in one.options] for one in preview.plan.decisions
    }
    assert (hash_bytes(MAIN["c"]), "") == tuple(sorted(hashes["c"], reverse=True))
    assert None in hashes["b.md"]
    assert set(preview.texts) == {hash_bytes(MAIN["c"]), hash_bytes(b"changed\n"), hash_bytes(MERGED["a.py"])}


def test_what_is_over_is_removed(world: World) -> None:
    unused, used = world.prepare(), world.prepare()
    world.execute(used, c="use_main")

    def purge() -> int:
        with world.shelf.db.write() as tx:
            return sync.purge_previews(tx)

    world.shelf.clock.advance(1800)
    assert purge() == 0
    world.shelf.clock.advance(1)
    assert purge() == 1
    assert unused.id != used.id
    world.shelf.clock.advance(30 * 86_400 - 1801)
    assert purge() == 0
    world.shelf.clock.advance(1)
    assert purge() == 1


def test_contents_of_an_open_preview_are_in_use(world: World) -> None:
    world.prepare()
    assert sync.ROOTS.blobs is not None
    with world.shelf.db.read() as tx:
        assert hash_bytes(b"ONE\ntwo\nTHREE\n") in sync.ROOTS.blobs(tx, world.shelf.user)
    world.shelf.clock.advance(1801)
    with world.shelf.db.read() as tx:
        assert not sync.ROOTS.blobs(tx, world.shelf.user)


def test_prepare_names_what_is_in_the_way(world: World) -> None:
    with pytest.raises(Conflict, match="main workspace"):
        world.prepare(world.main)
    with pytest.raises(Conflict, match="itself"):
        world.prepare(world.side, world.side.id)
    with pytest.raises(Conflict, match="no snapshot"):
        world.prepare(world.side, world.workspace("empty").id)
    with pytest.raises(NotFound):
        world.prepare(world.side, "nowhere")
    with world.shelf.db.write() as tx:
        elsewhere = projects.create_project(tx, world.caller, name="q")
        other = workspaces.create_workspace(tx, world.caller, elsewhere.id, NewWorkspace(name="o"))
    with pytest.raises(Conflict, match="another project"):
        world.prepare(world.side, other.id)


def test_a_blob_that_main_lacks_is_named_at_once(world: World) -> None:
    manifest = world.shelf.put_entries(entries_of(MAIN | {"lost": b"never stored\n"}))
    world.push_manifest(world.main, manifest, world.theirs)
    with pytest.raises(storage.BlobsMissing) as caught:
        world.prepare()
    assert caught.value.details == {"missing_blobs": [hash_bytes(b"never stored\n")]}


def test_of_two_executes_at_once_one_merges_and_both_get_its_answer(world: World) -> None:
    preview = world.prepare()
    gate, answers = threading.Barrier(4), []

    def run() -> None:
        gate.wait()
        answers.append(world.execute(preview, c="use_main"))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len({answer.snapshot_id for answer in answers}) == 1
    assert world.events().count("merge.completed") == 1


def test_of_two_executes_with_other_decisions_one_merges_and_one_is_refused(world: World) -> None:
    preview = world.prepare()
    outcomes: list[Executed | DomainError] = []

    def execute(choice: str) -> None:
        try:
            outcomes.append(world.execute(preview, c=choice))
        except DomainError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=execute, args=(choice,)) for choice in ("use_main", "use_workspace")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [done] = [one for one in outcomes if isinstance(one, Executed)]
    [refused] = [one for one in outcomes if isinstance(one, DomainError)]
    assert isinstance(refused, sync.AlreadyExecuted | sync.Moved)
    assert world.look(world.side).current_snapshot_id == done.snapshot_id
    assert world.events().count("merge.completed") == 1


@pytest.mark.parametrize("content", [MAIN["new.txt"], b"main\n"], ids=["copied", "chosen"])
def test_a_blob_that_vanished_since_prepare_is_named(world: World, content: bytes) -> None:
    preview = world.prepare()
    with world.shelf.db.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE blobs SET lost = TRUE WHERE hash = '{hash_bytes(content)}'")
    with pytest.raises(storage.BlobsMissing) as caught:
        world.execute(preview, c="use_main")
    assert caught.value.details == {"missing_blobs": [hash_bytes(content)]}
    assert world.tree(world.side) == OURS
    world.shelf.put(content)
    world.execute(preview, c="use_main")
    assert world.tree(world.side) == MERGED | {"c": b"main\n"}


def test_a_manifest_that_was_lost_since_prepare_is_named(world: World) -> None:
    shown = world.shelf.put_odd(OURS)  # which has an object of its own
    world.push_manifest(world.side, shown, world.ours)
    preview = world.prepare()
    world.shelf.blobs.delete([key for key in world.shelf.objects() if shown in key])
    with pytest.raises(storage.BlobsMissing) as caught:
        world.execute(preview, c="use_main")
    assert caught.value.details == {"missing_blobs": [shown]}


def test_contents_that_are_damaged_are_missing_to_prepare(world: World) -> None:
    world.push(world.side, OURS | {"a.py": b"0\nONE\ntwo\nthree\n"}, world.ours)
    for key in world.shelf.objects():
        if "/blobs/" in key:
            world.shelf.blobs.put(key, b"x" * (world.shelf.blobs.size(key) or 0))
    with pytest.raises(storage.BlobsMissing):
        world.prepare()


@pytest.mark.parametrize(
    ("side", "shown"),
    [("🜁".encode() * 50_000, True), ("🜁".encode() * 50_001, False), (b"x" * 50_001, False), (b"\xff\n", False)],
    ids=["longest", "too many bytes", "too many characters", "no text"],
)
def test_a_preview_shows_texts_of_50_000_characters(world: World, side: bytes, shown: bool) -> None:
    world.push(world.main, MAIN | {"c": side}, world.theirs)
    assert (hash_bytes(side) in world.prepare().texts) == shown


def test_the_texts_of_a_preview_are_bounded_in_sum(world: World) -> None:
    sides = [
        {f"f{number:03}": f"{side} {number}\n".encode() + b"x" * 49_000 for number in range(100)}
        for side in ("main", "ours")
    ]
    world.push(world.main, MAIN | sides[0], world.theirs)
    world.push(world.side, OURS | sides[1], world.ours)
    preview = world.prepare()
    assert len(preview.plan.decisions) == 101
    assert sum(map(len, preview.texts.values())) <= MAX_TEXTS_BYTES
    shown = [all(option.entry.hash in preview.texts for option in one.options) for one in preview.plan.decisions]
    assert shown.index(False) > 80
    assert shown[:2] == [True, True]


def test_undo_goes_back_and_the_sync_is_offered_again(world: World) -> None:
    first = world.prepare()
    done = world.execute(first, c="use_main")
    undone = world.undo()
    assert (undone.restored_id, undone.previous_id) == (world.ours, done.snapshot_id)
    assert world.tree(world.side) == OURS
    again = world.prepare()
    assert again.plan == replace(first.plan, actions=again.plan.actions)
    assert (acts(again), asked(again)) == (acts(first), asked(first))
    assert world.events().count("snapshot.pulled") == 1
    with pytest.raises(Conflict, match="no sync"):
        world.undo()


def test_a_restored_merge_can_be_undone_again(world: World) -> None:
    done = world.execute(world.prepare(), c="use_main")
    world.undo()
    with world.shelf.db.write() as tx:
        workspaces.restore_workspace(tx, world.caller, world.side.id, str(done.snapshot_id))
    assert world.undo().restored_id == world.ours


def test_undo_never_drops_later_work(world: World) -> None:
    world.execute(world.prepare(), c="use_main")
    world.edit(world.side, MERGED | {"later": b"l\n"})
    with pytest.raises(Conflict) as caught:
        world.undo()
    assert (caught.value.code, caught.value.details) == (
        "HEAD_MOVED",
        {"head_snapshot_id": world.look(world.side).current_snapshot_id},
    )
    world.undo(force=True)
    assert world.tree(world.side) == OURS
    assert world.events().count("workspace.out_of_date") == 1


def test_a_sync_is_undone_by_the_state_it_began_at(world: World) -> None:
    world.execute(world.prepare(), c="use_main")
    with pytest.raises(NotFound):
        world.undo("nowhere")
    with pytest.raises(Conflict, match="no sync"):
        world.undo(world.theirs)
    assert world.undo(world.ours).restored_id == world.ours


def test_a_target_that_had_nothing_goes_back_to_nothing(world: World) -> None:
    empty = world.workspace("empty")
    world.execute(world.prepare(empty), empty)
    with world.shelf.db.write() as tx:
        undone = sync.undo(tx, world.caller, empty.id)
    assert (undone.restored_id, undone.manifest_hash) == (None, None)
    assert (world.look(empty).current_snapshot_id, world.look(empty).current_manifest_hash) == (None, None)


def test_merge_histories_hold_the_newest_standing_sync_of_each_source(world: World) -> None:
    def standing() -> list[str]:
        with world.shelf.db.read() as tx:
            return [one.source_snapshot_id for one in sync.merge_histories(tx, [world.side.id]).get(world.side.id, [])]

    assert standing() == []
    world.execute(world.prepare(), c="use_main")
    assert standing() == [world.theirs]
    later = world.push(world.main, MAIN | {"later": b"l\n"}, world.theirs)
    world.execute(world.prepare())
    assert standing() == [later]
    world.undo()
    assert standing() == [world.theirs]


def test_an_answer_holds_what_it_said(world: World) -> None:
    done: Executed = world.execute(world.prepare(), c="use_main")
    assert done.sync_id
    assert (
        world.snapshot(done.snapshot_id).summary == "From main: 1 file added, 1 updated, 1 deleted. 1 decision to take."
    )
