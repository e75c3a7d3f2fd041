"""Submodules are looked into, but never by git itself, whatever the index says."""

import hashlib
from pathlib import Path

import pytest

from asterism.kernel.git import Checkout, Git, SubmoduleState, diff_text, read_status, take_snapshot
from asterism.kernel.git.submodules import Budget
from tests.support.checkouts import git, make_repository, write


def armed(folder: Path, footprint: Path) -> Path:
    """Make a repository whose clean filter would leave a footprint; its file looks changed."""
    root = make_repository(folder, {"s.txt": "s\n"})
    script = footprint.with_suffix(".sh")
    script.write_text(f"#!/bin/sh\necho ran >> {footprint}\ncat\n")
    script.chmod(0o755)
    git(root, "config", "filter.evil.clean", str(script))
    write(root, {".gitattributes": "*.txt filter=evil\n", "s.txt": "t\n"})  # as long as before, so git must read it
    return root


def look(root: Path) -> None:
    """Ask for everything that looks at the work tree."""
    for mode in ("staged", "unstaged", "files"):
        diff_text(Checkout(Git(), root), mode, untracked=True)  # type: ignore[arg-type]
        take_snapshot(Checkout(Git(), root), mode)  # type: ignore[arg-type]
    read_status(Checkout(Git(), root), each_file=True)


def with_hidden_gitlink(folder: Path, footprint: Path) -> Path:
    """Make a sparse index whose only entry for `out` is a folder, in which git finds a submodule when it looks."""
    root = make_repository(folder, {"keep/a": "a\n", "out/b": "b\n"})
    git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "keep")
    sub = armed(root / "out" / "sub", footprint)
    before = git(root, "rev-parse", "HEAD:out").strip()
    with_link = f"160000 commit {git(sub, 'rev-parse', 'HEAD').strip()}\tsub\n"
    listing = git(root, "ls-tree", "HEAD:out") + with_link
    after = git(root, "mktree", "--missing", stdin=listing).strip()
    index = root / ".git" / "index"
    data = index.read_bytes()[:-20].replace(bytes.fromhex(before), bytes.fromhex(after))
    place = data.find(b"TREE")
    if place >= 0:
        size = int.from_bytes(data[place + 4 : place + 8], "big")
        data = data[:place] + data[place + 8 + size :]
    index.write_bytes(data + hashlib.sha1(data, usedforsecurity=False).digest())
    return root


def test_a_submodule_hidden_in_a_sparse_index_runs_nothing(tmp_path: Path) -> None:
    footprint = tmp_path / "footprint"
    root = with_hidden_gitlink(tmp_path / "r", footprint)
    look(root)
    assert not footprint.exists()
    (entry,) = read_status(Checkout(Git(), root)).unstaged
    assert (entry.path, entry.submodule) == ("out/sub", SubmoduleState(False, True, True))
    git(root, "status")
    assert footprint.exists(), "plain git does run it, so this trap is one"


def test_a_split_index_and_other_index_formats_run_nothing(tmp_path: Path) -> None:
    for name, settings in (
        ("split", ["update-index", "--split-index"]),
        ("four", ["update-index", "--index-version=4"]),
    ):
        footprint = tmp_path / f"footprint-{name}"
        root = make_repository(tmp_path / name, {"a.txt": "a\n"})
        armed(root / "sub", footprint)
        git(root, "add", "sub")
        git(root, "commit", "-q", "-m", "sub")
        footprint.unlink(missing_ok=True)
        git(root, *settings)
        footprint.unlink(missing_ok=True)
        look(root)
        assert not footprint.exists()
        (entry,) = read_status(Checkout(Git(), root)).unstaged
        assert (entry.path, entry.submodule) == ("sub", SubmoduleState(False, True, True))


def test_filters_of_submodules_run_when_commands_are_allowed(tmp_path: Path) -> None:
    footprint = tmp_path / "footprint"
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    armed(root / "sub", footprint)
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(root / 'sub', 'rev-parse', 'HEAD').strip()},sub")
    read_status(Checkout(Git(), root, allow_filters=True))
    assert footprint.exists()


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    """A repository with a submodule in a submodule, all clean and committed."""
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    for folder in (root / "sub", root / "sub" / "deep"):
        make_repository(folder, {"f.txt": "f\n"})
    for folder, name in ((root / "sub", "deep"), (root, "sub")):
        git(folder, "add", name)
        git(folder, "commit", "-q", "-m", name)
    assert read_status(Checkout(Git(), root)).entries == []
    return root


@pytest.mark.parametrize(
    "files", [{"sub/f.txt": "g\n"}, {"sub/n": "n"}, {"sub/deep/f.txt": "g\n"}, {"sub/deep/n": "n"}]
)
def test_the_state_of_a_submodule_is_the_one_that_git_tells(nested: Path, files: dict[str, str]) -> None:
    write(nested, files)
    (entry,) = read_status(Checkout(Git(), nested)).entries
    (line,) = git(nested, "status", "--porcelain=v2").splitlines()
    assert entry.submodule is not None
    told = "S" + ("C" if entry.submodule.commit_changed else ".")
    told += ("M" if entry.submodule.modified else ".") + ("U" if entry.submodule.untracked else ".")
    assert line.split(" ")[:3] == ["1", f"{entry.index}{entry.tree}".replace(" ", "."), told]
    assert line.split(" ")[3:6] == [entry.head_mode, entry.index_mode, entry.tree_mode]


def test_entries_stay_in_gits_order(nested: Path) -> None:
    write(nested, {"sub/f.txt": "g\n", "a.txt": "b\n", "z.txt": "z\n", "u.txt": "u\n"})
    git(nested, "add", "z.txt")
    told = [line.split(" ")[-1] for line in git(nested, "status", "--porcelain=v2").splitlines()]
    assert [entry.path for entry in read_status(Checkout(Git(), nested)).entries] == told


def test_a_path_leaves_other_submodules_alone(nested: Path) -> None:
    write(nested, {"sub/f.txt": "g\n", "a.txt": "b\n"})
    assert [entry.path for entry in read_status(Checkout(Git(), nested), "a.txt").entries] == ["a.txt"]
    assert [entry.path for entry in read_status(Checkout(Git(), nested), "sub").entries] == ["sub"]
    assert [entry.path for entry in read_status(Checkout(Git(), nested), "./sub/").entries] == ["sub"]


def test_a_broken_submodule_does_not_break_the_answer(nested: Path) -> None:
    write(nested, {"a.txt": "b\n", "sub/.git/index": "garbage"})
    assert [entry.path for entry in read_status(Checkout(Git(), nested)).entries] == ["a.txt"]


def test_beyond_the_budget_only_commits_are_compared(nested: Path) -> None:
    write(nested, {"sub/f.txt": "g\n"})
    assert read_status(Checkout(Git(), nested), budget=Budget(left=0)).entries == []
    assert len(read_status(Checkout(Git(), nested), budget=Budget(left=1)).entries) == 1
    git(nested / "sub", "commit", "-q", "-a", "-m", "moved")
    (entry,) = read_status(Checkout(Git(), nested), budget=Budget(left=0)).entries
    assert entry.submodule == SubmoduleState(True, False, False)


def test_a_link_in_place_of_a_submodule_is_not_followed(nested: Path, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other", {"secret.txt": "s\n"})
    write(other, {"secret.txt": "t\n"})
    (nested / "sub").rename(nested / "moved")
    (nested / "sub").symlink_to(other)
    (entry,) = read_status(Checkout(Git(), nested)).unstaged
    assert (entry.path, entry.tree, entry.submodule) == ("sub", "T", SubmoduleState(False, False, False))
