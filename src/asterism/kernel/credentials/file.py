"""Keys in one file of the data folder, mode 0600, each sealed on its own for its account (Stargazer 3.4)."""

from contextlib import suppress
from pathlib import Path

import msgspec

from asterism.kernel.credentials.port import SecretDecryptFailed
from asterism.kernel.secrets import MasterKeyError, Place, Secrets, SecretUnreadable, key_id_of, locked, write_whole


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
        with locked(self.path):
            self._save(self._load() | {account: sealed})

    def delete(self, account: str) -> None:
        """Take the key out of the file."""
        with locked(self.path):
            kept = self._load()
            if kept.pop(account, None) is not None:
                self._save(kept)

    def reseal(self) -> tuple[int, int]:
        """Seal every key again with the active master key, so that a rotation may drop older ones.

        Return how many were sealed, and how many stay as they are, since they cannot be opened.
        """
        with locked(self.path):
            kept = self._load()
            texts: dict[str, str] = {}
            for account, sealed in kept.items():
                with suppress(SecretUnreadable):
                    texts[account] = self._secrets.open(_place(account), sealed)
            if texts:
                self._save(kept | {name: self._secrets.seal(_place(name), text) for name, text in texts.items()})
        return len(texts), len(kept) - len(texts)

    def key_ids(self) -> set[str]:
        """Return the ids of the master keys that keys of the file are sealed with."""
        found: set[str] = set()
        for sealed in self._load().values():
            with suppress(SecretUnreadable):
                found.add(key_id_of(sealed))
        return found

    def _load(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            raise _unreadable() from error

    def _save(self, kept: dict[str, str]) -> None:
        write_whole(self.path, msgspec.json.encode(kept), replace=True)


def _place(account: str) -> Place:
    return Place("credentials", "key", account)


def _unreadable() -> SecretDecryptFailed:
    return SecretDecryptFailed(
        "The stored API keys cannot be decrypted with this installation's master key.",
        hint="Restore the master key, or delete the provider's key and save it again.",
    )
