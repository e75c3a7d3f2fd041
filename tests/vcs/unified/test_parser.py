"""The unified-diff parser: examples for each rule of Stargazer [5.8], properties for [5.9]."""

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.vcs import unified

LINE = st.text(st.sampled_from(["a", "b", "+", "-", "@", " ", "\\", "\r", "ü", "\t", "d", "i", "f"]), max_size=6)
TEXT = st.builds(
    lambda lines, end: "\n".join(lines) + ("\n" if end and lines else ""), st.lists(LINE, max_size=14), st.booleans()
)


def git_diff(tmp_path, old: str, new: str, context: int = 3) -> str:
    (tmp_path / "old").write_bytes(old.encode())
    (tmp_path / "new").write_bytes(new.encode())
    done = subprocess.run(
        ["git", "diff", "--no-index", f"-U{context}", "--", "old", "new"], cwd=tmp_path, capture_output=True
    )
    return unified.decode(done.stdout)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TEXT, new=TEXT, context=st.sampled_from([0, 1, 3]))
def test_hunks_of_git_turn_the_old_text_into_the_new(tmp_path, old, new, context):
    files = unified.parse(git_diff(tmp_path, old, new, context), strict=old != new)
    if old == new:
        assert files == []
        return
    (file,) = files
    assert file.apply(old) == new
    shown = (new[:-1] if new.endswith("\n") else new).split("\n")
    for number, line in file.new_lines.items():
        assert shown[number - 1] == line.text
    assert unified.parse(file.render(), strict=True)[0].hunks == file.hunks


@given(st.text(max_size=400))
def test_no_text_breaks_the_parser(text):
    for file in unified.parse(text):
        assert file.path is not None


def test_quoted_paths_are_unquoted():
    diff = (
        'diff --git "a/\\303\\274tf.txt" "b/\\303\\274tf.txt"\n--- "a/\\303\\274tf.txt"\n'
        '+++ "b/\\303\\274tf.txt"\n@@ -1 +1 @@\n-a\n+b\n'
        'diff --git "a/t\\tq\\"b\\\\n" "b/t\\tq\\"b\\\\n"\nnew file mode 100644\nindex 0..1\n'
    )
    assert [f.path for f in unified.parse(diff)] == ["ütf.txt", 't\tq"b\\n']


def test_a_tab_behind_a_path_with_spaces_is_no_part_of_it():
    diff = "diff --git a/sp ace.txt b/sp ace.txt\n--- a/sp ace.txt\t\n+++ b/sp ace.txt\t\n@@ -1 +1 @@\n-a\n+b\n"
    assert unified.parse(diff)[0].path == "sp ace.txt"


@pytest.mark.parametrize("path", ["x b/y", "-dash", "a\nb", "tab\there", "sp ace b/sp ace"])
def test_hostile_names_survive_git(tmp_path, path):
    def git(*args):
        return subprocess.run(["git", *args], cwd=tmp_path, capture_output=True, check=True).stdout

    git("init", "-q")
    target = tmp_path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("")
    git("add", "-A")
    target.write_text("one\n")
    assert [f.path for f in unified.parse(unified.decode(git("diff")))] == [path]
    assert [f.path for f in unified.parse(unified.decode(git("diff", "--cached")))] == [path]


def test_renames_modes_and_binaries_have_no_hunks():
    diff = (
        "diff --git a/old name b/new name\nsimilarity index 100%\nrename from old name\nrename to new name\n"
        "diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n"
        "diff --git a/x.png b/x.png\nindex 1..2 100644\nBinary files a/x.png and b/x.png differ\n"
        "diff --git a/src b/copy\nsimilarity index 90%\ncopy from src\ncopy to copy\n"
        "--- a/src\n+++ b/copy\n@@ -1 +1 @@\n-a\n+b\n"
    )
    move, mode, binary, copy = unified.parse(diff, strict=True)
    assert (move.operation, move.old_path, move.new_path, move.hunks) == ("rename", "old name", "new name", ())
    assert (mode.old_mode, mode.new_mode, mode.hunks) == ("100644", "100755", ())
    assert binary.binary
    assert (copy.operation, copy.old_path, copy.new_path) == ("copy", "src", "copy")


def test_lines_are_counted_by_the_header():
    body = " @@ -1 +1 @@\n--- gone\n+++ came\n tail\n\\ No newline at end of file\n"
    diff = "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@ int x;\n" + body
    (file,) = unified.parse(diff, strict=True)
    assert [line.text for line in file.hunks[0].lines] == ["@@ -1 +1 @@", "-- gone", "++ came", "tail"]
    assert file.apply("@@ -1 +1 @@\n-- gone\ntail") == "@@ -1 +1 @@\n++ came\ntail"


def test_a_deleted_file_has_old_lines_only():
    (file,) = unified.parse(
        "diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n"
    )
    assert (file.operation, file.new_path, file.new_lines) == ("delete", None, {})
    assert [(d.text, d.old, d.before) for d in file.deleted_lines] == [("a", 1, 1), ("b", 2, 1)]


def test_deleted_lines_know_the_line_that_follows():
    (file,) = unified.parse("--- a/f\n+++ b/f\n@@ -4,3 +4,2 @@\n a\n-b\n c\n")
    assert [(d.text, d.before) for d in file.deleted_lines] == [("b", 5)]


def test_a_carriage_return_belongs_to_the_text_unless_the_whole_diff_has_them():
    diff = "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\r\n+b\r\n"
    assert unified.parse(diff)[0].new_lines[1].text == "b\r"
    assert unified.parse(diff.replace("\r", "").replace("\n", "\r\n"))[0].new_lines[1].text == "b"


def test_strict_refuses_what_is_cut_or_no_diff():
    for text in ("hello", "", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n"):
        with pytest.raises(unified.DiffError):
            unified.parse(text, strict=True)
    assert unified.parse("--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n")[0].hunks[0].new_count == 1


def test_apply_refuses_other_text():
    (file,) = unified.parse("--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n")
    with pytest.raises(unified.DiffError):
        file.apply("a\nx\n")


def test_an_unmerged_path_is_conflicted():
    (file,) = unified.parse("diff --cc f\nindex 1,2..0\n--- a/f\n+++ b/f\n@@@ -1,1 -1,1 +1,5 @@@\n++<<<<<<< HEAD\n")
    assert file.conflicted
    assert file.hunks == ()
