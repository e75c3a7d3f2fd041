"""API keys of model providers outside the database: an encrypted file or the operating system's keyring.

`Credentials` is the port; which adapter is in use is a setting of the owner (Stargazer 3.4).
"""

from asterism.kernel.credentials.file import FileCredentials
from asterism.kernel.credentials.memory import MemoryCredentials
from asterism.kernel.credentials.os_keyring import KeyringCredentials
from asterism.kernel.credentials.port import (
    Credentials,
    KeyringDeleteFailed,
    KeyringReadFailed,
    KeyringUnavailable,
    KeyringWriteFailed,
    SecretDecryptFailed,
)

__all__ = [
    "Credentials",
    "FileCredentials",
    "KeyringCredentials",
    "KeyringDeleteFailed",
    "KeyringReadFailed",
    "KeyringUnavailable",
    "KeyringWriteFailed",
    "MemoryCredentials",
    "SecretDecryptFailed",
]
