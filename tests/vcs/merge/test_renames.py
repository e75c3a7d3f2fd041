"""Renames: merged under the new name, decided where nobody can know, and never a lost edit."""

import pytest
from msgspec.structs import replace

from asterism.vcs.manifest import Entry
from asterism.vcs.merge import apply_changes, choose
from asterism.vcs.merge.similarity import MAX_CANDIDATES, pair_files
from tests.vcs.merge.worlds import file, folder, nothing_read, plan_of, read

LINES = [f"line {number}\n" for number in range(10)]
TEXT = "".join(LINES)
FIRST, LAST = TEXT.replace("line 0", "first"), TEXT.replace("line 9", "last")
BOTH = FIRST.replace("line 9", "last")


def paths(plan, ours: list[Entry], **choices: str) -> list[Entry]:
    return sorted(apply_changes(ours, choose(plan, choices)), key=lambda entry: entry.path)


@pytest.mark.parametrize("ours_renames", [True, False])
def test_an_edit_follows_a_rename(ours_renames):
    base, renamed, edited = [file("old", TEXT)], [file("new", TEXT)], [file("old", LAST)]
    sides = (renamed, edited) if ours_renames else (edited, renamed)
    plan = plan_of(base, *sides)
    assert not plan.decisions
    assert paths(plan, sides[0]) == [file("new", LAST)]
    (action,) = [action for action in plan.actions if action.path == "new"]
    assert action.renamed_from == "old"
    assert "renamed from old" in action.description


@pytest.mark.parametrize("ours_renames", [True, False])
def test_a_renamed_and_edited_file_is_merged_with_the_others_edit(ours_renames):
    base, renamed, edited = [file("old", TEXT)], [file("new", FIRST)], [file("old", LAST)]
    sides = (renamed, edited) if ours_renames else (edited, renamed)
    plan = plan_of(base, *sides)
    assert paths(plan, sides[0]) == [file("new", BOTH)]
    merged = next(action for action in plan.actions if action.path == "new")
    assert (merged.kind, merged.method, merged.renamed_from) == ("ai_combined", "lines", "old")


@pytest.mark.parametrize("ours_renames", [True, False])
def test_a_conflict_under_the_new_name_offers_both(ours_renames):
    base, renamed = [file("old", TEXT)], [file("new", FIRST)]
    edited = [file("old", TEXT.replace("line 0", "other"))]
    sides = (renamed, edited) if ours_renames else (edited, renamed)
    plan = plan_of(base, *sides)
    (decision,) = plan.decisions
    assert (decision.path, decision.kind, decision.renamed_from) == ("new", "content", "old")
    texts = {entry.hash for side in sides for entry in side}
    taken = [paths(plan, sides[0], new=option) for option in ("use_main", "use_workspace")]
    assert [[entry.path for entry in tree] for tree in taken] == [["new"], ["new"]]
    assert {tree[0].hash for tree in taken} == texts


def test_the_same_rename_on_both_sides_is_merged():
    plan = plan_of([file("old", TEXT)], [file("new", FIRST)], [file("new", LAST)])
    assert not plan.decisions
    assert paths(plan, [file("new", FIRST)]) == [file("new", BOTH)]


def test_two_names_are_a_decision_between_the_names_with_the_merged_content():
    ours, main = [file("mine", FIRST)], [file("theirs", LAST)]
    plan = plan_of([file("old", TEXT)], ours, main)
    (decision,) = plan.decisions
    assert (decision.path, decision.kind, decision.renamed_from) == ("theirs", "rename", "old")
    assert paths(plan, ours, theirs="use_main") == [file("theirs", BOTH)]
    assert paths(plan, ours, theirs="use_workspace") == [file("mine", BOTH)]
    assert decision.content == BOTH.encode()


@pytest.mark.parametrize("ours_renames", [True, False])
def test_renamed_here_and_deleted_there_is_decided_at_the_new_name(ours_renames):
    base, renamed = [file("old", TEXT)], [file("new", TEXT)]
    sides = (renamed, []) if ours_renames else ([], renamed)
    plan = plan_of(base, *sides)
    (decision,) = plan.decisions
    expected = ("modify_delete", 14, "use_workspace") if ours_renames else ("delete_modify", 15, "use_main")
    assert (decision.kind, decision.row, decision.recommended) == expected
    assert decision.path == "new"
    keeps = "use_workspace" if ours_renames else "use_main"
    drops = "use_main" if ours_renames else "use_workspace"
    assert paths(plan, sides[0], new=keeps) == renamed
    assert paths(plan, sides[0], new=drops) == []


def test_a_rename_that_nobody_touched_is_a_delete_and_an_add_and_reads_nothing():
    plan = plan_of([file("old", TEXT)], [file("old", TEXT)], [file("new", TEXT)], nothing_read)
    assert [(action.path, action.row) for action in plan.actions] == [("new", 1), ("old", 9)]


def test_a_move_with_an_edit_reads_nothing_where_the_other_side_did_nothing_that_could_go_along():
    base, ours = [file("lib/a", TEXT)], [file("lib/b", FIRST)]
    elsewhere = [*base, file("docs/new", "new\n")]
    for main in (base, elsewhere):
        assert paths(plan_of(base, ours, main, nothing_read), ours) == [*main[1:], *ours]


def test_an_addition_beside_a_file_that_was_moved_and_edited_goes_along():
    base, ours, added = [file("lib/a", TEXT)], [file("src/a", FIRST)], file("lib/new", "new\n")
    plan = plan_of(base, ours, [*base, added])
    assert paths(plan, ours) == [*ours, file("src/new", "new\n")]


def test_a_name_that_the_other_side_gave_to_another_file_is_left_alone():
    ours, main = [file("new", FIRST)], [file("old", LAST), file("new", "something else\n")]
    plan = plan_of([file("old", TEXT)], ours, main)
    assert {(decision.path, decision.kind) for decision in plan.decisions} == {
        ("new", "add_add"),
        ("old", "delete_modify"),
    }


@pytest.mark.parametrize("ours_renames", [True, False])
def test_a_file_added_to_a_folder_that_was_renamed_goes_along(ours_renames):
    base = [file("lib/a", TEXT), file("lib/b/c", FIRST)]
    renamed = [file("src/a", TEXT), file("src/b/c", FIRST)]
    added = [*base, file("lib/b/new", "new\n")]
    sides = (renamed, added) if ours_renames else (added, renamed)
    plan = plan_of(base, *sides)
    assert not plan.decisions
    assert paths(plan, sides[0]) == sorted([*renamed, file("src/b/new", "new\n")], key=lambda entry: entry.path)
    assert next(action for action in plan.actions if action.path == "src/b/new").renamed_from == "lib/b/new"


def test_a_folder_of_which_a_part_stayed_takes_no_additions_along():
    base = [file("lib/a", TEXT), file("lib/b", FIRST)]
    ours, main = [file("src/a", TEXT), file("lib/b", FIRST)], [*base, file("lib/new", "new\n")]
    plan = plan_of(base, ours, main)
    assert "lib/new" in [entry.path for entry in paths(plan, ours)]
    split = [file("src/a", TEXT), file("other/b", FIRST)]
    assert "lib/new" in [entry.path for entry in paths(plan_of(base, split, main), split)]


NEW = file("lib/new", "new\n")


@pytest.mark.parametrize(
    ("base", "ours", "added", "merged"),
    [
        ([], [], [file("aside", "1\n"), NEW], [file("aside", "1\n"), file("src/new", "new\n")]),
        ([], [file("src/new", "mine\n")], [NEW, file("lib/z", "z\n")], [NEW, file("src/new", "mine\n"), "src/z"]),
        ([], [], [folder("lib/empty")], [folder("lib/empty")]),
        ([file("lib/b", FIRST)], [file("lib/b", "changed\n")], [NEW], [file("lib/b", "changed\n"), NEW]),
    ],
    ids=["beside others", "where the new name is free", "files only", "not where a changed file stayed"],
)
def test_of_what_is_added_to_a_renamed_folder_only_files_that_can_go_along_do(base, ours, added, merged):
    base, ours = [file("lib/a", TEXT), *base], [file("src/a", TEXT), *ours]
    expected = [file(one, "z\n") if isinstance(one, str) else one for one in (*merged, file("src/a", TEXT))]
    plan = plan_of(base, ours, [*base, *added])
    assert not plan.decisions
    assert paths(plan, ours) == sorted(expected, key=lambda entry: entry.path)


def test_a_folder_whose_file_got_another_name_was_not_renamed():
    base, ours = [file("lib/a", TEXT)], [file("src/other", TEXT)]
    assert paths(plan_of(base, ours, [*base, NEW]), ours) == [NEW, *ours]


def test_what_both_sides_add_to_a_renamed_folder_is_decided_where_they_put_it():
    base, ours = [file("lib/a", TEXT)], [file("src/a", TEXT), file("lib/new", "mine\n")]
    (decision,) = plan_of(base, ours, [*base, NEW]).decisions
    assert (decision.path, decision.kind) == ("lib/new", "add_add")


def test_of_two_names_one_of_which_the_other_side_gave_away_nothing_is_lost():
    ours, main = [file("mine", FIRST)], [file("mine", "something else\n"), file("theirs", LAST)]
    plan = plan_of([file("old", TEXT)], ours, main)
    assert [(decision.path, decision.kind) for decision in plan.decisions] == [("mine", "add_add")]
    assert paths(plan, ours, mine="use_workspace") == [*ours, file("theirs", LAST)]


def test_a_rename_below_a_path_that_became_a_file_loses_nothing():
    base, ours, main = [file("p", TEXT)], [file("p", LAST), file("a", "mine\n")], [file("a/x", TEXT)]
    plan = plan_of(base, ours, main)
    assert [decision.kind for decision in plan.decisions] == ["type_change"]
    assert paths(plan, ours, a="use_main") == main
    assert paths(plan, ours, a="use_workspace") == sorted(ours, key=lambda entry: entry.path)


def shared(percent: int) -> str:
    return "".join(LINES[: percent // 10]) + "".join(f"new {number}\n" for number in range(10 - percent // 10))


def test_six_of_ten_lines_make_a_rename_and_five_do_not():
    old = [file("old", TEXT)]
    assert pair_files(old, [file("new", shared(60))], read, edited=True) == {"old": "new"}
    assert pair_files(old, [file("new", shared(50))], read, edited=True) == {}
    longer = [file("new", TEXT + "".join(f"more {number}\n" for number in range(7)))]
    assert pair_files(old, longer, read, edited=True) == {}  # 10 of 17


def test_the_best_pair_wins_and_each_file_is_paired_once():
    old = [file("one", TEXT), file("two", FIRST)]
    new = [file("x", FIRST.replace("line 5", "five")), file("y", shared(60))]
    assert pair_files(old, new, read, edited=True) == {"two": "x", "one": "y"}


def test_equal_blobs_are_paired_first_and_by_name_and_empty_files_never():
    old = [file("a/x", TEXT), file("b/y", TEXT), file("e", "")]
    new = [file("c/y", TEXT), file("d/x", TEXT), file("f", "")]
    assert pair_files(old, new, nothing_read, edited=False) == {"a/x": "d/x", "b/y": "c/y"}


def test_beyond_a_thousand_candidates_the_rest_is_not_compared():
    many = [file(f"old/{number:05}", f"{number}\nother {number}\n") for number in range(MAX_CANDIDATES)]
    fits = file("old/zz", TEXT)
    assert pair_files([*many[:-1], fits], [file("new", LAST)], read, edited=True) == {"old/zz": "new"}
    assert pair_files([*many, fits], [file("new", LAST)], read, edited=True) == {}


def test_64_mib_a_side_are_read_for_comparing():
    old = [replace(file(f"old/{number:02}", f"{number}\n"), size=2 << 20) for number in range(33)]
    asked = []

    def reader(hashes):
        asked.append(len(hashes))
        return read(hashes)

    pair_files(old, [file("new", TEXT)], reader, edited=True)
    assert asked == [32, 1]


def test_binary_files_are_renamed_by_equal_bytes_only():
    data = b"\0" + TEXT.encode()
    old = [file("old", data)]
    assert pair_files(old, [file("new", data + b"x\n")], read, edited=True) == {}
    assert pair_files(old, [file("new", data)], read, edited=True) == {"old": "new"}


def test_folder_entries_of_a_renamed_folder_go():
    base = [folder("lib"), file("lib/a", TEXT)]
    ours, main = [folder("lib"), file("lib/a", LAST)], [folder("src"), file("src/a", TEXT)]
    assert paths(plan_of(base, ours, main), ours) == [folder("src"), file("src/a", LAST)]
