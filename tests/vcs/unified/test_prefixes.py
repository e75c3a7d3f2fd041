"""The letters in front of the paths of a diff: git's pairs go, folders of the same names stay."""

import subprocess
from pathlib import Path

import pytest

from asterism.vcs import unified

PAIRS = [("a", "b"), ("i", "w"), ("c", "i"), ("c", "w"), ("o", "w"), ("1", "2")]
BOTH_WAYS = PAIRS + [(new, old) for old, new in PAIRS]


def diff_of(old: str, new: str, minus: str | None = None, plus: str | None = None, extended: str = "") -> str:
    return (
        f"diff --git {old} {new}\n{extended}"
        f"--- {old if minus is None else minus}\n+++ {new if plus is None else plus}\n@@ -1 +1 @@\n-a\n+b\n"
    )


@pytest.mark.parametrize(("old", "new"), BOTH_WAYS)
def test_the_letters_of_each_pair_are_no_part_of_the_path(old, new):
    (file,) = unified.parse(diff_of(f"{old}/src/f.py", f"{new}/src/f.py"))
    assert (file.old_path, file.new_path) == ("src/f.py", "src/f.py")
    (plain,) = unified.parse(f"--- {old}/src/f.py\n+++ {new}/src/f.py\n@@ -1 +1 @@\n-a\n+b\n")
    assert (plain.old_path, plain.new_path) == ("src/f.py", "src/f.py")


@pytest.mark.parametrize(("old", "new"), BOTH_WAYS)
def test_a_new_or_deleted_file_has_its_letter_removed(old, new):
    added = diff_of(
        f"{old}/f w", f"{new}/f w", minus="/dev/null", plus=f"{new}/f w\t", extended="new file mode 100644\n"
    )
    deleted = diff_of(f"{old}/f", f"{new}/f", plus="/dev/null", extended="deleted file mode 100644\n")
    (one,), (other,) = unified.parse(added), unified.parse(deleted)
    assert (one.operation, one.old_path, one.new_path) == ("add", None, "f w")
    assert (other.operation, other.old_path, other.new_path) == ("delete", "f", None)


@pytest.mark.parametrize(("old", "new"), BOTH_WAYS)
def test_files_without_hunks_are_named_without_letters(old, new):
    text = (
        f"diff --git {old}/x y {new}/x y\nold mode 100644\nnew mode 100755\n"
        f"diff --git {old}/p.png {new}/p.png\nBinary files {old}/p.png and {new}/p.png differ\n"
        f"diff --git {old}/from {new}/to\nsimilarity index 100%\nrename from from\nrename to to\n"
        f'diff --git "{old}/t\\t" "{new}/t\\t"\nold mode 100644\nnew mode 100755\n'
    )
    assert [file.path for file in unified.parse(text)] == ["x y", "p.png", "to", "t\t"]


@pytest.mark.parametrize("folder", ["a", "b", "i", "w", "c", "o", "1"])
def test_without_prefixes_a_folder_of_one_letter_stays(folder):
    path = f"{folder}/f.py"
    texts = [
        diff_of(path, path),
        diff_of(path, path, minus="/dev/null", extended="new file mode 100644\n"),
        diff_of(path, path, plus="/dev/null", extended="deleted file mode 100644\n"),
        f"diff --git {path} {path}\nold mode 100644\nnew mode 100755\n",
    ]
    for text in texts:
        (file,) = unified.parse(text)
        assert file.path == path


def test_letters_that_git_does_not_pair_stay():
    (file,) = unified.parse("--- i/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n")
    assert (file.old_path, file.new_path) == ("i/f", "b/f")


def test_what_git_writes_with_mnemonic_prefixes_is_read(tmp_path: Path):
    def git(*words: str) -> str:
        done = subprocess.run(["git", "-c", "diff.mnemonicPrefix=true", *words], cwd=tmp_path, capture_output=True)
        return unified.decode(done.stdout)

    git("init", "-q", ".")
    (tmp_path / "w").mkdir()
    (tmp_path / "w/f").write_text("a\n")
    (tmp_path / "gone").write_text("a\n")
    git("add", "-A")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one")
    (tmp_path / "w/f").write_text("b\n")
    (tmp_path / "gone").unlink()
    (tmp_path / "w/new").write_text("n\n")
    git("add", "-N", "w/new")
    for words in (["diff"], ["diff", "HEAD"], ["diff", "-R"], ["diff", "HEAD:w/f", "w/f"]):
        paths = {file.path for file in unified.parse(git(*words))}
        assert paths <= {"w/f", "gone", "w/new"}, words
        assert "w/f" in paths
