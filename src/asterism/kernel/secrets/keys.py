"""The key ring: key-encryption keys by id, one of them active. Its JSON form is what a key store keeps."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import msgspec

from asterism.kernel.secrets.port import MasterKeyError

KEY_BYTES = 32
_ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id. `active` seals; all of them open. `retired` are ids kept only until nothing can name them."""

    active: str
    keys: Mapping[str, bytes] = field(repr=False)
    retired: Mapping[str, str] = field(default_factory=dict)  # id -> stamp of retirement

    def with_new_key(self, key_id: str, retired_at: str) -> "KeyRing":
        """Return this ring with a fresh active key; every older key is marked retired."""
        older = {key: self.retired.get(key, retired_at) for key in self.keys}
        return replace(self, active=key_id, keys={**self.keys, key_id: secrets.token_bytes(KEY_BYTES)}, retired=older)

    def without(self, gone: set[str]) -> "KeyRing":
        """Return this ring without the keys named in `gone`; the active key always stays."""
        gone = gone - {self.active}
        return replace(
            self,
            keys={k: v for k, v in self.keys.items() if k not in gone},
            retired={k: v for k, v in self.retired.items() if k not in gone},
        )


def new_key_id(day: str) -> str:
    """Name a key: `k-YYYYMMDD-xxxxxx`; it never holds a colon. `day` is a stamp (base/clock)."""
    return f"k-{day[:10].replace('-', '')}-" + "".join(secrets.choice(_ID_ALPHABET) for _ in range(6))


def new_ring(day: str) -> KeyRing:
    """Make a ring with one fresh key."""
    key_id = new_key_id(day)
    return KeyRing(active=key_id, keys={key_id: secrets.token_bytes(KEY_BYTES)})


class _Wire(msgspec.Struct):
    active: str
    keys: dict[str, str]
    retired: dict[str, str] = {}


def encode_ring(ring: KeyRing) -> str:
    """Write a ring as JSON with base64 keys."""
    keys = {key: base64.b64encode(value).decode() for key, value in ring.keys.items()}
    return msgspec.json.encode(_Wire(ring.active, keys, dict(ring.retired))).decode()


def decode_ring(text: str | bytes) -> KeyRing:
    """Read what `encode_ring` wrote. Raises MasterKeyError when it is anything else."""
    try:
        wire = msgspec.json.decode(text, type=_Wire)
        keys = {key: base64.b64decode(value, validate=True) for key, value in wire.keys.items()}
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise MasterKeyError("The master key cannot be read: it is damaged.", hint=RESTORE) from error
    if wire.active not in keys or any(len(value) != KEY_BYTES for value in keys.values()):
        raise MasterKeyError("The master key cannot be read: it is incomplete.", hint=RESTORE)
    return KeyRing(wire.active, keys, wire.retired)


RESTORE = "Restore `master.key` from a backup of the data folder."


class KeyStore(Protocol):
    """Where the key ring is kept between starts, shared by every process of one installation."""

    def load(self) -> KeyRing | None:
        """Return the ring, None when there is none yet. Raises MasterKeyError when it cannot be read."""
        ...

    def create(self, ring: KeyRing) -> KeyRing:
        """Keep the first ring; when another process was faster, return that process's ring."""
        ...

    def save(self, ring: KeyRing) -> None:
        """Replace the ring durably; other processes see the old one or the new one, never a part."""
        ...

    def version(self) -> object:
        """Return something that differs after any process saved. Cheap: called at every seal."""
        ...
