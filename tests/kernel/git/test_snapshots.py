"""Diffs and review snapshots of real repositories: fixed form, exact content, one moment."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.kernel.git import (
    Attributes,
    Checkout,
    CommandFailed,
    Git,
    InvalidPath,
    OverLimit,
    Snapshot,
    UnknownRevision,
    blame_line,
    check_pathspec,
    diff_text,
    merge_base,
    read_committed,
    take_snapshot,
)
from tests.support.checkouts import git, make_repository, write


def contents(snapshot: Snapshot) -> dict[str, bytes | None]:
    return {file.path: file.content for file in snapshot.files}


def open_at(root: Path) -> Checkout:
    return Checkout(Git(), root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one staged, one unstaged and one untracked change."""
    root = make_repository(tmp_path / "r", {"staged.txt": "1\n2\n3\n", "edited.txt": "a\nb\nc", "gone.txt": "x\n"})
    write(root, {"staged.txt": "1\n2 two\n3\n"})
    git(root, "rm", "-q", "gone.txt")
    git(root, "add", "-A")
    write(root, {"edited.txt": "a\nB\nc\nd", "staged.txt": "1\n2 two\n3 three\n", "new.txt": "n\n"})
    return root


def test_each_mode_compares_its_own_sides(root: Path) -> None:
    assert contents(take_snapshot(open_at(root), "staged")) == {"gone.txt": None, "staged.txt": b"1\n2 two\n3\n"}
    assert contents(take_snapshot(open_at(root), "unstaged")) == {
        "edited.txt": b"a\nB\nc\nd",
        "staged.txt": b"1\n2 two\n3 three\n",
        "new.txt": b"n\n",
    }
    assert contents(take_snapshot(open_at(root), "files")) == {
        "edited.txt": b"a\nB\nc\nd",
        "gone.txt": None,
        "staged.txt": b"1\n2 two\n3 three\n",
        "new.txt": b"n\n",
    }


@pytest.mark.parametrize(("mode", "plain"), [("staged", ["--cached"]), ("unstaged", []), ("files", ["HEAD"])])
def test_the_diff_is_that_of_git(root: Path, mode: str, plain: list[str]) -> None:
    for key, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "0",
        "diff.algorithm": "histogram",
        "diff.renames": "false",
        "diff.suppressBlankEmpty": "true",
        "diff.orderFile": "order",
        "diff.interHunkContext": "9",
        "color.ui": "always",
        "color.diff": "always",
        "core.abbrev": "40",
        "core.quotePath": "true",
        "diff.submodule": "log",
        "diff.indentHeuristic": "false",
    }.items():
        git(root, "config", key, value)
    ours = diff_text(open_at(root), mode)  # type: ignore[arg-type]
    (root / ".git" / "config").write_text(
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tquotePath = false\n"
    )
    assert os.fsdecode(ours) == git(root, "diff", *plain)


def test_untracked_files_look_like_gits_own_additions(root: Path) -> None:
    write(root, {"empty": "", "sp ace.txt": "a\nb", 'q"uote\t.txt': "q\n", "ünï.sh": "#!/bin/sh\n", "bin": "\0\1"})
    (root / "ünï.sh").chmod(0o755)
    ours = diff_text(open_at(root), "unstaged", untracked=True)
    git(root, "add", "-A", "-N")
    assert sorted(os.fsdecode(ours).split("diff --git")) == sorted(
        git(root, "-c", "core.quotePath=false", "diff").split("diff --git")
    )


def test_what_is_no_regular_file_is_left_out(root: Path) -> None:
    make_repository(root / "nested", {"x": "x\n"})
    (root / "link").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe")
    write(root, {".stargazer/project.json": "{}", ".gitignore": "*.log\n", "x.log": "l\n"})
    snapshot = take_snapshot(open_at(root), "unstaged")
    assert sorted(f.path for f in snapshot.files if f.untracked) == [".gitignore", "new.txt"]
    assert ".stargazer" not in os.fsdecode(diff_text(open_at(root), "files", untracked=True))


def test_a_tracked_own_folder_is_never_shown(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {".stargazer/project.json": "{}\n", "a.txt": "a\n"})
    write(root, {".stargazer/project.json": "{1}\n", "a.txt": "b\n"})
    assert list(contents(take_snapshot(open_at(root), "unstaged"))) == ["a.txt"]
    assert diff_text(open_at(root), "unstaged", ".stargazer") == b""


def test_names_are_told_before_content_is_read(root: Path) -> None:
    told: list[set[str]] = []
    snapshot = take_snapshot(open_at(root), "files", named=lambda paths: told.append(set(paths)))
    assert told == [{file.path for file in snapshot.files}]
    git(root, "commit", "-qam", "all but what is new")
    told.clear()
    behind = take_snapshot(open_at(root), "files", base="HEAD~1", named=lambda paths: told.append(set(paths)))
    assert told[0] == {"new.txt"}
    assert set.union(*told) == {file.path for file in behind.files}


def test_an_unborn_branch_compares_with_the_empty_tree(tmp_path: Path) -> None:
    for name, form in (("one", "sha1"), ("two", "sha256")):
        git(tmp_path, "init", "-q", f"--object-format={form}", name)
        root = (tmp_path / name).resolve()
        write(root, {"a.txt": "a\n"})
        git(root, "add", "-A")
        for mode in ("staged", "files"):
            snapshot = take_snapshot(open_at(root), mode)  # type: ignore[arg-type]
            assert (snapshot.head, contents(snapshot)) == (None, {"a.txt": b"a\n"})


def test_renames_modes_links_submodules_and_binaries_are_told_apart(tmp_path: Path) -> None:
    root = make_repository(
        tmp_path / "r", {"old": "1\n2\n3\n4\n", "run": "r\n", "b": "\0\1", "t": "text\n", "pure": "p\n" * 9}
    )
    (root / "l").symlink_to("old")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "link")
    git(root, "mv", "old", "new")
    git(root, "mv", "pure", "moved")
    write(root, {"new": "1\n2\n3\n4\n5\n", "b": "\0\2"})
    (root / "run").chmod(0o755)
    for name, target in (("l", "new"), ("t", "new")):
        (root / name).unlink()
        (root / name).symlink_to(target)
    make_repository(root / "sub", {"s": "s\n"})
    git(root, "add", "-A")
    files = take_snapshot(open_at(root), "staged").files
    by_path = {(f.path, f.diff.operation): f for f in files}
    assert by_path["new", "rename"].content == b"1\n2\n3\n4\n5\n"
    assert by_path["new", "rename"].diff.old_path == "old"
    assert by_path["moved", "rename"].diff.hunks == ()
    assert by_path["run", "modify"].diff.hunks == ()
    assert by_path["b", "modify"].diff.binary
    assert by_path["b", "modify"].content is None
    assert by_path["sub", "add"].kind == "submodule"
    assert by_path["l", "modify"].kind == "symlink"
    assert {by_path["t", "delete"].kind, by_path["t", "add"].kind} == {"file", "symlink"}
    assert b"".join(f.patch for f in files) == take_snapshot(open_at(root), "staged").diff


def test_files_that_git_hashes_to_find_renames_are_read_all_the_same(tmp_path: Path) -> None:
    """git names the blob of such a file, which is stored nowhere."""
    lines = "".join(f"line {number}\n" for number in range(40))
    root = make_repository(tmp_path / "r", {"old.txt": lines, "gone.txt": lines + "x\n", "by hand.txt": lines + "y\n"})
    git(root, "mv", "old.txt", "new.txt")
    (root / "gone.txt").unlink()
    (root / "by hand.txt").rename(root / "moved.txt")
    write(root, {"added.txt": "a\n", "intended.txt": lines + "i\n"})
    git(root, "add", "added.txt")
    git(root, "add", "-N", "intended.txt", "moved.txt")
    edits = {"new.txt": f"first\n{lines}", "added.txt": "a\nb\n", "moved.txt": f"{lines}y\nz\n"}
    write(root, edits)
    for mode in ("files", "unstaged"):
        found = contents(take_snapshot(open_at(root), mode))  # type: ignore[arg-type]
        for name, text in {**edits, "intended.txt": lines + "i\n"}.items():
            assert found[name] == text.encode(), (mode, name)


def test_conflicts_are_named_and_left_out(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"f": "0\n", "g": "0\n"})
    git(root, "checkout", "-q", "-b", "other")
    write(root, {"f": "2\n"})
    git(root, "commit", "-qam", "other")
    git(root, "checkout", "-q", "main")
    write(root, {"f": "1\n"})
    git(root, "commit", "-qam", "main")
    git(root, "merge", "-q", "other", check=False)
    write(root, {"g": "1\n"})
    for mode in ("unstaged", "files"):
        snapshot = take_snapshot(open_at(root), mode)  # type: ignore[arg-type]
        assert (snapshot.conflicted, contents(snapshot)) == (("f",), {"g": b"1\n"})
    assert take_snapshot(open_at(root), "staged").files == ()


def test_content_is_what_the_diff_says_not_what_lies_on_disk(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"dos.txt": "a\nb\n", ".gitattributes": "*.txt text eol=crlf\n"})
    write(root, {"dos.txt": "a\r\nB\r\n"})
    snapshot = take_snapshot(open_at(root), "unstaged")
    assert contents(snapshot) == {"dos.txt": b"a\nB\n"}


def test_a_file_with_crs_and_header_like_lines_is_exact(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"f": "a\r\n-- x\n@@ -1 +1 @@\nend", "g": "g\n"})
    text = "a\r\r\n++ x\ndiff --git a/g b/g\n@@ -1 +1 @@\n\nend\n"
    write(root, {"f": text, "g": "G\n"})
    assert contents(take_snapshot(open_at(root), "unstaged")) == {"f": text.encode(), "g": b"G\n"}


def test_a_large_change_has_no_content(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a": "a\n"})
    write(root, {"big.txt": "x" * 99 + "\n" + "y\n" * 200_000, "a": "b\n"})
    found = contents(take_snapshot(open_at(root), "unstaged"))
    assert found == {"a": b"b\n", "big.txt": None}


def test_too_many_untracked_files_are_refused_unless_they_are_passed_over(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a": "a\n"})
    write(root, {f"many/{i}": "" for i in range(2001)})
    with pytest.raises(OverLimit):
        take_snapshot(open_at(root), "unstaged")
    with pytest.raises(CommandFailed):
        diff_text(open_at(root), "unstaged", untracked=True)
    snapshot = take_snapshot(open_at(root), "unstaged", examine=lambda path: not path.startswith("many/"))
    assert len(snapshot.unread) == 2001


def test_output_over_the_cap_is_a_failure(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a": "a\n"})
    write(root, {"a": "x" * 127 + "\n", "b": ("y" * 1023 + "\n") * 11_000})
    git(root, "add", "-A")
    with pytest.raises(CommandFailed):
        diff_text(open_at(root), "staged")


def test_linguist_attributes(tmp_path: Path) -> None:
    root = make_repository(
        tmp_path / "r",
        {".gitattributes": "g.py linguist-generated\nv.py linguist-vendored=true\nn.py -linguist-generated\n"},
    )
    write(root, dict.fromkeys(("g.py", "v.py", "n.py", "p.py"), "x\n"))
    found = {f.path: f.attributes for f in take_snapshot(open_at(root), "unstaged").files}
    assert found == {
        "g.py": Attributes(generated=True),
        "v.py": Attributes(vendored=True),
        "n.py": Attributes(generated=False),
        "p.py": Attributes(),
    }


def test_a_root_below_the_top_gives_paths_relative_to_it(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "r", {"a": "a\n", "sub/b": "b\n"})
    write(top, {"a": "A\n", "sub/b": "B\n", "sub/c": "c\n", "d": "d\n"})
    assert contents(take_snapshot(open_at(top / "sub"), "unstaged")) == {"b": b"B\n", "c": b"c\n"}
    assert b"--- a/b\n" in diff_text(open_at(top / "sub"), "files")
    assert read_committed(open_at(top / "sub"), "b") == b"b\n"
    assert blame_line(open_at(top / "sub"), "b", 1) is not None


def test_base_compares_with_the_merge_base(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a": "a\n"})
    fork = git(root, "rev-parse", "HEAD").strip()
    git(root, "checkout", "-q", "-b", "topic")
    write(root, {"b": "b\n"})
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "b")
    git(root, "checkout", "-q", "main")
    write(root, {"c": "c\n"})
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "c")
    git(root, "checkout", "-q", "topic")
    write(root, {"a": "A\n"})
    assert merge_base(open_at(root), "main") == fork
    snapshot = take_snapshot(open_at(root), "files", base="main")
    assert (snapshot.base, contents(snapshot)) == (fork, {"a": b"A\n", "b": b"b\n"})
    for wrong in ("nowhere", "--output=/tmp/x", "-h", ""):
        with pytest.raises(UnknownRevision):
            take_snapshot(open_at(root), "files", base=wrong)
    git(root, "checkout", "-q", "--orphan", "lonely")
    git(root, "commit", "-q", "-m", "lonely")
    with pytest.raises(UnknownRevision):
        merge_base(open_at(root), "main")


def test_blame_names_the_last_commit_of_a_line(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a b\n.txt": "1\n2\n"})
    blame = blame_line(open_at(root), "a b\n.txt", 2)
    assert blame is not None
    assert (blame.author, blame.author_email, blame.summary) == ("Ada", "ada@example.org", "first")
    assert blame.commit == git(root, "rev-parse", "HEAD").strip()
    assert blame.commit_date == "2026-02-04T12:00:00.000Z"
    assert blame_line(open_at(root), "a b\n.txt", 3) is None
    assert blame_line(open_at(root), "missing", 1) is None


def test_paths_that_lead_out_are_refused(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a": "a\n"})
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to("a")
    (root / "dangling").symlink_to("/nowhere/at/all")
    for bad in ("/a", "\\a", "C:x", "a\0b", "..", "x/../y", "x\\..\\y", "out", "out/x", "dangling", "dangling/x", ""):
        with pytest.raises(InvalidPath):
            check_pathspec(root, bad)
    for good in ("a", "a..b", "in", "missing/deep/file", "*", ":(top)", "x" * 300):
        assert check_pathspec(root, good) == good


texts = st.lists(st.sampled_from(["a", "b", "", "+", "-", "\\", "a\r", "@@ -1 +1 @@", "ü"]), max_size=8).map("\n".join)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6))
def test_the_content_of_a_snapshot_is_the_edited_text(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("r")
    root = make_repository(folder / "r", {f"f{i}": old for i, (old, _) in enumerate(pairs)})
    write(root, {f"f{i}": new for i, (_, new) in enumerate(pairs)})
    expected = {f"f{i}": new.encode() for i, (old, new) in enumerate(pairs) if old != new}
    assert contents(take_snapshot(open_at(root), "unstaged")) == expected
