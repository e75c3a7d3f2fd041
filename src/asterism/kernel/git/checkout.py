"""One accepted project root, and git run in it."""

import os
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

from asterism.kernel.git.environment import repository_variables
from asterism.kernel.git.errors import CommandFailed, NotGitRepo
from asterism.kernel.git.place import Place, find_place, require_sound
from asterism.kernel.git.program import Git
from asterism.kernel.git.settings import Pair, chosen, last_value, read_bool, written

TIMEOUT = 30.0
OUTPUT = 64 << 20


class Checkout:
    """A folder inside a git work tree that somebody trusts.

    Made for one request or one review and thrown away: the repository's configuration is read once, at the first
    call. All methods block; callers on an event loop run them by `Git.work`. `root` must be canonical. With
    `allow_filters` the repository's own clean filters run; nothing else of it ever does, and git never enters a
    submodule by itself (`submodules` does, as a checkout of its own).
    """

    def __init__(self, git: Git, root: Path, *, allow_filters: bool = False) -> None:
        self.git = git
        self.root = root
        self.allow_filters = allow_filters

    def run(
        self,
        *arguments: str,
        timeout: float = TIMEOUT,
        max_output: int = OUTPUT,
        stdin: bytes = b"",
        accept: Collection[int] = (0,),
    ) -> bytes:
        """Run git in the root and return its standard output.

        Raises NotGitRepo, GitNotFound, or CommandFailed for a status outside `accept`, too slow, too much.
        """
        outcome = self.git.run(
            arguments, cwd=self.root, environment=self._environment, timeout=timeout, max_output=max_output, stdin=stdin
        )
        if outcome.returncode not in accept:
            find_place(self.root)  # it may have gone meanwhile
            verb = next((word for word in arguments if not word.startswith("-")), "")
            raise CommandFailed(f"git {verb} failed with status {outcome.returncode}.")
        return outcome.stdout

    def require_work_tree(self) -> None:
        """Raise NotGitRepo unless the root is inside a work tree, GitNotFound or CommandFailed when nobody can tell."""
        self.git.require()
        _ = self.work_tree

    @cached_property
    def place(self) -> Place:
        """Where the repository is. Raises NotGitRepo, CommandFailed for one that is another user's or holds traps."""
        place = find_place(self.root)
        require_sound(place)
        if place.folder is not None and place.folder != self.root and not _is_ours(place.folder, place.git_dir):
            raise CommandFailed(
                f"The repository above this folder, {place.folder}, belongs to somebody else.",
                hint="Choose the top of the work tree, if you trust it.",
            )
        return place

    @cached_property
    def work_tree(self) -> Path:
        """The top of the work tree that the root is in. Raises NotGitRepo."""
        declared, bare = None, False
        if not self.place.linked:
            declared = last_value(self._repository, "core.worktree")
            bare = read_bool(last_value(self._repository, "core.bare") or "false") == "true"
        top = self.place.folder
        if declared:
            top = Path(os.path.realpath(self.place.git_dir / declared))
        elif bare:
            top = None
        if top is None or not self.root.is_relative_to(top):
            raise NotGitRepo(
                "The folder is not inside a git work tree.", hint="Run `git init` in it, or choose another."
            )
        return top

    @cached_property
    def prefix(self) -> str:
        """The root's path below the top of the work tree: empty, or ending in a slash."""
        below = os.fspath(self.root.relative_to(self.work_tree))
        return "" if below == "." else f"{below}/"

    @cached_property
    def _repository(self) -> list[Pair]:
        return self.git.listings.repository(self.place, self.git.list_settings)

    @cached_property
    def _environment(self) -> dict[str, str]:
        user = self.git.listings.user(self.git.list_settings)
        pairs = chosen(user, self._repository, allow_filters=self.allow_filters)
        stand_in = self.git.stand_in(self.place.common_dir, written(pairs))
        return self.git.environment | repository_variables(self.place.git_dir, stand_in, self.work_tree)


def _is_ours(*folders: Path) -> bool:
    return all(folder.stat().st_uid == os.geteuid() for folder in folders)
