"""A repository's configuration as `git config --list` tells it, remembered while no file of it has changed.

Listing costs one process per request, which is most of what hardening costs. What is remembered is bound to inode,
size and times of every file that took part or could have. Never remembered are a listing with includes, which depends
on more than files; one of a root below the top of its work tree; and one whose files changed within the last seconds,
since their times could not tell a second change.
"""

import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from asterism.kernel.git.environment import Pair, read_listing

KEPT = 64
SETTLED_NS = 3_000_000_000

Facts = tuple[tuple[str, int, int, int, int] | tuple[str], ...]


class Listings:
    """The listings of some repositories; safe to use from many threads."""

    def __init__(self, environment: Mapping[str, str], *, settled_ns: int = SETTLED_NS) -> None:
        """`settled_ns` is how long ago, in nanoseconds, files must have changed for a listing to be remembered."""
        home = environment.get("HOME", "")
        xdg = environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
        self._shared = ("/etc/gitconfig", os.path.join(xdg, "git", "config"), os.path.join(home, ".gitconfig"))
        self._settled_ns = settled_ns
        self._lock = threading.Lock()
        self._kept: OrderedDict[Path, tuple[Facts, list[Pair]]] = OrderedDict()

    def recall(self, root: Path) -> list[Pair] | None:
        """Return the listing of a root whose files are as they were, None when it has to be made anew."""
        with self._lock:
            kept = self._kept.get(root)
        if kept is None or not is_git_folder(root / ".git") or kept[0] != self.facts(root):
            return None
        return kept[1]

    def keep(self, root: Path, before: Facts, raw: bytes) -> list[Pair]:
        """Read the output of `git config -z --list --show-origin`, remember it if that is safe, and return it.

        `before` are the facts from just before git was started.
        """
        origins, pairs = read_origins(raw)
        known = {*(f"file:{path}" for path in self._shared), "file:.git/config", "file:.git/config.worktree"}
        plain = origins <= {*known, "command line:"} and not any(key.startswith("include") for key, _ in pairs)
        if plain and is_git_folder(root / ".git") and before == self.facts(root) and self._settled(before):
            with self._lock:
                self._kept[root] = (before, pairs)
                self._kept.move_to_end(root)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return pairs

    def facts(self, root: Path) -> Facts:
        """Return what the file system says about every file that can take part."""
        folder = root / ".git"
        own = (folder / "config", folder / "config.worktree", folder / "commondir", folder)
        return tuple(_facts(os.fspath(path)) for path in (*own, *self._shared))

    def _settled(self, facts: Facts) -> bool:
        latest = max((one[4] for one in facts[:2] + facts[4:] if len(one) == 5), default=0)
        return time.time_ns() - latest > self._settled_ns


def read_origins(raw: bytes) -> tuple[set[str], list[Pair]]:
    """Split records `origin NUL key LF value NUL` into the origins and the settings."""
    fields = raw.split(b"\0")
    pairs = [pair for record in fields[1::2] for pair in read_listing(record)]
    return {os.fsdecode(origin) for origin in fields[0::2] if origin}, pairs


def _facts(path: str) -> tuple[str, int, int, int, int] | tuple[str]:
    try:
        found = os.stat(path)
    except OSError:
        return (path,)
    if os.path.isdir(path):
        return (path, found.st_ino, 0, 0, 0)
    return (path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_git_folder(folder: Path) -> bool:
    """Judge as git does: a folder that is not this is passed over on the way up."""
    try:
        head = (folder / "HEAD").read_bytes()[:64]
    except OSError:
        return False
    named = head.startswith(b"ref:") or re.match(rb"[0-9a-f]{40}", head) is not None
    return named and (folder / "objects").is_dir() and (folder / "refs").is_dir()
