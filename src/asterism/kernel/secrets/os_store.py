"""The key ring in the operating system's key store (Keychain, Credential Manager, Secret Service).

`master.key` then holds no key but a note: which entry, and a generation that changes at every save, so that other
processes see a rotation by looking at one small file.
"""

import os
import secrets
import sys
from typing import Any, Protocol

import msgspec

from asterism.kernel.secrets.keys import RESTORE, KeyRing, decode_ring, encode_ring
from asterism.kernel.secrets.port import MasterKeyError

SERVICE = "asterism"


class Note(Protocol):
    """Where the note is kept."""

    def read(self) -> str | None:
        """Return the note, None when there is none."""
        ...

    def write(self, text: str, *, replace: bool) -> bool:
        """Write the note; return False when it exists and must not be replaced."""
        ...

    def version(self) -> object:
        """Return something that differs after any write."""
        ...


class Backend(Protocol):
    """The part of a keyring backend that is used here."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the entry, None when there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write the entry."""
        ...


class _NoteWire(msgspec.Struct):
    entry: str
    generation: str
    store: str = "os"


class OsKeyStore:
    """Keeps the ring as one entry of the system's key store."""

    def __init__(self, note: Note, backend: Backend | None = None) -> None:
        self._note = note
        self._backend = backend

    def load(self) -> KeyRing | None:
        """Return the ring, None when no note exists. Raises MasterKeyError when the entry is gone or locked."""
        note = self._read_note()
        if note is None:
            return None
        text = self._call("get_password", SERVICE, note.entry)
        if text is None:
            raise MasterKeyError(f"The system's key store has no entry {SERVICE}/{note.entry}.", hint=RESTORE)
        return decode_ring(text)

    def create(self, ring: KeyRing) -> KeyRing:
        """Write the first ring; when another process was faster, return that process's ring."""
        note = _NoteWire(entry=f"master-key-{secrets.token_hex(8)}", generation=secrets.token_hex(8))
        self._call("set_password", SERVICE, note.entry, encode_ring(ring))
        if self._note.write(msgspec.json.encode(note).decode(), replace=False):
            return ring
        return self.load() or ring

    def save(self, ring: KeyRing) -> None:
        """Replace the entry, then tell the other processes by a new generation in the note."""
        note = self._read_note()
        if note is None:
            self.create(ring)
            return
        self._call("set_password", SERVICE, note.entry, encode_ring(ring))
        note.generation = secrets.token_hex(8)
        self._note.write(msgspec.json.encode(note).decode(), replace=True)

    def version(self) -> object:
        """Return the version of the note."""
        return self._note.version()

    def _read_note(self) -> _NoteWire | None:
        text = self._note.read()
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=_NoteWire)
        except msgspec.MsgspecError as error:
            raise MasterKeyError("The note in `master.key` is damaged.", hint=RESTORE) from error

    def _call(self, name: str, *args: str) -> Any:
        import keyring  # here: tens of ms that an installation with a key file need not pay

        try:
            return getattr(self._backend or keyring.get_keyring(), name)(*args)
        except (keyring.errors.KeyringError, OSError) as error:
            raise MasterKeyError(
                "The system's key store cannot be reached.", hint="Unlock it and try again."
            ) from error


def keyring_works() -> bool:
    """Tell whether this system has a real key store (a desktop session does, a server or container does not)."""
    if sys.platform == "linux" and not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return False  # no session bus, no Secret Service; spares a server's first start the import
    import keyring  # here: as above

    try:
        return bool(keyring.get_keyring().priority >= 1)
    except (keyring.errors.KeyringError, RuntimeError, OSError):
        return False
