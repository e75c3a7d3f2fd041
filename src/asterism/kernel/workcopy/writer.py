"""Write a whole tree into an empty folder: first beside its place, then moved there in a few renames.

Until a tree is complete it lies in the state folder, so a file at its place is always whole. A clone that was cut off
goes on with what it had already written. All folders are made by this code in a folder that was empty, and links come
last, so nothing is ever written through a link.
"""

import os
import stat
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress

from asterism.base.errors import Conflict
from asterism.kernel.workcopy.scan import Written
from asterism.kernel.workcopy.statcache import sign
from asterism.vcs.content import hash_chunks
from asterism.vcs.ignore import STATE_NAMES
from asterism.vcs.manifest import Entry

FILE_MODE = 0o644
DIR_MODE = 0o755
_PERMISSIONS = 0o777


class CannotWrite(Conflict):
    """A path of the tree can't be written here."""

    code = "CANNOT_WRITE"


def writable_here(entry: Entry) -> bool:
    """Say whether an entry may be written to a disk: never into repository state."""
    path = entry.path.casefold() if sys.platform in ("darwin", "win32") else entry.path
    if path[:1] != "." and "/.git" not in path:  # so with nearly all
        return True
    parts = path.split("/")
    return parts[0] not in STATE_NAMES and ".git" not in parts


class Writer:
    """Takes contents (a `download.Sink`) and writes them to every path that has them, below `root`."""

    def __init__(self, root: str, entries: Iterable[Entry]) -> None:
        self.root = root
        self.written: dict[str, Written] = {}
        self._places: dict[str, list[Entry]] = {}
        self._links: list[Entry] = []
        self._folders: dict[str, int] = {}
        self._umask = _umask()
        self._resumed = bool(os.listdir(root))
        for entry in entries:
            above = entry.path.rpartition("/")[0]
            while above and above not in self._folders:
                self._folders[above] = DIR_MODE
                above = above.rpartition("/")[0]
            if entry.type == "file":
                self._places.setdefault(entry.hash, []).append(entry)
            elif entry.type == "dir":
                self._folders[entry.path] = entry.mode & _PERMISSIONS or DIR_MODE
            else:
                self._links.append(entry)

    def make_folders(self) -> None:
        """Make every folder of the tree, top down."""
        for path in sorted(self._folders):
            with suppress(FileExistsError):
                os.mkdir(f"{self.root}/{path}")

    def wanted(self) -> dict[str, int]:
        """Return hash and size of the contents that are not written yet; checks what an earlier run left."""
        sizes = {}
        fresh = not self._resumed
        for blob, entries in self._places.items():
            left = entries if fresh else [entry for entry in entries if not self._already(entry)]
            if left:
                self._places[blob] = left
                sizes[blob] = left[0].size
        return sizes

    def resume(self) -> None:
        """Have `wanted` look at what lies there already: somebody else may have been at work."""
        self._resumed = True

    def facts(self, blobs: Iterable[str]) -> dict[str, Written]:
        """Return what is known of the files that hold some contents, of those that are written here."""
        paths = (entry.path for blob in blobs for entry in self._places[blob])
        return {path: self.written[path] for path in paths if path in self.written}

    def _already(self, entry: Entry) -> bool:
        path = f"{self.root}/{entry.path}"
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return False
        if stat.S_ISREG(status.st_mode) and status.st_size == entry.size:
            with open(path, "rb") as file:
                name, _ = hash_chunks(iter(lambda: file.read(1 << 20), b""))
            if name == entry.hash:
                mode = entry.mode & _PERMISSIONS or FILE_MODE
                if stat.S_IMODE(status.st_mode) != mode:
                    os.chmod(path, mode)
                return True
        os.unlink(path)
        return False

    def small(self, blob: str, content: bytes | memoryview) -> None:
        """Write a content to all its paths."""
        for entry in self._places.get(blob, ()):
            self._write(entry, (content,))

    def big(self, blob: str, chunks: Iterator[bytes]) -> None:
        """Write a content piece by piece to its first path and copy it to the others."""
        first, *others = self._places[blob]
        self._write(first, chunks)
        for entry in others:
            with open(os.path.join(self.root, first.path), "rb") as file:
                self._write(entry, iter(lambda f=file: f.read(1 << 20), b""))  # type: ignore[misc]

    def _write(self, entry: Entry, chunks: Iterable[bytes | memoryview]) -> None:
        path = f"{self.root}/{entry.path}"
        mode = entry.mode & _PERMISSIONS or FILE_MODE
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode | 0o200)
        except OSError as error:
            raise CannotWrite(f"{entry.path!r} cannot be written: {error.strerror}.") from error
        try:
            for chunk in chunks:
                _write_all(handle, chunk)
            if mode & self._umask or not mode & 0o200:
                os.fchmod(handle, mode)
            status = os.fstat(handle)
        except BaseException:
            os.unlink(path)
            raise
        finally:
            os.close(handle)
        if "/" in entry.path:  # what is moved to its place by itself changes with that
            self.written[entry.path] = (bytes.fromhex(entry.hash), sign(status))

    def finish(self, top: str) -> None:
        """Make the links, set the modes of folders, and move everything to its place below `top`."""
        for entry in self._links:
            path = os.path.join(self.root, entry.path)
            if os.path.lexists(path):
                os.unlink(path)
            os.symlink(entry.target, path)
        for name in os.listdir(self.root):
            os.rename(os.path.join(self.root, name), os.path.join(top, name))
        for path in sorted(self._folders, reverse=True):
            mode = self._folders[path] | 0o700
            if mode != DIR_MODE or self._umask & DIR_MODE:
                os.chmod(os.path.join(top, path), mode)


def _write_all(handle: int, data: bytes | memoryview) -> None:
    written = os.write(handle, data)
    while written < len(data):
        written += os.write(handle, memoryview(data)[written:])


_umask_lock = threading.Lock()


def _umask() -> int:
    """Return the process's umask (it can only be read by setting it)."""
    with _umask_lock:
        mask = os.umask(0o022)
        os.umask(mask)
    return mask
