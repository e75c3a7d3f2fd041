"""What is set in configuration files, as `git config --list` tells it, remembered while no file of it has changed.

Listing runs nothing and obeys nothing: the repository's file is read like any other file, from outside the repository,
and what it includes is not. Each listing costs a process, which is most of what hardening costs. Never remembered are
settings of the user that include others, which depend on more files.
"""

import os
from collections.abc import Callable, Mapping

from asterism.kernel.git.place import Place
from asterism.kernel.git.remembered import SETTLED_NS, Remembered
from asterism.kernel.git.settings import Pair, last_value, read_bool

Lister = Callable[..., bytes]
"""Runs `git config -z --list` with further arguments, in no repository."""


class Listings:
    """The settings of some repositories and of the user; safe to use from many threads."""

    def __init__(self, environment: Mapping[str, str], *, settled_ns: int = SETTLED_NS) -> None:
        """`settled_ns` is how long ago, in nanoseconds, files must have changed for a listing to be remembered."""
        home = environment.get("HOME", "")
        xdg = environment.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
        self._shared = ("/etc/gitconfig", os.path.join(xdg, "git", "config"), os.path.join(home, ".gitconfig"))
        self._kept: Remembered[list[Pair]] = Remembered(settled_ns)

    def user(self, lister: Lister) -> list[Pair]:
        """Return the settings of the system and the user."""
        return self._kept.get(self._shared, self._shared, lambda: read_listing(lister()), _stands_alone)

    def repository(self, place: Place, lister: Lister) -> list[Pair]:
        """Return the settings of a repository, and of the work tree where it has its own."""
        shared, own = files = _files(place)

        def read() -> list[Pair]:
            pairs = read_listing(lister("--file", shared)) if os.path.exists(shared) else []
            if read_bool(last_value(pairs, "extensions.worktreeconfig") or "false") == "true" and os.path.exists(own):
                pairs += read_listing(lister("--file", own))
            return pairs

        return self._kept.get(files, files, read, lambda _: True)

    def recall(self, place: Place) -> list[Pair] | None:
        """Return the settings of a repository if they are remembered, and as they are now."""
        return self._kept.peek(_files(place), _files(place))


def read_listing(raw: bytes) -> list[Pair]:
    """Read `git config -z --list`: NUL-terminated records `key LF value`; a bare key means true."""
    entries = []
    for record in raw.split(b"\0"):
        if record:
            key, has_value, value = record.partition(b"\n")
            entries.append((os.fsdecode(key), os.fsdecode(value) if has_value else "true"))
    return entries


def _files(place: Place) -> tuple[str, str]:
    return os.fspath(place.common_dir / "config"), os.fspath(place.git_dir / "config.worktree")


def _stands_alone(pairs: list[Pair]) -> bool:
    return not any(key.startswith("include") for key, _ in pairs)
