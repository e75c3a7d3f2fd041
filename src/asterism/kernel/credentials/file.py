"""Keys in one file of the data folder, mode 0600, each sealed on its own for its account (Stargazer 3.4)."""

import fcntl
import os
import secrets as random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from asterism.kernel.credentials.port import SecretDecryptFailed
from asterism.kernel.secrets import MasterKeyError, Place, Secrets, SecretUnreadable


class FileCredentials:
    """The file adapter. Several processes may use one file; each change replaces it as a whole."""

    def __init__(self, path: Path, secrets: Secrets) -> None:
        self.path = path
        self._secrets = secrets

    def check(self) -> None:
        """Do nothing: a file can always be tried."""

    def read(self, account: str) -> str | None:
        """Return the key. Raises SecretDecryptFailed when it was sealed by another installation or altered."""
        sealed = self._load().get(account)
        if sealed is None:
            return None
        try:
            return self._secrets.open(_place(account), sealed)
        except (SecretUnreadable, MasterKeyError) as error:
            raise _unreadable() from error

    def write(self, account: str, text: str) -> None:
        """Seal the key and replace the file."""
        try:
            sealed = self._secrets.seal(_place(account), text)
        except MasterKeyError as error:
            raise _unreadable() from error
        with self._locked():
            self._save(self._load() | {account: sealed})

    def delete(self, account: str) -> None:
        """Take the key out of the file."""
        with self._locked():
            kept = self._load()
            if kept.pop(account, None) is not None:
                self._save(kept)

    def reseal(self) -> None:
        """Seal every key again with the active master key, so that a rotation may drop older ones."""
        with self._locked():
            kept = self._load()
            texts = {account: self.read(account) or "" for account in kept}
            if texts:
                self._save({account: self._secrets.seal(_place(account), text) for account, text in texts.items()})

    def _load(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            raise _unreadable() from error

    def _save(self, kept: dict[str, str]) -> None:
        draft = self.path.with_name(f".{self.path.name}.{random.token_hex(6)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(kept))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes and threads from changing the file at the same time."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _place(account: str) -> Place:
    return Place("credentials", "key", account)


def _unreadable() -> SecretDecryptFailed:
    return SecretDecryptFailed(
        "The stored API keys cannot be decrypted with this installation's master key.",
        hint="Restore the master key, or delete the provider's key and save it again.",
    )
