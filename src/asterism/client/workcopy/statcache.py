"""What a working copy looked like when its files were last hashed, so that an unchanged file is never read again.

The cache is a guess that is checked: a file counts as unchanged when time of change, size, inode and mode are what they
were. A file that changed within `RACY_NS` before it was read is not trusted, since a second change in the same tick of
the file system's clock would not show.
"""

import os
import struct

import msgspec

FORMAT = 3
FILE, DIR, LINK, LEFT_OUT, SPECIAL = b"FDLIS"
SIGNATURE = struct.Struct("<qqqQI")  # mtime ns, ctime ns, size, inode, st_mode
SIGNATURE_BYTES = SIGNATURE.size
HASH_BYTES = 32
RACY_NS = 20_000_000
COARSE_RACY_NS = 2_000_000_000


class Folder(msgspec.Struct, array_like=True, gc=False):
    """One folder of the tree: parallel rows for each name in it, in the order in which the file system lists them.

    `kinds` has one byte a name (`F`ile, `D`ir, `L`ink, `I`gnored, `S`pecial), `stats` a `SIGNATURE`, `hashes` 32 bytes
    (zero for what is no file). `targets` belongs to the links in their order. `rules` names the ignore rules that were
    in force.
    """

    names: list[str]
    kinds: bytes
    stats: bytes
    hashes: bytes
    targets: list[str]
    rules: bytes

    def signature(self, index: int) -> bytes:
        """Return the signature of one name."""
        return self.stats[index * SIGNATURE_BYTES : (index + 1) * SIGNATURE_BYTES]

    def hash(self, index: int) -> bytes:
        """Return the raw hash of one name."""
        return self.hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES]


class Cache(msgspec.Struct, array_like=True):
    """The whole cache: the hash of the manifest that these folders make (`""` when not known) and the folders."""

    format: int
    manifest_hash: str
    folders: dict[str, Folder]


_decoder = msgspec.msgpack.Decoder(Cache)


def load(path: str) -> Cache:
    """Read the cache; a missing, older or damaged one counts as empty."""
    try:
        with open(path, "rb") as file:
            cache = _decoder.decode(file.read())
    except (OSError, msgspec.MsgspecError):
        return Cache(FORMAT, "", {})
    return cache if cache.format == FORMAT else Cache(FORMAT, "", {})


def save(path: str, cache: Cache) -> None:
    """Write the cache in one step. A failure to write is no failure of the command: the cache only saves time."""
    scratch = f"{path}.new"
    try:
        with open(scratch, "wb") as file:
            file.write(msgspec.msgpack.encode(cache))
        os.replace(scratch, path)
    except OSError:
        return


def sign(status: os.stat_result) -> bytes:
    """Return the signature of a file that was looked at without following links."""
    return SIGNATURE.pack(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_mode)


def untrusted(size: int, mode: int) -> bytes:
    """Return a signature that no file has, so that the file is read at the next look."""
    return SIGNATURE.pack(0, 0, size, 0, mode)


def settled(signature: bytes, read_at: int) -> bool:
    """Say whether a change after `read_at` (Unix time, ns) would give another signature than this one."""
    changed: int = max(SIGNATURE.unpack(signature)[:2])
    coarse = changed % 1_000_000_000 == 0
    return read_at - changed > (COARSE_RACY_NS if coarse else RACY_NS)
