"""One accepted project root, and git run in it."""

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path

from asterism.kernel.git.environment import (
    FIXED_OUTPUT,
    NO_PROGRAMS,
    Pair,
    accepted_root,
    configured,
    read_listing,
    without_drivers,
)
from asterism.kernel.git.errors import CommandFailed, NotGitRepo
from asterism.kernel.git.listing import is_git_folder
from asterism.kernel.git.program import PROBE_OUTPUT, PROBE_SECONDS, Git

TIMEOUT = 30.0
OUTPUT = 64 << 20
GITLINK = (0o160000).to_bytes(4, "big")
MOST_SUBMODULES = 256

_GITLINKS = re.compile(rb"160000 [0-9a-f]+ \d\t([^\0]+)\0")


class Checkout:
    """A folder inside a git work tree that somebody trusts.

    Made for one request or one review and thrown away: the repository's configuration is read once, at the first
    call. All methods block; callers on an event loop run them in a thread. `root` must be canonical. With
    `allow_filters` the repository's own clean filters run; nothing else of it ever does.
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
        if outcome.ending != "exited" or outcome.returncode not in accept:
            self.require_work_tree()
            raise CommandFailed(f"git {arguments[0]} failed with status {outcome.returncode}.")
        return outcome.stdout

    def require_work_tree(self) -> None:
        """Raise NotGitRepo unless the root is inside a work tree, CommandFailed when that cannot be found out."""
        outcome = self.git.run(
            ["rev-parse", "--is-inside-work-tree"],
            cwd=self.root,
            environment=self._base,
            timeout=PROBE_SECONDS,
            max_output=PROBE_OUTPUT,
        )
        inside = outcome.stdout.strip()
        if outcome.returncode == 0 and inside == b"true":
            return
        if outcome.returncode != 0 and _has_repository(self.root):
            raise CommandFailed("git refuses to read this repository; its configuration may be damaged.")
        raise NotGitRepo("The folder is not inside a git work tree.", hint="Run `git init` in it, or choose another.")

    @cached_property
    def prefix(self) -> str:
        """The root's path below the top of the work tree: empty, or ending in a slash."""
        if is_git_folder(self.root / ".git") and not self._moves_work_tree:
            return ""
        return self.run("rev-parse", "--show-prefix").removesuffix(b"\n").decode("utf-8", "surrogateescape")

    @cached_property
    def _base(self) -> dict[str, str]:
        fixed = (*NO_PROGRAMS, *FIXED_OUTPUT, accepted_root(self.root))
        return configured(self.git.environment, fixed)

    @cached_property
    def _listing(self) -> list[Pair]:
        listings = self.git.listings
        found = listings.recall(self.root)
        if found is not None:
            return found
        before = listings.facts(self.root)
        return listings.keep(self.root, before, self._config("config", "-z", "--list", "--show-origin"))

    @property
    def _moves_work_tree(self) -> bool:
        return any(key == "core.worktree" for key, _ in self._listing)

    @cached_property
    def _environment(self) -> dict[str, str]:
        if self._moves_work_tree:
            # git would go to the work tree named there, which may be any folder of the user.
            self.require_work_tree()
        drivers = dict(without_drivers(self._listing, allow_filters=self.allow_filters))
        for folder in self._submodules:
            # git enters a submodule by naming its folder, which skips the ownership check; so must this.
            raw = self._config(f"--git-dir={folder / '.git'}", "config", "-z", "--list", folder=folder)
            drivers.update(without_drivers(read_listing(raw), allow_filters=self.allow_filters))
        pairs = (*NO_PROGRAMS, *FIXED_OUTPUT, accepted_root(self.root), *drivers.items())
        return configured(self.git.environment, pairs)

    def _config(self, *arguments: str, folder: Path | None = None) -> bytes:
        outcome = self.git.run(
            arguments,
            cwd=folder or self.root,
            environment=self._base,
            timeout=PROBE_SECONDS,
            max_output=PROBE_OUTPUT,
        )
        if not outcome.ok:
            self.require_work_tree()
            raise CommandFailed("The repository's configuration cannot be read.")
        return outcome.stdout

    @property
    def submodule_scope(self) -> str:
        """How deep git may look into submodules: `none` ignores nothing, `dirty` compares commits only."""
        return "dirty" if self._too_many_submodules else "none"

    @cached_property
    def _too_many_submodules(self) -> bool:
        return len(self._gitlinks) > MOST_SUBMODULES

    @property
    def _submodules(self) -> list[Path]:
        return [] if self._too_many_submodules else self._gitlinks

    @cached_property
    def _gitlinks(self) -> list[Path]:
        """Checked-out submodules at any depth, since git starts a process of its own in each."""
        if not _may_hold_gitlinks(self.root):
            return []
        found: list[Path] = []
        queue = [self.root]
        while queue and len(found) <= MOST_SUBMODULES:
            folder = queue.pop()
            for path in self._gitlinks_of(folder):
                if (path / ".git").exists():
                    found.append(path)
                    queue.append(path)
        return found

    def _gitlinks_of(self, folder: Path) -> list[Path]:
        named = [] if folder == self.root else [f"--git-dir={folder / '.git'}"]
        outcome = self.git.run(
            [*named, "ls-files", "-s", "-z"], cwd=folder, environment=self._base, timeout=TIMEOUT, max_output=OUTPUT
        )
        if not outcome.ok:
            self.require_work_tree()
            raise CommandFailed("The list of submodules cannot be read.")
        names = (match[1].decode("utf-8", "surrogateescape") for match in _GITLINKS.finditer(outcome.stdout))
        return [folder / name for name in names]


def _may_hold_gitlinks(root: Path) -> bool:
    """Say no only when the index surely holds no submodule; reading it costs far less than asking git.

    In index versions 2 and 3 entries begin at 12 plus a multiple of 8, with the mode 24 bytes in, so the mode of a
    submodule can only stand where the offset leaves 4. Other versions, and an index split in two files, are not read.
    """
    folder = root / ".git"
    if not folder.is_dir() or (root / ".gitmodules").exists() or next(folder.glob("sharedindex.*"), None) is not None:
        return True
    try:
        data = (folder / "index").read_bytes()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    if data[:4] != b"DIRC" or int.from_bytes(data[4:8], "big") not in {2, 3}:
        return True
    return any(data[place * 8 + 4 : place * 8 + 8] == GITLINK for place in _places(data[6::8], GITLINK[2]))


def _places(data: bytes, byte: int) -> Iterator[int]:
    """Yield where `byte` stands in `data`."""
    place = data.find(byte)
    while place >= 0:
        yield place
        place = data.find(byte, place + 1)


def _has_repository(folder: Path) -> bool:
    return any(is_git_folder(parent / ".git") for parent in (folder, *folder.parents))
