"""Stand-ins for a repository's shared folder: the same references and objects, but a configuration of our own.

A stand-in is a small folder of symlinks beside one file. Its name follows from what is in it, so it is made once for
all requests about a repository whose settings stay the same, and two threads that make it make the same.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from pathlib import Path

SHARED = ("objects", "refs", "packed-refs", "reftable", "info", "shallow", "logs", "lfs", "git-crypt")
"""What git, and the filters people allow, look for in the shared folder. Never: config, hooks, worktrees, modules."""

KEPT = 256


class StandIns:
    """The stand-ins of one process, in a folder that goes with it. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._remove: weakref.finalize[..., StandIns] | None = None
        self._kept: OrderedDict[str, Path] = OrderedDict()

    def of(self, common_dir: Path, configuration: str) -> Path:
        """Return the stand-in for a shared folder with this configuration. Raises OSError when it cannot be made."""
        named = f"{os.fspath(common_dir)}\0{configuration}".encode("utf-8", "surrogateescape")
        name = hashlib.sha256(named).hexdigest()
        with self._lock:
            found = self._kept.get(name)
            if found is not None and (found / "config").exists():
                self._kept.move_to_end(name)
                return found
            made = self._own_folder() / name
            _make(made, common_dir, configuration)
            self._kept[name] = made
            while len(self._kept) > KEPT:
                shutil.rmtree(self._kept.popitem(last=False)[1], ignore_errors=True)
            return made

    def close(self) -> None:
        """Remove them all; they are made again when they are asked for again."""
        with self._lock:
            self._kept.clear()
            self._folder = None
            if self._remove is not None:
                self._remove()

    def _own_folder(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            self._folder = Path(tempfile.mkdtemp(prefix="asterism-git-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder


def _make(folder: Path, common_dir: Path, configuration: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in SHARED:
        with contextlib.suppress(FileExistsError):
            (folder / name).symlink_to(common_dir / name)
    (folder / "config").write_bytes(configuration.encode("utf-8", "surrogateescape"))
