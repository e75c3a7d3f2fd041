"""Keys in the operating system's keyring: service `asterism`, account `api_key_<provider>` (Stargazer 3.4)."""

import secrets
from typing import Any, Protocol

from asterism.kernel.credentials.port import (
    KeyringDeleteFailed,
    KeyringReadFailed,
    KeyringUnavailable,
    KeyringWriteFailed,
)

SERVICE = "asterism"
PREFIX = "api_key_"
PROBE = "self-test"
HINT = "Unlock the system's keyring and try again, or keep keys in the file."


class Backend(Protocol):
    """The part of a keyring backend that is used here."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the entry, None when there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write the entry."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Delete the entry."""
        ...


class KeyringCredentials:
    """The keyring adapter. A keyring may fail in any way its backend likes, so every exception of it is a failure."""

    def __init__(self, backend: Backend | None = None) -> None:
        """`backend` is the system's own by default, looked up when it is first needed."""
        self._chosen = backend

    def check(self) -> None:
        """Write, read and delete a random entry. Raises KeyringUnavailable."""
        value = secrets.token_hex(8)
        try:
            backend = self._backend()
            backend.set_password(SERVICE, PROBE, value)
            found = backend.get_password(SERVICE, PROBE)
            backend.delete_password(SERVICE, PROBE)
        except Exception as error:
            raise KeyringUnavailable("No usable system keyring was found.", hint=HINT) from error
        if found != value:
            raise KeyringUnavailable("The system keyring does not return what was stored.", hint=HINT)

    def read(self, account: str) -> str | None:
        """Return the key, None when there is none."""
        try:
            found: str | None = self._backend().get_password(SERVICE, PREFIX + account)
        except Exception as error:
            raise KeyringReadFailed("The system keyring did not give the API key.", hint=HINT) from error
        return found

    def write(self, account: str, text: str) -> None:
        """Keep the key."""
        try:
            self._backend().set_password(SERVICE, PREFIX + account, text)
        except Exception as error:
            raise KeyringWriteFailed("The system keyring did not take the API key.", hint=HINT) from error

    def delete(self, account: str) -> None:
        """Forget the key; one that is not there is no failure."""
        try:
            backend = self._backend()
            if backend.get_password(SERVICE, PREFIX + account) is not None:
                backend.delete_password(SERVICE, PREFIX + account)
        except Exception as error:
            raise KeyringDeleteFailed("The system keyring did not delete the API key.", hint=HINT) from error

    def _backend(self) -> Any:
        if self._chosen is not None:
            return self._chosen
        import keyring

        return keyring.get_keyring()
