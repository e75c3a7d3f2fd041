"""Submodules, entered as checkouts of their own.

git is told never to look into one: it would start a process there, which obeys that repository's settings.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from asterism.kernel.git.checkout import Checkout
from asterism.kernel.git.errors import CommandFailed, NotGitRepo

MOST = 256
SECONDS = 10.0

_GITLINK = re.compile(rb"160000 [0-9a-f]+ 0\t([^\0]+)\0")


@dataclass(slots=True)
class Budget:
    """What looking into submodules may cost, nested ones included; beyond it only their commits are compared."""

    left: int = MOST
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    def spend(self) -> float:
        """Count one submodule and return the seconds that it may take, 0 when there are none left."""
        self.left -= 1
        return max(0.0, self.until - time.monotonic()) if self.left >= 0 else 0.0


def opened(checkout: Checkout, pathspec: str | None) -> Iterator[tuple[str, Checkout]]:
    """Yield path and checkout of every submodule below the pathspec that is checked out. Raises as `Checkout.run`."""
    for path in gitlinks(checkout):
        folder = checkout.root / path
        if not _covers(pathspec, path) or not folder.is_dir() or folder.resolve() != folder:
            continue
        child = Checkout(checkout.git, folder, allow_filters=checkout.allow_filters)
        try:
            own = child.place.folder == folder
        except (NotGitRepo, CommandFailed):
            continue
        if own:
            yield path, child


def gitlinks(checkout: Checkout) -> list[str]:
    """Return the paths of the index below the root that are submodules, remembered while the index stays the same."""
    index = os.fspath(checkout.place.git_dir / "index")
    key = (os.fspath(checkout.root), index)

    def read() -> list[str]:
        raw = checkout.run("ls-files", "-s", "-z")
        return [os.fsdecode(match[1]) for match in _GITLINK.finditer(raw)]

    return checkout.git.gitlinks.get(key, (index,), read, lambda _: True)


def _covers(pathspec: str | None, path: str) -> bool:
    if pathspec is None:
        return True
    asked, found = Path(os.path.normpath(pathspec)), Path(path)
    return found == asked or asked in found.parents or asked == Path(".")
