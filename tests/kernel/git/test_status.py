"""Status of real repositories: every state git can be in, and names of any bytes."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.kernel.git import (
    Checkout,
    CommandFailed,
    Git,
    GitNotFound,
    NotGitRepo,
    parse_status,
    printable,
    read_status,
)
from tests.support.checkouts import git, make_repository, write


def test_a_clean_repository(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    found = read_status(Checkout(Git(), root))
    assert (found.branch, found.upstream, found.ahead, found.behind, found.entries) == ("main", None, 0, 0, [])
    assert found.head == git(root, "rev-parse", "HEAD").strip()


def test_an_unborn_branch_has_a_name_and_no_head(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r")
    write(root, {"a.txt": "a\n", "b.txt": "b\n"})
    git(root, "add", "a.txt")
    found = read_status(Checkout(Git(), root))
    assert (found.head, found.branch) == (None, "main")
    assert [(e.path, e.index) for e in found.staged] == [("a.txt", "A")]
    assert [e.path for e in found.untracked] == ["b.txt"]


def test_a_detached_head_has_no_branch(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    git(root, "checkout", "-q", "--detach")
    assert read_status(Checkout(Git(), root)).branch is None


def test_upstream_distance_and_a_vanished_upstream(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "o", {"a.txt": "a\n"})
    git(tmp_path, "clone", "-q", str(origin), "r")
    root = (tmp_path / "r").resolve()
    git(root, "commit", "-q", "--allow-empty", "-m", "ahead")
    git(origin, "commit", "-q", "--allow-empty", "-m", "1")
    git(origin, "commit", "-q", "--allow-empty", "-m", "2")
    git(root, "fetch", "-q")
    git(root, "config", "status.aheadBehind", "false")
    found = read_status(Checkout(Git(), root))
    assert (found.upstream, found.ahead, found.behind) == ("origin/main", 1, 2)
    git(root, "update-ref", "-d", "refs/remotes/origin/main")
    found = read_status(Checkout(Git(), root))
    assert (found.upstream, found.ahead, found.behind) == ("origin/main", 0, 0)


def test_a_rename_that_was_edited_is_in_both_lists(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"src/old.ts": "1\n2\n3\n4\n5\n"})
    git(root, "mv", "src/old.ts", "src/new name.ts")
    write(root, {"src/new name.ts": "1\n2\n3\n4\n5\n6\n"})
    found = read_status(Checkout(Git(), root))
    assert found.staged == found.unstaged
    (entry,) = found.staged
    assert (entry.path, entry.original, entry.index, entry.tree) == ("src/new name.ts", "src/old.ts", "R", "M")


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "letters"),
    [
        ({"f": "0\n"}, {"f": "1\n"}, {"f": "2\n"}, "UU"),
        ({}, {"f": "1\n"}, {"f": "2\n"}, "AA"),
        ({"f": "0\n"}, {"f": "1\n"}, {"f": None}, "UD"),
        ({"f": "0\n"}, {"f": None}, {"f": "2\n"}, "DU"),
    ],
)
def test_conflicts(
    tmp_path: Path, base: dict[str, str], ours: dict[str, str | None], theirs: dict[str, str | None], letters: str
) -> None:
    root = make_repository(tmp_path / "r", {"keep": "k\n", **base})
    git(root, "branch", "other")
    _commit(root, ours)
    git(root, "checkout", "-q", "other")
    _commit(root, theirs)
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "other", check=False)
    found = read_status(Checkout(Git(), root))
    assert found.conflicted == ["f"]
    assert [(e.path, e.index + e.tree) for e in found.unstaged] == [("f", letters)]
    assert found.staged == []


def _commit(root: Path, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        if text is None:
            (root / name).unlink()
        else:
            write(root, {name: text})
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")


def test_rename_against_rename_gives_the_remaining_conflicts(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"f": "1\n2\n3\n4\n5\n6\n"})
    git(root, "branch", "other")
    git(root, "mv", "f", "ours")
    git(root, "commit", "-q", "-m", "ours")
    git(root, "checkout", "-q", "other")
    git(root, "mv", "f", "theirs")
    git(root, "commit", "-q", "-m", "theirs")
    git(root, "merge", "-q", "main", check=False)
    found = read_status(Checkout(Git(), root))
    assert sorted(e.index + e.tree for e in found.unstaged) == ["AU", "DD", "UA"]


def test_submodule_state(tmp_path: Path) -> None:
    inner = make_repository(tmp_path / "inner", {"s.txt": "s\n"})
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    git(root, "commit", "-q", "-m", "sub")
    write(root / "sub", {"s.txt": "t\n", "new.txt": "n\n"})
    (entry,) = read_status(Checkout(Git(), root)).unstaged
    assert entry.submodule is not None
    assert (entry.submodule.commit_changed, entry.submodule.modified, entry.submodule.untracked) == (False, True, True)
    git(root / "sub", "commit", "-q", "-a", "-m", "t")
    (entry,) = read_status(Checkout(Git(), root)).unstaged
    assert entry.submodule is not None
    assert entry.submodule.commit_changed


def test_an_embedded_repository_without_gitmodules_is_a_submodule_too(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    inner = make_repository(root / "inner", {"s.txt": "s\n"})
    git(root, "add", "inner")
    git(root, "commit", "-q", "-m", "inner")
    write(inner, {"s.txt": "t\n"})
    (entry,) = read_status(Checkout(Git(), root)).unstaged
    assert entry.submodule is not None
    assert entry.submodule.modified


def test_an_untracked_folder_is_one_entry_unless_each_file_is_asked_for(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    write(root, {"new/x": "x", "new/y": "y"})
    assert [e.path for e in read_status(Checkout(Git(), root)).untracked] == ["new/"]
    assert [e.path for e in read_status(Checkout(Git(), root), each_file=True).untracked] == ["new/x", "new/y"]


def test_a_root_below_the_top_sees_its_own_part(tmp_path: Path) -> None:
    top = make_repository(tmp_path / "r", {"a.txt": "a\n", "sub/b.txt": "b\n", "sub/c.txt": "c\n"})
    write(top, {"a.txt": "A\n", "sub/b.txt": "B\n", "sub/new.txt": "n\n"})
    git(top, "mv", "sub/c.txt", "sub/d.txt")
    found = read_status(Checkout(Git(), top / "sub"))
    assert [e.path for e in found.unstaged] == ["b.txt"]
    assert [e.path for e in found.untracked] == ["new.txt"]
    assert [(e.path, e.original) for e in found.staged] == [("d.txt", "c.txt")]


def test_a_path_is_literal_and_covers_only_itself(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a*.txt": "a\n", "ab.txt": "b\n", "d/c.txt": "c\n"})
    write(root, {"a*.txt": "A\n", "ab.txt": "B\n", "d/c.txt": "C\n"})
    assert [e.path for e in read_status(Checkout(Git(), root), "a*.txt").unstaged] == ["a*.txt"]
    assert [e.path for e in read_status(Checkout(Git(), root), "d").unstaged] == ["d/c.txt"]
    assert read_status(Checkout(Git(), root), "missing").entries == []
    assert read_status(Checkout(Git(), root), ":(top)ab.txt").entries == []


def test_a_linked_work_tree(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    git(root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "w"))
    write(tmp_path / "w", {"a.txt": "b\n"})
    found = read_status(Checkout(Git(), (tmp_path / "w").resolve()))
    assert (found.branch, [e.path for e in found.unstaged]) == ("side", ["a.txt"])


def test_a_sha256_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "r")
    root = (tmp_path / "r").resolve()
    write(root, {"a.txt": "a\n"})
    assert read_status(Checkout(Git(), root)).head is None
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    assert len(read_status(Checkout(Git(), root)).head or "") == 64


def test_failures_are_told_apart(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    with pytest.raises(NotGitRepo):
        read_status(Checkout(Git(), plain))
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(NotGitRepo):
        read_status(Checkout(Git(), tmp_path / "bare"))
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    with pytest.raises(NotGitRepo):
        read_status(Checkout(Git(), root / ".git"))
    with pytest.raises(GitNotFound):
        read_status(Checkout(Git(environment={"PATH": str(plain)}), root))
    (root / ".git" / "index").write_bytes(b"garbage")
    with pytest.raises(CommandFailed):
        read_status(Checkout(Git(), root))
    (root / ".git" / "config").write_text("[broken\n")
    with pytest.raises(CommandFailed):
        read_status(Checkout(Git(), root))


def test_an_unusable_dot_git_is_passed_over_as_git_does(tmp_path: Path) -> None:
    outer = make_repository(tmp_path / "outer", {"a.txt": "a\n", "inner/x.txt": "x\n"})
    write(outer, {"a.txt": "b\n", "inner/x.txt": "y\n"})
    (outer / "inner" / ".git").mkdir()
    assert [e.path for e in read_status(Checkout(Git(), outer / "inner")).unstaged] == ["x.txt"]


def _fake_git(folder: Path, body: str) -> Git:
    folder.mkdir()
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return Git(environment={"PATH": f"{folder}:{os.environ['PATH']}"})


def test_a_git_that_is_too_old_or_no_git_is_not_used(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    for name, body in (("old", "echo git version 2.30.9"), ("odd", "echo hello"), ("bad", "exit 3")):
        with pytest.raises(GitNotFound):
            read_status(Checkout(_fake_git(tmp_path / name, body), root))


def test_odd_output_is_a_failure_not_a_crash() -> None:
    for raw in (b"hello\0", b"1 M. N...\0", b"2 R. N... 1 1 1 a b R100 new\0", b"u UU\0"):
        with pytest.raises(CommandFailed):
            parse_status(raw)
    assert parse_status(b"! ignored\0").entries == []


names = st.binary(min_size=1, max_size=12).filter(
    lambda raw: (
        b"/" not in raw and b"\0" not in raw and raw not in {b".", b".."} and not raw.lower().startswith(b".git")
    )
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(names, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_names_of_any_bytes_survive(
    tmp_path_factory: pytest.TempPathFactory, chosen: set[bytes], random: object
) -> None:
    root = make_repository(tmp_path_factory.mktemp("r") / "r")
    for name in chosen:
        (root / os.fsdecode(name)).write_bytes(b"x\n")
    found = read_status(Checkout(Git(), root))
    assert {os.fsencode(e.path) for e in found.untracked} == chosen
    git(root, "add", "-A")
    found = read_status(Checkout(Git(), root))
    assert {os.fsencode(e.path) for e in found.staged} == chosen
    assert all(isinstance(printable(e.path).encode(), bytes) for e in found.entries)


def test_a_git_that_hangs_is_never_reported_as_no_repository(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    slow = _fake_git(
        tmp_path / "slow",
        'case "$*" in *--version*) echo git version 2.39.5;; *config*) exit 0;; *) exec sleep 30;; esac',
    )
    with pytest.raises(CommandFailed, match=r"0\.2 seconds"):
        Checkout(slow, root).run("status", timeout=0.2)


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["edit", "delete", "rename", "stage", "unstage", "chmod", "link"]), st.integers(0, 5)),
    max_size=10,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPERATIONS)
def test_every_state_reads_like_the_older_format(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, int]]
) -> None:
    root = make_repository(tmp_path_factory.mktemp("r") / "r", {f"f {i}": f"{i}\n" * 9 for i in range(4)})
    for step, (operation, number) in enumerate(operations):
        _change(root, operation, root / f"f {number}", step)
    raw = git(root, "status", "--porcelain=v1", "-z", "--untracked-files=normal", "--find-renames")
    found = read_status(Checkout(Git(), root))
    assert sorted((entry.index + entry.tree, entry.path, entry.original or "") for entry in found.entries) == sorted(
        _older_format(raw)
    )


def _change(root: Path, operation: str, path: Path, step: int) -> None:
    exists = path.exists() or path.is_symlink()
    if operation == "edit" and not path.is_symlink():
        path.write_text((path.read_text() if exists else "") + f"{step}\n")
    elif operation == "stage":
        git(root, "add", "-A", "--", path.name, check=False)
    elif operation == "unstage":
        git(root, "reset", "-q", "--", path.name, check=False)
    elif exists and operation == "delete":
        path.unlink()
    elif exists and operation == "rename":
        git(root, "mv", path.name, f"moved {step}", check=False)
    elif exists and operation == "chmod" and not path.is_symlink():
        path.chmod(0o755)
    elif exists and operation == "link":
        path.unlink()
        path.symlink_to("elsewhere")


def _older_format(raw: str) -> list[tuple[str, str, str]]:
    """Read porcelain v1 with -z: `XY path`, for renames followed by the path it came from."""
    records = iter(raw.split("\0")[:-1])
    return [(r[:2], r[3:], next(records) if "R" in r[:2] or "C" in r[:2] else "") for r in records]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_gits_ownership_check_is_satisfied_for_the_accepted_root_alone(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"sub/a.txt": "a\n"})
    for path in (root, *root.rglob("*")):
        os.chown(path, 65534, 65534)
    (root / "sub" / "a.txt").write_text("b\n")
    assert [e.path for e in read_status(Checkout(Git(), root)).unstaged] == ["sub/a.txt"]
    with pytest.raises(CommandFailed):
        read_status(Checkout(Git(), root / "sub"))
