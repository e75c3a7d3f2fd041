"""The saved sign-in: one token for each server, in the OS keyring where there is one, else in a file of the owner.

The file `sign-in.json` in the platform's folder for settings has mode 0600 and says for each server where its token
is. Commands look there first, so the keyring is only loaded when it holds something.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from asterism.base.errors import Conflict, Unavailable

SERVICE = "asterism"


class Entry(msgspec.Struct, omit_defaults=True):
    """One server: the token itself, or None when the keyring has it. `expires_at` in seconds since 1970."""

    email: str = ""
    token: str | None = None
    expires_at: float | None = None


def file_path() -> Path:
    """Return where the sign-in file is."""
    import platformdirs

    return Path(platformdirs.user_config_dir("asterism", appauthor=False)) / "sign-in.json"


def find(server: str) -> str | None:
    """Return the saved token for a server, None when there is none. Raises Unavailable when the keyring refuses."""
    entry = _load().get(server)
    if entry is None or entry.token:
        return entry.token if entry else None
    return _from_keyring(server)


def expired_on(server: str, token: str) -> str | None:
    """Return the day (UTC) on which the saved sign-in expired, None when it is another token or should be good."""
    entry = _load().get(server)
    if entry is None or entry.expires_at is None or entry.expires_at > time.time() or find(server) != token:
        return None
    return time.strftime("%Y-%m-%d", time.gmtime(entry.expires_at))


def store(server: str, token: str, email: str, expires_in: float | None = None) -> str:
    """Save a token that is good for so many seconds; returns where: `keyring` or the path of the file."""
    entries = _load()
    in_keyring = _to_keyring(server, token)
    expires_at = None if expires_in is None else time.time() + expires_in
    entries[server] = Entry(email, None if in_keyring else token, expires_at)
    _save(entries)
    return "keyring" if in_keyring else str(file_path())


def forget(server: str) -> bool:
    """Remove the saved token of a server; returns whether there was one."""
    entries = _load()
    entry = entries.pop(server, None)
    if entry is None:
        return False
    if entry.token is None:
        _drop_from_keyring(server)
    _save(entries)
    return True


def _load() -> dict[str, Entry]:
    try:
        return msgspec.json.decode(file_path().read_bytes(), type=dict[str, Entry])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise Conflict(f"{file_path()} cannot be read.", hint="Remove it and sign in again.") from error


def _save(entries: dict[str, Entry]) -> None:
    path = file_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(entries))
        os.replace(scratch, path)
    except OSError as error:
        with suppress(OSError):
            scratch.unlink()
        raise Unavailable(f"The sign-in cannot be saved in {path}: {error.strerror}.") from error


def _to_keyring(server: str, token: str) -> bool:
    """Put a token into the OS keyring; False when there is no keyring that keeps secrets."""
    import keyring
    from keyring.errors import KeyringError

    try:
        if keyring.get_keyring().priority < 1:
            return False
        keyring.set_password(SERVICE, server, token)
        return keyring.get_password(SERVICE, server) == token
    except (KeyringError, RuntimeError, OSError):
        return False


def _from_keyring(server: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, server)
    except (KeyringError, RuntimeError, OSError) as error:
        raise Unavailable(
            "The keyring does not give out the saved token.", hint="Unlock it, or sign in again."
        ) from error


def _drop_from_keyring(server: str) -> None:
    import keyring
    from keyring.errors import KeyringError

    with suppress(KeyringError, RuntimeError, OSError):
        keyring.delete_password(SERVICE, server)
