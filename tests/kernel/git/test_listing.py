"""What is remembered of a repository's configuration never outlives a change of it."""

from pathlib import Path

from asterism.kernel.git import Checkout, Git, read_status
from asterism.kernel.git.listing import Listings, read_origins
from tests.support.checkouts import git, make_repository, write


def remembering() -> Git:
    program = Git()
    program.listings = Listings(program.environment, settled_ns=0)
    return program


def armed(tmp_path: Path) -> tuple[Path, Path]:
    """Return a repository whose files want a filter that is not configured yet, and the filter's footprint."""
    root = make_repository(tmp_path / "r", {"a.txt": "one\n"})
    write(root, {".git/info/attributes": "* filter=evil\n", "a.txt": "two\n"})
    return root, tmp_path / "footprint"


def test_a_listing_is_remembered_until_a_file_of_it_changes(tmp_path: Path) -> None:
    root, footprint = armed(tmp_path)
    program = remembering()
    read_status(Checkout(program, root))
    assert program.listings.recall(root) is not None
    git(root, "config", "filter.evil.clean", f"touch {footprint}; cat")
    assert program.listings.recall(root) is None
    read_status(Checkout(program, root))
    assert not footprint.exists()
    assert ("filter.evil.clean", f"touch {footprint}; cat") in (program.listings.recall(root) or [])


def test_a_second_configuration_file_counts(tmp_path: Path) -> None:
    root, footprint = armed(tmp_path)
    git(root, "config", "extensions.worktreeConfig", "true")
    program = remembering()
    read_status(Checkout(program, root))
    git(root, "config", "--worktree", "filter.evil.clean", f"touch {footprint}; cat")
    assert program.listings.recall(root) is None
    read_status(Checkout(program, root))
    assert not footprint.exists()


def test_includes_are_never_remembered(tmp_path: Path) -> None:
    root, _ = armed(tmp_path)
    git(root, "config", "include.path", str(tmp_path / "missing"))
    program = remembering()
    read_status(Checkout(program, root))
    assert program.listings.recall(root) is None


def test_a_root_below_the_top_is_never_remembered(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"sub/a.txt": "one\n"})
    program = remembering()
    read_status(Checkout(program, root / "sub"))
    assert program.listings.recall(root / "sub") is None


def test_files_that_just_changed_are_not_trusted(tmp_path: Path) -> None:
    root, _ = armed(tmp_path)
    program = Git()
    read_status(Checkout(program, root))
    assert program.listings.recall(root) is None


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    program = remembering()
    roots = [make_repository(tmp_path / str(number)) for number in range(66)]
    for root in roots:
        facts = program.listings.facts(root)
        program.listings.keep(root, facts, b"file:.git/config\0core.bare\nfalse\0")
    assert program.listings.recall(roots[0]) is None
    assert program.listings.recall(roots[-1]) == [("core.bare", "false")]


def test_origins() -> None:
    raw = b"file:/etc/gitconfig\0user.name\nA\nB\0command line:\0flag\0"
    assert read_origins(raw) == ({"file:/etc/gitconfig", "command line:"}, [("user.name", "A\nB"), ("flag", "")])


def test_a_root_that_stops_being_a_repository_is_forgotten(tmp_path: Path) -> None:
    outer = make_repository(tmp_path / "outer")
    inner = make_repository(outer / "inner", {"a.txt": "one\n"})
    program = remembering()
    read_status(Checkout(program, inner))
    assert program.listings.recall(inner) is not None
    (inner / ".git" / "HEAD").unlink()
    assert program.listings.recall(inner) is None
