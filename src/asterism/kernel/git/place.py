"""Where the repository of a folder is, found as git finds it, but without asking git: nothing of it is obeyed yet."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from asterism.kernel.git.errors import CommandFailed, NotGitRepo
from asterism.kernel.git.files import is_odd, read_regular

POINTER_BYTES = 8192
SMALL = 64 << 20
"""More bytes than any file but the index needs; git reads such files whole."""

INDEX_BYTES = 1 << 30

_OWN = (
    *("HEAD", "index", "config.worktree", "commondir", "info/sparse-checkout"),
    *("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "BISECT_START", "BISECT_LOG"),
)
_COMMON = ("config", "packed-refs", "shallow", "info/attributes", "info/exclude", "info/grafts", "refs/stash")
_OBJECTS = (
    *("objects/info/alternates", "objects/info/commit-graph", "objects/info/commit-graphs/commit-graph-chain"),
    "objects/pack/multi-pack-index",
)
_UNDER_WAY = ("rebase-merge", "rebase-apply", "sequencer")
"""Folders whose files say how far an operation has come; git reads some of them to tell a status."""

MOST_UNDER_WAY = 10_000
_HEAD = re.compile(rb"ref:[ \t]*(refs/[^\0\n]+)|[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Place:
    """A repository's folders. `folder` is the one that holds `.git`, None for a bare repository.

    `common_dir` differs from `git_dir` in linked work trees; settings, references and objects are there.
    """

    git_dir: Path
    common_dir: Path
    folder: Path | None

    @property
    def linked(self) -> bool:
        """Whether this is a linked work tree, for which `core.bare` and `core.worktree` do not count."""
        return self.git_dir != self.common_dir


def find_place(folder: Path) -> Place:
    """Find the repository that `folder` (canonical) is in. Raises NotGitRepo."""
    with contextlib.suppress(OSError):  # the folder went away, or one above it cannot be entered
        for candidate in _upwards(folder):
            dot = candidate / ".git"
            target = _pointed(candidate, dot) if dot.is_file() else dot
            if is_git_folder(target):
                return Place(target, common_dir(target), candidate)
            if dot.is_file():
                break
            if is_git_folder(candidate):
                return Place(candidate, common_dir(candidate), None)
    raise NotGitRepo("The folder is not inside a git work tree.", hint="Run `git init` in it, or choose another.")


def is_git_folder(folder: Path) -> bool:
    """Judge as git does: a folder that is not this is passed over on the way up."""
    head = folder / "HEAD"
    if head.is_symlink():
        named = os.readlink(head).startswith("refs/")
    else:
        read = read_regular(head, POINTER_BYTES)
        named = read is not None and _HEAD.match(read[0]) is not None
    common = common_dir(folder) if named else folder
    return named and (common / "objects").is_dir() and (common / "refs").is_dir()


def common_dir(git_dir: Path) -> Path:
    """Return the folder that a git folder shares with its linked work trees: often itself."""
    read = read_regular(git_dir / "commondir", POINTER_BYTES, follow=True)
    if read is None:
        return git_dir
    return Path(os.path.normpath(git_dir / os.fsdecode(read[0].rstrip(b"\n"))))


def require_sound(place: Place) -> None:
    """Raise CommandFailed when a file that git is about to read is a FIFO, a device, or far too large."""
    named = [place.git_dir / name for name in _OWN if name != "index"]
    named += [place.common_dir / name for name in (*_COMMON, *_OBJECTS)]
    read = read_regular(place.git_dir / "HEAD", POINTER_BYTES)
    match = _HEAD.match(read[0]) if read else None
    if match and match[1]:
        named.append(place.common_dir / os.fsdecode(match[1].rstrip()))
    named += [path for name in _UNDER_WAY for path in islice(_inside(place.git_dir / name), MOST_UNDER_WAY)]
    odd = [path for path in named if is_odd(path, SMALL) and not path.is_dir()]
    if is_odd(place.git_dir / "index", INDEX_BYTES):
        odd.append(place.git_dir / "index")
    if odd:
        raise CommandFailed(
            f"{odd[0].name} of this repository is no regular file, or far too large, so git is not run on it.",
            hint="Look into its .git folder; `git fsck` in a fresh clone says whether the history is sound.",
        )


def _inside(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        yield from (Path(entry.path) for entry in found)


def _upwards(folder: Path) -> Iterator[Path]:
    """Yield the folder and those above it, up to the border of its file system, as git does."""
    device = os.stat(folder).st_dev
    for candidate in (folder, *folder.parents):
        if candidate.stat().st_dev != device:
            return
        yield candidate


def _pointed(folder: Path, dot: Path) -> Path:
    """Return the git folder that a `.git` file names, the file itself when it names none."""
    read = read_regular(dot, POINTER_BYTES, follow=True)
    if read is None or not read[0].startswith(b"gitdir: "):
        return dot
    named = read[0].removeprefix(b"gitdir: ").rstrip(b"\r\n")
    return dot if b"\0" in named else Path(os.path.normpath(folder / os.fsdecode(named)))
