"""Where API keys of model providers are kept: a small map from account names to texts, outside the database."""

from typing import Protocol

from asterism.base.errors import Invalid


class KeyringUnavailable(Invalid):
    """There is no operating system keyring that can be used."""

    code = "KEYRING_UNAVAILABLE"


class KeyringReadFailed(Invalid):
    """The keyring refused to give an entry."""

    code = "KEYRING_READ_FAILED"


class KeyringWriteFailed(Invalid):
    """The keyring refused to take an entry."""

    code = "KEYRING_WRITE_FAILED"


class KeyringDeleteFailed(Invalid):
    """The keyring refused to delete an entry."""

    code = "KEYRING_DELETE_FAILED"


class SecretDecryptFailed(Invalid):
    """The file of keys cannot be decrypted with this installation's master key."""

    code = "SECRET_DECRYPT_FAILED"


class Credentials(Protocol):
    """One place that keeps keys. Calls block; a keyring may even ask its user something."""

    def check(self) -> None:
        """Find out whether the place can be used, by using it. Raises KeyringUnavailable."""
        ...

    def read(self, account: str) -> str | None:
        """Return the key, None when there is none. Raises SecretDecryptFailed or KeyringReadFailed."""
        ...

    def write(self, account: str, text: str) -> None:
        """Keep the key durably, in place of an older one. Raises KeyringWriteFailed or SecretDecryptFailed."""
        ...

    def delete(self, account: str) -> None:
        """Forget the key, also when there is none. Raises KeyringDeleteFailed or SecretDecryptFailed."""
        ...
