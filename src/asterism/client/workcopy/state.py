"""What a working copy remembers, in the folder `.asterism` at its top.

config.json   which project and workspace it belongs to, and the snapshot it was last equal to (the base)
base.json     the manifest of that snapshot
stat          the stat cache
seen          how far a watcher had told of changes when the tree was looked at last (`watching`)
watch         the socket of a watcher, `watch.lock` held while it runs, `watch.log` what one in the background says
lock          held while a command works here
incoming/     content on its way in; worthless once no command runs
journal.json  a restore that is being put into place (`apply.py`)
.gitignore    so that git, where it versions the same folder, leaves all of this alone
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec

from asterism.base.errors import Conflict, NotFound
from asterism.client.workcopy.lock import exclusive
from asterism.kernel.workcopy import statcache
from asterism.vcs.content import hash_bytes

FOLDER = ".asterism"


class NotBound(NotFound):
    """The folder belongs to no project yet."""

    code = "NOT_BOUND"


class Damaged(Conflict):
    """The state folder cannot be read."""

    code = "STATE_DAMAGED"


class Base(msgspec.Struct, frozen=True):
    """The snapshot that the working copy was last equal to."""

    snapshot_id: str
    manifest_hash: str


class Binding(msgspec.Struct, omit_defaults=True):
    """Where a working copy belongs.

    `base` is the snapshot that it was last equal to, `head` the workspace's newest one that it knows of; `cloning`
    names the snapshot while a clone is not complete, `pushing` the one of a push whose answer has not come.
    """

    server: str
    project_id: str
    project_name: str
    workspace_id: str
    workspace_name: str
    base: Base | None = None
    head: str | None = None
    cloning: Base | None = None
    pushing: Base | None = None
    format: int = 1


class State:
    """The state folder of the working copy at `top` (an absolute path)."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.folder = os.path.join(top, FOLDER)

    @property
    def exists(self) -> bool:
        """Whether there is a state folder at all."""
        return os.path.isdir(self.folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the working copy's lock, making the state folder if need be. Raises Busy."""
        self._make()
        with exclusive(self._path("lock")):
            yield

    def binding(self) -> Binding | None:
        """Return where the folder belongs, None when nowhere yet. Raises Damaged."""
        try:
            with open(self._path("config.json"), "rb") as file:
                return msgspec.json.decode(file.read(), type=Binding)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise Damaged(
                f"{self._path('config.json')} cannot be read.", hint="Remove the folder .asterism and bind it again."
            ) from error

    def bound(self) -> Binding:
        """Return where the folder belongs. Raises NotBound."""
        binding = self.binding()
        if binding is None:
            raise NotBound(
                f"{self.top} belongs to no project.",
                hint="Use `asterism init` or `asterism push` here, or `asterism clone` elsewhere.",
            )
        return binding

    def save(self, binding: Binding) -> None:
        """Remember where the folder belongs."""
        self._write("config.json", msgspec.json.format(msgspec.json.encode(binding), indent=2) + b"\n")

    def base_manifest(self, base: Base) -> bytes | None:
        """Return the manifest of the base as it was kept, None when it is not there or not whole."""
        try:
            with open(self._path("base.json"), "rb") as file:
                data = file.read()
        except OSError:
            return None
        return data if hash_bytes(data) == base.manifest_hash else None

    def keep_manifest(self, data: bytes) -> None:
        """Keep the manifest of the base."""
        self._write("base.json", data)

    def cache(self) -> statcache.Cache:
        """Return the stat cache."""
        return statcache.load(self._path("stat"))

    def save_cache(self, cache: statcache.Cache) -> None:
        """Remember the stat cache under a new name, and what the folder was based on when it was made."""
        binding = self.binding()
        cache.base = binding.base.manifest_hash if binding is not None and binding.base is not None else ""
        cache.name = os.urandom(12).hex()
        statcache.save(self._path("stat"), cache)

    def seen(self) -> bytes:
        """Return what was noted of a watcher's news, `b""` when nothing was."""
        with suppress(OSError), open(self._path("seen"), "rb") as file:
            return file.read()
        return b""

    def note_seen(self, data: bytes) -> None:
        """Note something of a watcher's news. A failure to write is none of the command: it only saves time."""
        with suppress(OSError):
            self._write("seen", data)

    def incoming(self) -> str:
        """Return the folder for content on its way in, made if need be."""
        self._make()
        path = self._path("incoming")
        os.makedirs(path, exist_ok=True)
        return path

    def drop_incoming(self) -> None:
        """Forget content on its way in."""
        shutil.rmtree(self._path("incoming"), ignore_errors=True)

    def read_journal(self) -> bytes | None:
        """Return the journal of an unfinished restore, None when there is none."""
        with suppress(FileNotFoundError), open(self._path("journal.json"), "rb") as file:
            return file.read()
        return None

    def write_journal(self, data: bytes) -> None:
        """Make a journal stand, whole or not at all."""
        self._write("journal.json", data, durable=True)

    def drop_journal(self) -> None:
        """Say that a restore is complete."""
        with suppress(FileNotFoundError):
            os.unlink(self._path("journal.json"))

    def _make(self) -> None:
        """Make the state folder if need be, and have git pass over it unless somebody said otherwise in there."""
        os.makedirs(self.folder, exist_ok=True)
        with suppress(FileExistsError), open(self._path(".gitignore"), "xb") as file:
            file.write(b"*\n")

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def _write(self, name: str, data: bytes, *, durable: bool = False) -> None:
        self._make()
        scratch = self._path(f"{name}.new")
        with open(scratch, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(scratch, self._path(name))


def find_top(start: str) -> str | None:
    """Return the nearest folder at or above `start` that has a binding, None when there is none."""
    here = os.path.abspath(start)
    while True:
        if os.path.isfile(os.path.join(here, FOLDER, "config.json")):
            return here
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
