"""The key ring wrapped by a passphrase, for keeping it away from the installation it opens.

The wrapping key is scrypt's (RFC 7914; 64 MiB, so that guessing is dear), the sealing AES-256-GCM. The form is JSON
that names both, so that later ones can be told apart.
"""

import base64
import binascii
import secrets

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from asterism.kernel.secrets.keys import KeyRing, decode_ring, encode_ring
from asterism.kernel.secrets.port import MasterKeyError

KIND = "scrypt-65536-8-1+aes-256-gcm"
ROUNDS, BLOCK, LANES = 65536, 8, 1
SHORTEST_PASSPHRASE = 12


class _Wrapped(msgspec.Struct):
    kind: str
    salt: str
    nonce: str
    sealed: str


def wrap_ring(ring: KeyRing, passphrase: str) -> bytes:
    """Return the wrapped form. Raises MasterKeyError for a passphrase of less than twelve characters."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise MasterKeyError(f"A passphrase has at least {SHORTEST_PASSPHRASE} characters.")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_derive(passphrase, salt)).encrypt(nonce, encode_ring(ring).encode(), KIND.encode())
    return msgspec.json.encode(_Wrapped(KIND, *(base64.b64encode(part).decode() for part in (salt, nonce, sealed))))


def unwrap_ring(wrapped: bytes, passphrase: str) -> KeyRing:
    """Return the ring. Raises MasterKeyError for another passphrase, or what `wrap_ring` did not write."""
    try:
        found = msgspec.json.decode(wrapped, type=_Wrapped)
        if found.kind != KIND:
            raise MasterKeyError("The master key is wrapped in a way that this version does not know.")
        salt, nonce, sealed = (
            base64.b64decode(part, validate=True) for part in (found.salt, found.nonce, found.sealed)
        )
        text = AESGCM(_derive(passphrase, salt)).decrypt(nonce, sealed, KIND.encode())
    except InvalidTag as error:
        raise MasterKeyError("The passphrase does not open the master key.") from error
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise MasterKeyError("The wrapped master key is damaged.") from error
    return decode_ring(text)


def _derive(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=ROUNDS, r=BLOCK, p=LANES).derive(passphrase.encode())
