"""The files of a working copy, as a model names them: nothing outside is ever read or written, whatever links say.

Programs of the agent run at the same time and may exchange a folder for a link at any moment, so a path is walked one
part at a time on open descriptors, and links are followed by hand.
"""

import errno
import os
import secrets
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from asterism.vcs.ignore import RULE_FILES, Ignore

LARGEST = 10 << 20
MOST_FILES = 200_000
_LINKS = 40
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
NEVER_LISTED = frozenset({".git", ".fst", "node_modules", "__pycache__", ".venv", ".next", ".turbo", ".cache"})
"""Names that are no part of a tree's content (Fastest 8.6); read when they are named, but never met on a walk."""


class PathRefused(Exception):
    """The path cannot be used; the text says why, for the model."""


class PathMissing(PathRefused):
    """Nothing is there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a walk: its path from the top, and whether it is a folder."""

    path: str
    folder: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a path ends: an open folder, the name in it, and the path from the top without links."""

    folder: int
    name: str
    path: str


class Tree:
    """A working copy. `alias` is how programs of the agent call its top."""

    def __init__(self, root: Path, alias: str) -> None:
        self.root, self.alias = root, alias

    def name(self, path: str) -> str:
        """Return the path from the top that `path` means: relative, or absolute below the top. Raises PathRefused."""
        for top in (self.alias, str(self.root)):
            if path == top or path.startswith(top + "/"):
                path = path[len(top) :].lstrip("/")
                break
        if path.startswith("/"):
            raise PathRefused(f"{path} is outside the working copy. Use paths below {self.alias}.")
        if "\0" in path:
            raise PathRefused("A path holds no NUL.")
        return os.path.normpath(path) if path else "."

    def read(self, path: str, limit: int = LARGEST) -> bytes:
        """Return a regular file. Raises PathRefused, also for one that is larger than `limit` bytes."""
        with self._located(path) as place, _explained(path):
            handle = os.open(place.name, _FILE, dir_fd=place.folder)
            with os.fdopen(handle, "rb") as file:
                facts = os.fstat(file.fileno())
                if stat.S_ISDIR(facts.st_mode):
                    raise PathRefused(f"{path} is a folder.")
                if not stat.S_ISREG(facts.st_mode):
                    raise PathRefused(f"{path} is no regular file.")
                data = file.read(limit + 1)
        if len(data) > limit:
            raise PathRefused(f"{path} has more than {limit >> 20} MiB.")
        return data

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there. Raises PathRefused for a path that leads outside."""
        return stat.S_ISDIR(self._mode(path))

    def is_file(self, path: str) -> bool:
        """Whether a regular file is there. Raises PathRefused for a path that leads outside."""
        return stat.S_ISREG(self._mode(path))

    def write(self, path: str, data: bytes) -> None:
        """Write a file in one step, with folders that are missing; bits of one that is there stay. Raises PathRefused.

        The file gets a new inode: a working copy may share inodes with a store.
        """
        with self._located(path, make=True) as place, _explained(path):
            mode = 0o644
            with suppress(FileNotFoundError):
                facts = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
                if not stat.S_ISREG(facts.st_mode):
                    raise PathRefused(f"{path} is a folder or no regular file.")
                mode = stat.S_IMODE(facts.st_mode) & 0o777
            draft = f".{secrets.token_hex(8)}.tmp"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(draft, flags, 0o600, dir_fd=place.folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    os.fchmod(file.fileno(), mode)
                os.rename(draft, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
            except OSError:
                os.unlink(draft, dir_fd=place.folder)
                raise

    def delete(self, path: str) -> None:
        """Delete a file. Raises PathRefused."""
        with self._located(path) as place, _explained(path):
            os.unlink(place.name, dir_fd=place.folder)

    def names(self, path: str) -> list[Entry]:
        """List a folder, by name; paths are from the top. Raises PathRefused."""
        with self._folder(path) as (handle, base), os.scandir(handle) as found:
            entries = [Entry(_join(base, item.name), item.is_dir(follow_symlinks=False)) for item in found]
        return sorted(entries, key=lambda entry: entry.path)

    def walk(self, under: str = ".") -> Iterator[Entry]:
        """Yield files and folders below `under`, by name, without what ignore rules leave out. Raises PathRefused.

        A folder that is ignored itself is walked when it is what was asked for, as ripgrep does. Links are not entered.
        """
        with self._folder(under) as (_, base):
            pass
        ignore = self._rules_above(base)
        left = [(base, ignore)]
        count = 0
        while left:
            folder, ignore = left.pop()
            try:
                found = self.names(folder or ".")
            except PathRefused:
                continue  # it was there a moment ago
            rules = ignore.within(folder, self._rule_files(found)) if ignore is not None else None
            below = []
            for entry in found:
                if entry.path.rpartition("/")[2] in NEVER_LISTED:
                    continue
                if rules is not None and rules.ignores(entry.path, folder=entry.folder):
                    continue
                count += 1
                if count > MOST_FILES:
                    return
                yield entry
                if entry.folder:
                    below.append((entry.path, rules))
            left.extend(reversed(below))

    def _rules_above(self, base: str) -> Ignore | None:
        """Return the rules in force in a folder; None when it is left out itself."""
        ignore, path = Ignore(), ""
        for part in base.split("/") if base else []:
            ignore = ignore.within(path, self._rule_files(self.names(path or ".")))
            path = _join(path, part)
            if ignore.ignores(path, folder=True) or part in NEVER_LISTED:
                return None
        return ignore

    def _rule_files(self, found: list[Entry]) -> list[bytes]:
        there = {entry.path.rpartition("/")[2]: entry.path for entry in found if not entry.folder}
        contents = []
        for name in RULE_FILES:
            if name in there:
                with suppress(PathRefused):
                    contents.append(self.read(there[name], 1 << 20))
        return contents

    def _mode(self, path: str) -> int:
        """Return the mode of what is there, 0 for nothing."""
        with suppress(PathMissing), self._located(path) as place, _explained(path):
            return os.stat(place.name, dir_fd=place.folder, follow_symlinks=False).st_mode
        return 0

    @contextmanager
    def _folder(self, path: str) -> Iterator[tuple[int, str]]:
        with self._located(path) as place, _explained(path):
            handle = os.open(place.name, _FOLDER, dir_fd=place.folder)
            try:
                yield handle, place.path
            finally:
                os.close(handle)

    @contextmanager
    def _located(self, path: str, *, make: bool = False) -> Iterator[_Place]:
        """Walk to where a path ends. With `make` folders on the way are made. Raises PathRefused."""
        with _explained(path):
            stack = [(os.open(self.root, _FOLDER), "")]
        try:
            with _explained(path):
                name = self._descend(self.name(path), stack, make=make)
            handle, base = stack[-1]
            yield _Place(handle, name, base if name == "." else _join(base, name))
        finally:
            for handle, _ in stack:
                os.close(handle)

    def _descend(self, path: str, stack: list[tuple[int, str]], *, make: bool) -> str:
        todo, links = deque(path.split("/")), 0
        while todo:
            part = todo.popleft()
            if part in ("", "."):
                continue
            if part == "..":
                if len(stack) == 1:
                    raise PathRefused(f"{path} leads outside the working copy.")
                os.close(stack.pop()[0])
                continue
            if target := _link(part, stack[-1][0]):
                links += 1
                if links > _LINKS:
                    raise PathRefused(f"{path} goes through too many links.")
                if target.startswith("/"):
                    target = self._inside(target, path)
                    while len(stack) > 1:
                        os.close(stack.pop()[0])
                todo.extendleft(reversed(target.split("/")))
                continue
            if not todo:
                return part
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o755, dir_fd=stack[-1][0])
            stack.append((os.open(part, _FOLDER, dir_fd=stack[-1][0]), _join(stack[-1][1], part)))
        return "."

    def _inside(self, target: str, path: str) -> str:
        for top in (self.alias, str(self.root)):
            if target == top or target.startswith(top + "/"):
                return target[len(top) :]
        raise PathRefused(f"{path} leads outside the working copy through a link.")


def _link(name: str, folder: int) -> str | None:
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError:
        return None


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


_TEXTS = {
    errno.ENOTDIR: "a part of it is no folder",
    errno.EISDIR: "it is a folder",
    errno.EACCES: "it may not be used",
    errno.ENAMETOOLONG: "it is too long",
    errno.ENOSPC: "the disk is full",
    errno.ELOOP: "it goes through a link that changes",
    errno.ENOTEMPTY: "the folder is not empty",
}


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise PathMissing(f"{path} does not exist.") from None
    except (OSError, UnicodeEncodeError) as error:
        why = _TEXTS.get(getattr(error, "errno", None) or 0, "the system refuses it")
        raise PathRefused(f"{path} cannot be used: {why}.") from None
