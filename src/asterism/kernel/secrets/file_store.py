"""The key ring as one 0600 file, `master.key` in the data folder; also the choice between file and system store."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from asterism.kernel.secrets.keys import RESTORE, KeyRing, KeyStore, decode_ring, encode_ring
from asterism.kernel.secrets.os_store import OsKeyStore, keyring_works
from asterism.kernel.secrets.port import MasterKeyError
from asterism.kernel.secrets.private_file import locked, write_whole

FILE_NAME = "master.key"
Choice = Literal["auto", "file", "os"]


def open_key_store(path: Path, choice: Choice = "auto") -> KeyStore:
    """Return the store of the installation whose key file is `path`.

    What exists decides: the file holds either the ring or the note that the ring is in the operating system's key
    store. For a first start, `choice` decides; `auto` takes the system's store where one works.
    """
    with suppress(OSError), locked(path):  # removes what a killed rotation left
        pass
    noted = _is_note(path)
    if noted is None:
        noted = choice == "os" or (choice == "auto" and keyring_works())
    return OsKeyStore(NoteFile(path)) if noted else FileKeyStore(path)


class FileKeyStore:
    """The ring as JSON in a file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> KeyRing | None:
        """Return the ring, None when the file does not exist."""
        text = read_private(self.path)
        return None if text is None else decode_ring(text)

    def create(self, ring: KeyRing) -> KeyRing:
        """Write the first ring; when another process was faster, return that process's ring."""
        if write_private(self.path, encode_ring(ring), replace=False):
            return ring
        return self.load() or ring

    def save(self, ring: KeyRing) -> None:
        """Replace the file durably."""
        write_private(self.path, encode_ring(ring), replace=True)

    def version(self) -> object:
        """Return what the file system says about the file."""
        return file_version(self.path)


class NoteFile:
    """The short text in `master.key` that says where else the ring is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str | None:
        """Return the text, None when the file does not exist."""
        return read_private(self.path)

    def write(self, text: str, *, replace: bool) -> bool:
        """Write the text; return False when it exists and must not be replaced."""
        return write_private(self.path, text, replace=replace)

    def version(self) -> object:
        """Return what the file system says about the file."""
        return file_version(self.path)


def read_private(path: Path) -> str | None:
    """Read a file that nobody else may read, None when it does not exist. Raises MasterKeyError."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise MasterKeyError(
                    f"The master key file {path} can be read by other users (mode {mode:04o}).",
                    hint=f"Run: chmod 600 {path}",
                )
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise MasterKeyError(f"The master key file {path} cannot be read.", hint=RESTORE) from error


def write_private(path: Path, text: str, *, replace: bool) -> bool:
    """Write the key file as a whole; return False when it exists and must not be replaced."""
    with locked(path):
        return write_whole(path, text.encode(), replace=replace)


def file_version(path: Path) -> object:
    """Return inode, size and time of change; None when there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _is_note(path: Path) -> bool | None:
    text = read_private(path)
    if text is None:
        return None
    try:
        return "store" in msgspec.json.decode(text, type=dict[str, object])
    except msgspec.MsgspecError:
        return False  # the file store says what is wrong with it
