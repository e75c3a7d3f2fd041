"""What is remembered of a repository's configuration never outlives a change of it."""

import os
from pathlib import Path

from asterism.kernel.git import Checkout, Git, read_status
from asterism.kernel.git.config_listing import Listings, read_listing
from asterism.kernel.git.place import find_place
from asterism.kernel.git.remembered import KEPT
from asterism.kernel.git.settings import Pair
from tests.support.checkouts import git, make_repository, write


def remembering() -> Git:
    program = Git()
    program.listings = Listings(program.environment, settled_ns=0)
    return program


def recalled(program: Git, root: Path) -> list[Pair] | None:
    return program.listings.recall(find_place(root))


def armed(tmp_path: Path) -> tuple[Path, Path]:
    """Return a repository whose files want a filter that is not configured yet, and the filter's footprint."""
    root = make_repository(tmp_path / "r", {"a.txt": "one\n"})
    write(root, {".git/info/attributes": "* filter=evil\n", "a.txt": "two\n"})
    return root, tmp_path / "footprint"


def test_a_listing_is_remembered_until_a_file_of_it_changes(tmp_path: Path) -> None:
    root, footprint = armed(tmp_path)
    program = remembering()
    read_status(Checkout(program, root))
    assert recalled(program, root) is not None
    git(root, "config", "filter.evil.clean", f"touch {footprint}; cat")
    assert recalled(program, root) is None
    read_status(Checkout(program, root))
    assert not footprint.exists()
    assert ("filter.evil.clean", f"touch {footprint}; cat") in (recalled(program, root) or [])


def test_a_second_configuration_file_counts(tmp_path: Path) -> None:
    root, footprint = armed(tmp_path)
    git(root, "config", "extensions.worktreeConfig", "true")
    program = remembering()
    read_status(Checkout(program, root))
    git(root, "config", "--worktree", "filter.evil.clean", f"touch {footprint}; cat")
    assert recalled(program, root) is None
    read_status(Checkout(program, root))
    assert not footprint.exists()


def test_what_the_users_settings_include_is_read_each_time(tmp_path: Path) -> None:
    root, _ = armed(tmp_path)
    home = tmp_path / "home"
    write(home, {".gitconfig": "[include]\n\tpath = more\n", "more": "[core]\n\texcludesFile = /dev/null\n"})
    write(root, {"x.log": "x\n"})
    program = Git(environment={"PATH": os.environ["PATH"], "HOME": str(home)})
    program.listings = Listings(program.environment, settled_ns=0)
    assert [entry.path for entry in read_status(Checkout(program, root)).untracked] == ["x.log"]
    write(home, {"ignored": "*.log\n", "more": f"[core]\n\texcludesFile = {home}/ignored\n"})
    assert read_status(Checkout(program, root)).untracked == []


def test_files_that_just_changed_are_not_trusted(tmp_path: Path) -> None:
    root, _ = armed(tmp_path)
    program = Git()
    read_status(Checkout(program, root))
    assert recalled(program, root) is None


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    program = remembering()
    roots = [make_repository(tmp_path / str(number)) for number in range(KEPT + 2)]
    for root in roots:
        program.listings.repository(find_place(root), lambda *_: b"core.bare\nfalse\0")
    assert recalled(program, roots[0]) is None
    assert recalled(program, roots[-1]) == [("core.bare", "false")]


def test_a_listing_is_read_to_the_letter() -> None:
    assert read_listing(b"user.name\nA\nB\0flag\0empty\n\0") == [("user.name", "A\nB"), ("flag", "true"), ("empty", "")]
