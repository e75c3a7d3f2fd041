"""Files under `.git` that are none, or far too large, hang nothing and take no memory; stopping ends what hangs."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from asterism.base.errors import DomainError
from asterism.kernel.git import Checkout, CommandFailed, Git, NotGitRepo, read_status
from tests.support.checkouts import git, make_repository, write
from tests.support.pipes import until_read

HUGE = 100 << 30


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)


def folder(path: Path) -> None:
    path.mkdir()


NAMES = [
    "index",
    "HEAD",
    "config",
    "config.worktree",
    "commondir",
    "packed-refs",
    "shallow",
    "refs/heads/main",
    "info/exclude",
    "info/attributes",
    "info/sparse-checkout",
    "info/grafts",
    "objects/info/alternates",
    "objects/info/commit-graph",
    "MERGE_HEAD",
    "REVERT_HEAD",
    "BISECT_LOG",
    "refs/stash",
    "objects/pack/multi-pack-index",
    "rebase-merge/head-name",
    "rebase-apply/next",
    "sequencer/todo",
]


@pytest.mark.parametrize("make", [fifo, device, huge])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_ordinary_file_is_refused_before_git_is_started(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    path = root / ".git" / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)
    program = Git()
    program.require()
    before = threading.active_count()
    with pytest.raises((CommandFailed, NotGitRepo)) as caught:
        read_status(Checkout(program, root))
    assert isinstance(caught.value, NotGitRepo) or "not run on it" in caught.value.message
    assert threading.active_count() == before


def test_a_dot_git_that_is_a_pipe_is_no_repository(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".git")
    with pytest.raises(NotGitRepo):
        read_status(Checkout(Git(), tmp_path))


def test_a_folder_in_place_of_a_file_is_an_ordinary_failure(tmp_path: Path) -> None:
    for name in ("index", "config", "packed-refs", "HEAD"):
        root = make_repository(tmp_path / name, {"a.txt": "a\n"})
        (root / ".git" / name).unlink(missing_ok=True)
        (root / ".git" / name).mkdir()
        with pytest.raises(DomainError):
            read_status(Checkout(Git(), root))


def test_a_sound_repository_with_odd_but_harmless_files_answers(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    os.mkfifo(root / "pipe")
    (root / "zero").symlink_to("/dev/zero")
    (root / "a.txt").unlink()
    os.mkfifo(root / "a.txt")
    found = read_status(Checkout(Git(), root))
    assert [(entry.path, entry.tree) for entry in found.unstaged] == [("a.txt", "M")]
    assert [entry.path for entry in found.untracked] == ["zero"]


@pytest.mark.parametrize("name", [".gitignore", "sub/.gitignore", "info/exclude"])
def test_git_takes_no_more_memory_than_it_may(tmp_path: Path, name: str) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n", "sub/b.txt": "b\n"})
    path = root / ".git" / name if name.startswith("info") else root / name
    path.unlink(missing_ok=True)
    huge(path)
    with pytest.raises(CommandFailed):
        read_status(Checkout(Git(), root))


def hanging(tmp_path: Path) -> tuple[Path, Path, Git]:
    """Make a repository, a pipe that nobody writes to, and a git that waits for it when it is asked for a status."""
    root, pipe = make_repository(tmp_path / "r", {"a.txt": "a\n"}), tmp_path / "pipe"
    os.mkfifo(pipe)
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    real = shutil.which("git")
    program.write_text(f'#!/bin/sh\ncase "$*" in *status*) exec cat {pipe};; *) exec {real} "$@";; esac\n')
    program.chmod(0o755)
    return root, pipe, Git(environment={"PATH": f"{program.parent}:{os.environ['PATH']}"})


def test_closing_ends_a_git_that_hangs_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        root, pipe, program = hanging(tmp_path)
        asked = asyncio.create_task(program.work(read_status, Checkout(program, root)))
        end = await asyncio.to_thread(until_read, pipe)
        await asyncio.to_thread(program.close)
        with pytest.raises(CommandFailed, match="ended, since"):
            await asked
        with pytest.raises(CommandFailed, match="not started"):
            await program.work(read_status, Checkout(program, root))
        os.close(end)

    asyncio.run(main())


def test_a_git_that_hangs_holds_up_nothing_but_git(tmp_path: Path) -> None:
    async def main() -> None:
        root, pipe, program = hanging(tmp_path)
        asked = [asyncio.create_task(program.work(read_status, Checkout(program, root))) for _ in range(40)]
        end = await asyncio.to_thread(until_read, pipe)
        assert await asyncio.gather(*(asyncio.to_thread(int, "7") for _ in range(40))) == [7] * 40
        await asyncio.to_thread(program.close)
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(one, (CommandFailed, asyncio.CancelledError)) for one in told)
        os.close(end)

    asyncio.run(main())


def test_git_is_prepared_again_when_its_folder_was_cleaned_away(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    write(root, {"a.txt": "b\n"})
    program = Git()
    assert len(read_status(Checkout(program, root)).entries) == 1
    made = program.stand_in(root / ".git", "")
    for path in (*made.parent.rglob("config"),):
        path.unlink()
    assert len(read_status(Checkout(program, root)).entries) == 1
    program.close()
    assert not made.parent.exists()
    git(root, "status")
