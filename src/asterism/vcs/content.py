"""Names of content: SHA-256 in 64 lower-case hexadecimal characters."""

import hashlib
import re
from collections.abc import Iterable

HASH_BYTES = 32
EMPTY_HASH = hashlib.sha256(b"").hexdigest()

_HASH = re.compile(r"[0-9a-f]{64}\Z")


def hash_bytes(content: bytes | bytearray | memoryview) -> str:
    """Return the name of `content`."""
    return hashlib.sha256(content).hexdigest()


def hash_chunks(chunks: Iterable[bytes | memoryview]) -> tuple[str, int]:
    """Return name and size of the content that `chunks` make together."""
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def is_hash(text: str) -> bool:
    """Say whether `text` can name content (upper-case hexadecimal can not)."""
    return _HASH.match(text) is not None
