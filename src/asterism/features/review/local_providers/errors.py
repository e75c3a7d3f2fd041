"""What can be wrong about model providers and their keys (Stargazer 0.4, 3.4)."""

from asterism.base.errors import Invalid, NotFound, Unavailable
from asterism.kernel.credentials import (
    KeyringDeleteFailed,
    KeyringReadFailed,
    KeyringUnavailable,
    KeyringWriteFailed,
    SecretDecryptFailed,
)

__all__ = [
    "KEY_ERRORS",
    "BadChoice",
    "KeyMissing",
    "KeyringDeleteFailed",
    "KeyringReadFailed",
    "KeyringUnavailable",
    "KeyringWriteFailed",
    "MigrationFailed",
    "NoProvider",
    "NotUsable",
    "SecretDecryptFailed",
    "SecretMissing",
    "UnknownProvider",
]

KEY_ERRORS = (KeyringUnavailable, KeyringReadFailed, KeyringWriteFailed, KeyringDeleteFailed, SecretDecryptFailed)
"""What a storage of keys may refuse with."""


class UnknownProvider(NotFound):
    """There is no provider of that id."""

    code = "PROVIDER_NOT_FOUND"


class BadChoice(Invalid):
    """A provider, key or model that cannot be saved."""

    code = "INVALID_BODY"


class NoProvider(NotFound):
    """No provider is active."""

    code = "CONFIG_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No AI provider is active.", hint="Choose one and save its key.")


class KeyMissing(Unavailable):
    """The active provider has no usable key."""

    code = "API_KEY_MISSING"

    def __init__(self, provider: str) -> None:
        super().__init__(f"There is no usable API key for {provider}.", hint="Save a key for it.")


class NotUsable(Unavailable):
    """The active provider has a key but cannot be called."""

    code = "AI_CLIENT_ERROR"


class SecretMissing(Invalid):
    """A key that should be there is not."""

    code = "SECRET_NOT_FOUND"


class MigrationFailed(Invalid):
    """Keys could not be moved to the other storage; nothing was changed."""

    code = "SECRETS_MIGRATION_FAILED"
