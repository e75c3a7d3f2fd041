"""How much git may print, by what it is asked: `run` is handed the documented bound, and keeps to it."""

from pathlib import Path
from typing import Any

import pytest

from asterism.client.gitbridge.exports import Exported, _git
from asterism.kernel.git import (
    Checkout,
    CommandFailed,
    Git,
    diff_text,
    install_merge_driver,
    read_blobs,
    read_status,
    take_snapshot,
)
from asterism.kernel.git.repository import Repository
from tests.support.checkouts import git, make_repository, write

MIB = 1 << 20


class Watched(Git):
    """Remembers the bound of each run by the verb."""

    def __init__(self) -> None:
        super().__init__()
        self.bounds: dict[str, int] = {}

    def run(self, arguments: Any, **options: Any) -> Any:
        self.bounds[next(word for word in arguments if not word.startswith("-"))] = options["max_output"]
        return super().run(arguments, **options)


def test_every_question_has_the_bound_that_is_told(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    write(root, {"a.txt": "b\n"})
    watched = Watched()
    checkout = Checkout(watched, root)

    def bounds(*verbs: str) -> list[int]:
        found = [watched.bounds[verb] for verb in verbs]
        watched.bounds.clear()
        return found

    read_status(checkout)
    assert bounds("config", "status") == [4 * MIB, 64 * MIB]
    diff_text(checkout, "unstaged")
    assert bounds("diff") == [10 * MIB]
    take_snapshot(checkout, "unstaged")
    assert bounds("diff") == [64 * MIB]
    read_blobs(checkout, [git(root, "rev-parse", "HEAD:a.txt").strip()])
    assert bounds("cat-file") == [256 * MIB]
    with Repository(watched, root) as repository:
        repository.refs()
    assert bounds("for-each-ref") == [1 << 30]
    _git(watched, Exported(str(root)), "rev-parse", "HEAD")
    assert bounds("rev-parse") == [MIB]
    install_merge_driver(watched, root, "true", ["*.py"])
    assert bounds("config") == [MIB]


def test_git_may_print_so_much_and_no_byte_more(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    checkout, printed = Checkout(Git(), root), len(git(root, "rev-parse", "HEAD"))
    assert len(checkout.run("rev-parse", "HEAD", max_output=printed)) == printed
    with pytest.raises(CommandFailed, match=f"wrote more than {printed - 1} bytes"):
        checkout.run("rev-parse", "HEAD", max_output=printed - 1)
