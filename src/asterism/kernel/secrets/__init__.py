"""Secrets at rest (Fastest 0.8): sealed by envelope encryption, bound to the place they are stored at.

`Secrets` is the port; `EnvelopeSecrets` seals with a key ring from a `KeyStore` (a 0600 file, the operating system's
key store, or memory for tests). A column that holds sealed text is declared with `sealed_column`, so that rotation
finds it.
"""

from asterism.kernel.secrets.envelope import key_id_of
from asterism.kernel.secrets.file_store import FileKeyStore, open_key_store
from asterism.kernel.secrets.keys import KeyRing, KeyStore
from asterism.kernel.secrets.memory import MemoryKeyStore, memory_secrets
from asterism.kernel.secrets.os_store import OsKeyStore
from asterism.kernel.secrets.port import MasterKeyError, Place, SealedPlace, Secrets, SecretUnreadable
from asterism.kernel.secrets.private_file import locked, write_whole
from asterism.kernel.secrets.registry import sealed_column, sealed_columns
from asterism.kernel.secrets.rotation import RotationReport, rotate
from asterism.kernel.secrets.startup import check_keys, prove_keys
from asterism.kernel.secrets.vault import EnvelopeSecrets
from asterism.kernel.secrets.wrapped_ring import unwrap_ring, wrap_ring

__all__ = [
    "EnvelopeSecrets",
    "FileKeyStore",
    "KeyRing",
    "KeyStore",
    "MasterKeyError",
    "MemoryKeyStore",
    "OsKeyStore",
    "Place",
    "RotationReport",
    "SealedPlace",
    "SecretUnreadable",
    "Secrets",
    "check_keys",
    "key_id_of",
    "locked",
    "memory_secrets",
    "open_key_store",
    "prove_keys",
    "rotate",
    "sealed_column",
    "sealed_columns",
    "unwrap_ring",
    "wrap_ring",
    "write_whole",
]
