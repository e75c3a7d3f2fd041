"""What people and models choose, put on a plan; and edits put on another tree."""

from asterism.vcs.diff import diff
from asterism.vcs.merge import merged_contents, with_edits, with_merged
from tests.vcs.merge.worlds import file, folder, plan_of


def test_a_merge_settles_its_own_decision_alone():
    sides = [[file(path, f"{text}\n") for path in ("a", "b")] for text in ("1", "2", "3")]
    plan = plan_of(*sides)
    assert [decision.path for decision in plan.decisions] == ["a", "b"]
    settled = with_merged(plan, "a", b"both\n")
    assert [decision.path for decision in settled.decisions] == ["b"]
    assert settled.changes["a"] == file("a", "both\n")
    assert b"both\n" in merged_contents(settled).values()


def test_edits_and_new_folders_are_put_on_another_tree():
    base = [file("edited", "1\n"), file("gone", ""), folder("before")]
    current = [file("edited", "2\n"), folder("before"), folder("new")]
    target = [file("edited", "1\n"), file("gone", ""), file("theirs", "")]
    kept = with_edits(target, diff(base, current), base, current)
    assert {entry.path: entry for entry in kept} == {
        "edited": file("edited", "2\n"),
        "theirs": file("theirs", ""),
        "new": folder("new"),
    }
