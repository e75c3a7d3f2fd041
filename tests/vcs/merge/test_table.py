"""Every row of the decision table of Fastest 5.4, by its number."""

import pytest
from msgspec.structs import replace

from asterism.vcs.manifest import Entry
from asterism.vcs.merge import Plan, apply_changes, choose
from asterism.vcs.merge.modes import merge_modes
from tests.vcs.merge.worlds import file, folder, link, nothing_read, plan_of

Trees = tuple[list[Entry], list[Entry], list[Entry]]


def f(text: str | bytes = "one\n", mode: int = 0o644) -> list[Entry]:
    return [file("p", text, mode)]


NONE: list[Entry] = []
LINK, OTHER_LINK, THIRD_LINK = [link("p", "a")], [link("p", "b")], [link("p", "c")]
FOLDER = [folder("p")]
BINARY = b"\0"


def result(plan: Plan, ours: list[Entry], **choices: str) -> list[Entry]:
    return sorted(apply_changes(ours, choose(plan, choices)), key=lambda entry: entry.path)


def only_action(trees: Trees, reader=nothing_read):
    plan = plan_of(*trees, reader)
    assert not plan.decisions
    (action,) = plan.actions
    return plan, action


def nothing_listed(trees: Trees) -> Plan:
    plan = plan_of(*trees, nothing_read)
    assert plan.is_empty
    assert (plan.to_add, plan.to_update, plan.to_delete) == (0, 0, 0)
    return plan


def only_decision(trees: Trees, **reading):
    plan = plan_of(*trees, **reading)
    assert not plan.actions
    (decision,) = plan.decisions
    assert (plan.to_add, plan.to_update, plan.to_delete) == (0, 1, 0)
    assert result(plan, trees[1], p="use_main") == trees[2] or decision.renamed_from
    assert result(plan, trees[1], p="use_workspace") == trees[1]
    return decision


@pytest.mark.parametrize("there", [f(), LINK], ids=["file", "link"])
def test_row_1_only_main_has_it(there):
    plan, action = only_action((NONE, NONE, there))
    assert (action.kind, action.row) == ("copy_from_main", 1)
    assert (plan.to_add, plan.to_update) == (1, 0)
    assert result(plan, NONE) == there


@pytest.mark.parametrize("here", [f(), LINK], ids=["file", "link"])
def test_row_2_only_ours_has_it(here):
    assert result(nothing_listed((NONE, here, NONE)), here) == here


@pytest.mark.parametrize(
    "base", [NONE, f("zero\n"), LINK, FOLDER, f()], ids=["absent", "file", "link", "folder", "same"]
)
def test_row_3_both_have_the_same(base):
    plan = nothing_listed((base, f(), f()))
    assert plan.unchanged == 1
    assert result(plan, f()) == f()


@pytest.mark.parametrize("base", [NONE, LINK], ids=["absent", "link"])
def test_row_4_both_added_files(base):
    decision = only_decision((base, f("ours\n"), f("main\n")))
    assert (decision.kind, decision.row) == ("add_add", 4)
    assert decision.allows_custom
    assert decision.recommended is None


@pytest.mark.parametrize("base", [NONE, f()], ids=["absent", "file"])
def test_row_5_both_made_links(base):
    decision = only_decision((base, LINK, OTHER_LINK), reader=nothing_read)
    assert (decision.kind, decision.row, decision.allows_custom) == ("symlink", 5, False)


@pytest.mark.parametrize(("here", "there"), [(f(), LINK), (LINK, f())], ids=["file-link", "link-file"])
def test_row_6_added_as_different_types(here, there):
    decision = only_decision((NONE, here, there), reader=nothing_read)
    assert (decision.kind, decision.row, decision.allows_custom) == ("type_change", 6, False)


@pytest.mark.parametrize("there", [f("two\n"), LINK], ids=["content", "type"])
def test_row_7_only_main_changed_it(there):
    plan, action = only_action((f(), f(), there))
    assert (action.kind, action.row, plan.to_update) == ("copy_from_main", 7, 1)
    assert result(plan, f()) == there


@pytest.mark.parametrize("here", [f("two\n"), LINK], ids=["content", "type"])
def test_row_8_only_ours_changed_it(here):
    assert result(nothing_listed((f(), here, f())), here) == here


@pytest.mark.parametrize("base", [f(), LINK], ids=["file", "link"])
def test_row_9_main_deleted_it(base):
    plan, action = only_action((base, base, NONE))
    assert (action.kind, action.row, plan.to_delete, plan.to_update) == ("delete", 9, 1, 0)
    assert action.description == "Deleted in main"
    assert result(plan, base) == []


@pytest.mark.parametrize("base", [f(), LINK], ids=["file", "link"])
def test_row_10_ours_deleted_it(base):
    assert result(nothing_listed((base, NONE, base)), NONE) == []


def test_row_11_both_deleted_it():
    assert result(nothing_listed((f(), NONE, NONE)), NONE) == []


def test_row_12_both_changed_a_text_apart():
    trees = (f("1\n2\n3\n"), f("x\n2\n3\n"), f("1\n2\ny\n"))
    plan = plan_of(*trees)
    (action,) = plan.actions
    assert (action.kind, action.row, action.method, action.content) == ("ai_combined", 12, "lines", b"x\n2\ny\n")
    assert [option.id for option in action.options] == ["use_main", "use_workspace"]
    assert plan.to_update == 1
    assert result(plan, trees[1]) == f("x\n2\ny\n")
    assert result(plan, trees[1], p="use_main") == trees[2]


def test_row_12_both_changed_the_same_lines():
    decision = only_decision((f("1\n2\n3\n"), f("1\nx\n3\n"), f("1\ny\n3\n")))
    assert (decision.kind, decision.row, decision.allows_custom) == ("content", 12, True)
    assert decision.regions == ((1, 2, 1, 2, 1, 2),)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_row_13_one_of_the_three_is_binary(at):
    contents: list[str | bytes] = ["1\n", "2\n", "3\n"]
    contents[at] = BINARY
    decision = only_decision(tuple(map(f, contents)))
    assert (decision.kind, decision.row, decision.allows_custom) == ("binary", 13, True)


def test_row_13_one_of_the_three_is_too_large():
    decision = only_decision((f("1\n"), f("2\n"), f("x" * (2 * 1024 * 1024 + 1))), reader=nothing_read)
    assert (decision.kind, decision.row) == ("too_large", 13)
    many = only_decision((f("1\n"), f("2\n"), f("\n" * 200_000)))
    assert many.kind == "too_large"


@pytest.mark.parametrize(("size", "kind"), [(2 << 20, "content"), ((2 << 20) + 1, "too_large")])
def test_row_13_begins_above_2_mib(size, kind):
    assert only_decision((f("1\n"), f("2\n"), [replace(f("3\n")[0], size=size)])).kind == kind


@pytest.mark.parametrize("here", [f("two\n"), LINK], ids=["content", "type"])
def test_row_14_ours_changed_what_main_deleted(here):
    decision = only_decision((f(), here, NONE))
    assert (decision.kind, decision.row, decision.recommended) == ("modify_delete", 14, "use_workspace")
    assert decision.allows_custom


@pytest.mark.parametrize("there", [f("two\n"), LINK], ids=["content", "type"])
def test_row_15_main_changed_what_ours_deleted(there):
    decision = only_decision((f(), NONE, there))
    assert (decision.kind, decision.row, decision.recommended) == ("delete_modify", 15, "use_main")


def test_row_16_both_changed_a_link():
    decision = only_decision((LINK, OTHER_LINK, THIRD_LINK), reader=nothing_read)
    assert (decision.kind, decision.row) == ("symlink", 16)


@pytest.mark.parametrize(("here", "there"), [(f("two\n"), OTHER_LINK), (OTHER_LINK, f("two\n"))])
def test_row_17_changed_to_different_types(here, there):
    for base in (f(), LINK):
        decision = only_decision((base, here, there), reader=nothing_read)
        assert (decision.kind, decision.row) == ("type_change", 17)


def test_row_18_main_changed_only_the_mode():
    plan, action = only_action((f(), f(), f(mode=0o755)))
    assert (action.kind, action.row, plan.to_update) == ("copy_from_main", 18, 1)
    assert "0755" in action.description
    assert result(plan, f()) == f(mode=0o755)


def test_row_18_also_where_both_added_it_with_different_modes():
    plan, action = only_action((NONE, f(), f(mode=0o755)))
    assert action.row == 18
    assert result(plan, f()) == f(mode=0o755)
    nothing_listed((NONE, f(mode=0o755), f()))


def test_row_19_main_changed_the_mode_of_what_ours_edited():
    plan, action = only_action((f(), f("two\n"), f(mode=0o755)))
    assert (action.kind, action.row, plan.to_update) == ("copy_from_main", 19, 1)
    assert result(plan, f("two\n")) == f("two\n", 0o755)


def test_row_20_ours_changed_the_mode_of_what_main_edited():
    plan, action = only_action((f(), f(mode=0o755), f("two\n")))
    assert (action.kind, action.row, plan.to_update) == ("copy_from_main", 20, 1)
    assert result(plan, f(mode=0o755)) == f("two\n", 0o755)


def test_row_12_a_mode_of_main_survives_an_edit_of_both():
    trees = (f("1\n2\n3\n"), f("x\n2\n3\n"), f("1\n2\ny\n", 0o755))
    assert result(plan_of(*trees), trees[1]) == f("x\n2\ny\n", 0o755)


@pytest.mark.parametrize(
    ("base", "here", "there", "kept"),
    [
        (NONE, NONE, FOLDER, FOLDER),
        (NONE, FOLDER, NONE, FOLDER),
        (FOLDER, FOLDER, NONE, NONE),
        (FOLDER, NONE, FOLDER, NONE),
        (FOLDER, NONE, NONE, NONE),
        (f(), FOLDER, FOLDER, FOLDER),
        (FOLDER, FOLDER, [folder("p", 0o700)], [folder("p", 0o700)]),
    ],
)
def test_row_21_folders_by_presence(base, here, there, kept):
    assert result(nothing_listed((base, here, there)), here) == kept


def test_row_21_a_folder_stays_while_something_is_kept_below_it():
    below = [file("p/x", "x")]
    ours = FOLDER + below
    plan = plan_of(FOLDER, ours, NONE)
    assert result(plan, ours) == ours
    moved = plan_of(FOLDER, below, FOLDER)
    assert result(moved, below) == ours
    shared = plan_of(FOLDER + below, FOLDER + below, below)
    assert result(shared, ours) == ours


@pytest.mark.parametrize("there", [f(), LINK], ids=["file", "link"])
def test_row_22_main_put_content_in_place_of_a_folder(there):
    plan, action = only_action((FOLDER, FOLDER, there))
    assert (action.kind, action.row, plan.to_update, plan.to_add) == ("copy_from_main", 22, 1, 0)
    assert result(plan, FOLDER) == there
    gone, _ = only_action((FOLDER, NONE, there))
    assert (gone.to_update, gone.to_add) == (0, 1)


def test_row_22_what_lay_below_is_ruled_row_by_row():
    below = [file("p/x", "x")]
    plan = plan_of(FOLDER + below, FOLDER + below, f())
    assert [(action.path, action.row) for action in plan.actions] == [("p", 22), ("p/x", 9)]
    assert result(plan, FOLDER + below) == f()


@pytest.mark.parametrize("there", [FOLDER, NONE], ids=["folder", "absent"])
def test_row_23_ours_put_content_in_place_of_a_folder(there):
    assert result(nothing_listed((FOLDER, f(), there)), f()) == f()


@pytest.mark.parametrize(("here", "there"), [(FOLDER, f()), (f(), FOLDER), (FOLDER, LINK)])
def test_row_24_a_folder_and_content_were_added(here, there):
    decision = only_decision((NONE, here, there), reader=nothing_read)
    assert (decision.kind, decision.row) == ("type_change", 24)


def test_row_25_both_put_different_content_in_place_of_a_folder():
    for here, there in ((f("a"), f("b")), (f("a"), LINK)):
        decision = only_decision((FOLDER, here, there), reader=nothing_read)
        assert (decision.kind, decision.row) == ("type_change", 25)


def test_row_26_ours_put_a_folder_in_place_of_content():
    assert result(nothing_listed((f(), FOLDER, f())), FOLDER) == FOLDER


def test_row_27_main_put_a_folder_in_place_of_content():
    plan, action = only_action((f(), f(), FOLDER))
    assert (action.kind, action.row, plan.to_update) == ("copy_from_main", 27, 1)
    assert result(plan, f()) == FOLDER


def test_row_28_ours_has_a_folder_where_main_changed_content():
    decision = only_decision((f(), FOLDER, f("two\n")), reader=nothing_read)
    assert (decision.kind, decision.row) == ("type_change", 28)
    assert result(nothing_listed((f(), FOLDER, NONE)), FOLDER) == FOLDER


def test_row_29_main_has_a_folder_where_ours_changed_content():
    decision = only_decision((f(), f("two\n"), FOLDER), reader=nothing_read)
    assert (decision.kind, decision.row) == ("type_change", 29)
    plan, action = only_action((f(), NONE, FOLDER))
    assert (action.row, plan.to_update) == (29, 1)
    assert result(plan, NONE) == FOLDER


@pytest.mark.parametrize(
    ("base", "ours", "main", "merged"),
    [
        (0o644, 0o755, 0o755, 0o755),
        (0o644, 0o644, 0o755, 0o755),
        (0o644, 0o600, 0o644, 0o600),
        (0o644, 0o600, 0o755, 0o711),
        (0o755, 0o644, 0o700, 0o644),
        (0, 0o644, 0o755, 0o755),
        (0, 0o755, 0o644, 0o755),
        (0o644, 0, 0o755, 0o755),
        (0o644, 0o755, 0, 0o755),
        (0, 0, 0, 0o644),
    ],
)
def test_modes_are_merged_apart_from_content(base, ours, main, merged):
    assert merge_modes(base, ours, main) == merged


def test_one_path_two_shapes_is_one_decision_that_gives_back_either_side():
    ours = [file("a", "ours")]
    main = [file("a/b", "x"), file("a/c", "y")]
    plan = plan_of(NONE, ours, main)
    assert not plan.actions
    (decision,) = plan.decisions
    assert (decision.path, decision.kind, decision.recommended) == ("a", "type_change", None)
    assert result(plan, ours, a="use_main") == main
    assert result(plan, ours, a="use_workspace") == ours
    other = plan_of(NONE, main, ours)
    assert result(other, main, a="use_main") == ours
    assert result(other, main, a="use_workspace") == main


def test_an_open_decision_holds_whatever_its_options_would_write():
    base, ours, main = [file("a", "1")], [file("a/b", "x")], [file("a", "2")]
    plan = plan_of(base, ours, main)
    (decision,) = plan.decisions
    assert (decision.path, decision.kind) == ("a", "type_change")
    assert result(plan, ours, a="use_main") == main
    assert result(plan, ours, a="use_workspace") == ours


def test_a_blob_that_cannot_be_read_is_named_and_its_path_left_to_decide():
    trees = (f("1\n2\n3\n"), f("x\n2\n3\n"), f("1\n2\ny\n"))
    plan = plan_of(*trees, reader=lambda hashes: {})
    assert set(plan.missing_blobs) == {tree[0].hash for tree in trees}
    assert [decision.path for decision in plan.decisions] == ["p"]


def test_a_lock_file_in_conflict_is_left_to_its_tool():
    trees = [[file("web/package-lock.json", text)] for text in ("1\n2\n", "x\n2\n", "y\n2\n")]
    (decision,) = plan_of(*trees).decisions
    assert (decision.kind, decision.allows_custom) == ("lockfile", True)
