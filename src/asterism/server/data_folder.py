"""The data folder: made and kept for its owner alone, used by one server at a time (ADR 0036, 0205).

Imports only what listening takes (ADR 0071).
"""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from asterism.base.errors import Invalid, NotFound, Unavailable
from asterism.server.settings import Settings

NOTE = "server.json"
MARKS = ("asterism.db", "master.key", NOTE, "credentials.json", "blobs")
"""What shows that a folder is a data folder; any one will do."""
OTHERS = 0o077


class DataFolderUnusable(Invalid):
    """The data folder cannot be one: it is a file, cannot be written, or is everybody's."""

    code = "DATA_FOLDER_UNUSABLE"


class NoInstallation(NotFound):
    """No server ever kept its data there."""

    code = "NO_INSTALLATION"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is not the data folder of a server.",
            hint="Name the right one with --data-dir, or make a new one with `asterism serve --data-dir`.",
        )


class FolderInUse(Unavailable):
    """Another server keeps its data there now."""


class Note(msgspec.Struct, frozen=True):
    """Who serves a data folder: the number of the process and where it listens."""

    pid: int
    url: str


def open_folder(settings: Settings) -> None:
    """Make the data folder, or close it to other users. Raises DataFolderUnusable.

    An empty folder and one that holds our data are closed; any other that is open to others is refused, since it may be
    shared on purpose.
    """
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        others = {path.name for path in folder.iterdir()} - {"lost+found"}
        _close(folder, ours=is_installation(folder) or (not others and folder.resolve() not in _everybodys()))
        for path in folder.iterdir():
            if path.name != "master.key" and path.is_file() and not path.is_symlink():  # an open key is refused instead
                _close_file(path)
    except (FileExistsError, NotADirectoryError) as error:
        raise DataFolderUnusable(f"The data folder {folder} is a file.", hint="Choose a folder.") from error
    except OSError as error:
        raise DataFolderUnusable(
            f"The data folder {folder} cannot be used: {error.strerror}.", hint="Choose another one with --data-dir."
        ) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise DataFolderUnusable(
            f"The data folder {folder} cannot be written.", hint="Make it writable, or choose another."
        )


def is_installation(folder: Path) -> bool:
    """Say whether a server ever kept its data there."""
    return any((folder / name).exists() for name in MARKS)


def _close(folder: Path, *, ours: bool) -> None:
    found = stat.S_IMODE(folder.stat().st_mode)
    if not found & OTHERS:
        return
    if not ours:
        raise DataFolderUnusable(
            f"The folder {folder} is open to other users (mode {found:04o}), so it may be shared on purpose.",
            hint="Choose a folder of its own with --data-dir, one that does not exist yet for example.",
        )
    folder.chmod(0o700)


def _everybodys() -> set[Path]:
    """Return folders that others rely on, whatever they hold at the moment."""
    return {Path(name).resolve() for name in ("/", "/tmp", "/var/tmp", tempfile.gettempdir(), Path.home())}  # noqa: S108


def _close_file(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & OTHERS:
        path.chmod(0o600)


def find_open_files(folder: Path) -> list[Path]:
    """Return the files at any depth that other users might read once they are copied elsewhere, in order.

    The folder itself is closed, so nobody reads them there; older versions left their content like this.
    """
    found = []
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            with suppress(FileNotFoundError):  # a running server replaces files
                status = path.lstat()
                if stat.S_ISREG(status.st_mode) and status.st_mode & OTHERS:
                    found.append(path)
    return sorted(found)


def close_files(paths: Iterable[Path]) -> None:
    """Take from others what they may do with files of a data folder."""
    for path in paths:
        with suppress(FileNotFoundError):
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~OTHERS)


@contextmanager
def claimed(settings: Settings, url: str) -> Iterator[None]:
    """Note in the data folder that this process serves it at `url`, while the context is open. Raises FolderInUse.

    With SQLite a second server would take the first one's runs and leases for those of a dead one; with any database
    it would start the first one's apps again and work in its working copies. So there is one server to a folder, and to
    a database file. The claim ends with its process, however that ends.
    """
    database = settings.sqlite_file
    places = [settings.data_dir / NOTE]
    if database is not None and (database := database.resolve()).parent != settings.data_dir.resolve():
        places.append(database.with_name(f"{database.name}.{NOTE}"))
    handles: list[int] = []
    try:
        for place in places:
            handles.append(_claim(place, Note(os.getpid(), url)))  # noqa: PERF401 - the first is let go if the second fails
        yield
    finally:
        for handle in handles:
            with suppress(OSError):  # a full disk must not turn a stop into a failure
                os.ftruncate(handle, 0)
            os.close(handle)


def _claim(place: Path, note: Note) -> int:
    """Hold the lock of a note and write it. Raises FolderInUse when another server holds it."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise DataFolderUnusable(
            f"The folder {place.parent} cannot be used: {error.strerror}.",
            hint="Name another one with --data-dir, or another database with ASTERISM_DATABASE_URL.",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = _read(handle)
        os.close(handle)
        who = f"process {other.pid} at {other.url}" if other else "another process"
        raise FolderInUse(
            f"The data in {place.parent} is served already, by {who}.",
            hint="Stop that server first, or choose another folder with --data-dir: "
            "servers that share a database on PostgreSQL have a folder each.",
        ) from None
    with suppress(OSError):  # the lock is what counts; on a full disk only the address stays unsaid
        os.ftruncate(handle, 0)
        os.pwrite(handle, msgspec.json.encode(note), 0)
    return handle


def running_address(folder: Path) -> str | None:
    """Return where the server that uses this data folder now listens, None when there is none."""
    try:
        handle = os.open(folder / NOTE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        note = _read(handle)
        return note.url if note else None
    finally:
        os.close(handle)
    return None


def _read(handle: int) -> Note | None:
    try:
        return msgspec.json.decode(os.pread(handle, 4096, 0), type=Note)
    except (OSError, msgspec.MsgspecError):
        return None
