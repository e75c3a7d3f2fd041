"""The sealed form, pure: `enc:v2:<key id>:<wrapped key>:<nonce>:<ciphertext and tag>` (Fastest 0.8).

Every value has a data key of its own, which is wrapped by a key-encryption key. Both layers are AES-256-GCM with a
96-bit random nonce and with the place as associated data, so a value copied to another row opens at neither layer.
The last three parts are base64url without padding; the wrapped key is its nonce, the encrypted key, and the tag.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from asterism.kernel.secrets.keys import KEY_BYTES, KeyRing
from asterism.kernel.secrets.port import Place, SecretUnreadable

PREFIX = "enc:v2:"
NONCE_BYTES = 12


def seal(ring: KeyRing, place: Place, text: str) -> str:
    """Seal `text` (any str that UTF-8 can write) with the ring's active key."""
    data_key = secrets.token_bytes(KEY_BYTES)
    nonce = secrets.token_bytes(NONCE_BYTES)
    ciphertext = AESGCM(data_key).encrypt(nonce, text.encode(), str(place).encode())
    return _join(ring.active, _wrap(ring, place, data_key), nonce, ciphertext)


def unseal(ring: KeyRing, place: Place, sealed: str) -> str:
    """Return the text. Raises SecretUnreadable."""
    key_id, wrapped, nonce, ciphertext = _split(sealed)
    try:
        data_key = _unwrap(ring, place, key_id, wrapped)
        return AESGCM(data_key).decrypt(nonce, ciphertext, str(place).encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise SecretUnreadable(f"The secret stored at {place} cannot be read with key {key_id}.") from error


def rewrap(ring: KeyRing, place: Place, sealed: str) -> str:
    """Wrap the data key anew with the ring's active key; nonce and ciphertext stay as they are.

    Raises SecretUnreadable when the present wrapping does not open.
    """
    key_id, wrapped, nonce, ciphertext = _split(sealed)
    try:
        data_key = _unwrap(ring, place, key_id, wrapped)
    except (InvalidTag, ValueError) as error:
        raise SecretUnreadable(f"The secret stored at {place} cannot be re-wrapped from key {key_id}.") from error
    return _join(ring.active, _wrap(ring, place, data_key), nonce, ciphertext)


def key_id_of(sealed: str) -> str:
    """Return the id of the key that wraps `sealed`. Raises SecretUnreadable when it is no sealed text."""
    return _split(sealed)[0]


def _wrap(ring: KeyRing, place: Place, data_key: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(ring.keys[ring.active]).encrypt(nonce, data_key, _bound(ring.active, place))


def _unwrap(ring: KeyRing, place: Place, key_id: str, wrapped: bytes) -> bytes:
    key = ring.keys.get(key_id)
    if key is None:
        raise SecretUnreadable(f"The secret stored at {place} needs key {key_id}, which is not in the key ring.")
    return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound(key_id, place))


def _bound(key_id: str, place: Place) -> bytes:
    return f"{key_id}/{place}".encode()


def _join(key_id: str, *parts: bytes) -> str:
    return PREFIX + ":".join([key_id, *(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)])


def _split(sealed: str) -> tuple[str, bytes, bytes, bytes]:
    try:
        if not sealed.startswith(PREFIX):
            raise ValueError("not sealed")
        key_id, wrapped, nonce, ciphertext = sealed[len(PREFIX) :].split(":")
        return key_id, _bytes(wrapped), _bytes(nonce), _bytes(ciphertext)
    except (ValueError, binascii.Error) as error:
        raise SecretUnreadable("A stored secret is not in the sealed form.") from error


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
