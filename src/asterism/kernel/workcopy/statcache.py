"""What a working copy looked like when its files were last hashed, so that an unchanged file is never read again.

The cache is a guess that is checked: a file counts as unchanged when time of change, size, inode and mode are what they
were. A file that changed within `RACY_NS` before it was read is not trusted, since a second change in the same tick of
the file system's clock would not show.
"""

import os
import struct

import msgspec

FORMAT = 5
FILE, DIR, LINK, LEFT_OUT, SPECIAL, CLOSED_DIR = b"FDLISC"
FOLDERS = (DIR, CLOSED_DIR)
SIGNATURE = struct.Struct("<QQqQI")  # mtime and ctime (ns, modulo 2^64: times beyond 2262 exist), size, inode, st_mode
TIME_MASK = 2**64 - 1
SIGNATURE_BYTES = SIGNATURE.size
HASH_BYTES = 32
CLOSED = b"closed"
_UNDECIDED = b"?"
RACY_NS = 20_000_000
COARSE_RACY_NS = 2_000_000_000


class Folder(msgspec.Struct, array_like=True, gc=False):
    """One folder of the tree: parallel rows for each name in it, in the order in which the file system lists them.

    `listed` are the names as `join` writes them: most folders are passed without a need for one of them. `kinds` has
    one byte a name (`F`ile, `D`ir, `L`ink, `I`gnored, `S`pecial; `C` is a folder that a rule leaves out but for what is
    versioned in it), `stats` a `SIGNATURE`, `hashes` 32 bytes (zero for what is no file). `targets` belongs to the
    links in their order. `rules` names the ignore rules that were in force.
    """

    listed: bytes
    kinds: bytes
    stats: bytes
    hashes: bytes
    targets: list[str]
    rules: bytes

    @property
    def names(self) -> list[str]:
        """The names, made anew each time."""
        return os.fsdecode(self.listed).split("\0") if self.kinds else []

    def may_have(self, name: str) -> bool:
        """Say whether a name may be in it; False is certain."""
        return os.fsencode(name) in self.listed

    def signature(self, index: int) -> bytes:
        """Return the signature of one name."""
        return self.stats[index * SIGNATURE_BYTES : (index + 1) * SIGNATURE_BYTES]

    def hash(self, index: int) -> bytes:
        """Return the raw hash of one name."""
        return self.hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES]


class Cache(msgspec.Struct, array_like=True):
    """The whole cache: the hash of the manifest that these folders make (`""` when not known) and the folders.

    `base` is the manifest of the snapshot that the working copy was based on: what is versioned stays in whatever the
    rules say, so what was left out is decided anew when the base is another one (`reconsider`). `name` is no other
    cache's, `""` where an older version wrote it.
    """

    format: int
    manifest_hash: str
    folders: dict[str, Folder]
    base: str = ""
    name: str = ""

    @property
    def count(self) -> int:
        """How many names it knows."""
        return sum(len(folder.kinds) for folder in self.folders.values())

    def reconsider(self) -> None:
        """Have every decision of a rule made again; no content is forgotten."""
        for folder in self.folders.values():
            if LEFT_OUT in folder.kinds or CLOSED_DIR in folder.kinds or folder.rules == CLOSED:
                folder.rules = _UNDECIDED


_decoder = msgspec.msgpack.Decoder(Cache)


def empty() -> Cache:
    """Return the cache of a tree that nobody has looked at."""
    return Cache(FORMAT, "", {})


def load(path: str) -> Cache:
    """Read the cache; a missing, older or damaged one counts as empty."""
    try:
        with open(path, "rb") as file:
            cache = _decoder.decode(file.read())
    except (OSError, msgspec.MsgspecError):
        return empty()
    return cache if cache.format == FORMAT else empty()


def save(path: str, cache: Cache) -> None:
    """Write the cache in one step. A failure to write is no failure of the command: the cache only saves time."""
    scratch = f"{path}.new"
    try:
        with open(scratch, "wb") as file:
            file.write(msgspec.msgpack.encode(cache))
        os.replace(scratch, path)
    except OSError:
        return


def join(names: list[str]) -> bytes:
    """Write the names of a folder as one string."""
    return os.fsencode("\0".join(names))


def sign(status: os.stat_result) -> bytes:
    """Return the signature of a file that was looked at without following links."""
    mtime, ctime = status.st_mtime_ns & TIME_MASK, status.st_ctime_ns & TIME_MASK
    return SIGNATURE.pack(mtime, ctime, status.st_size, status.st_ino, status.st_mode)


def untrusted(size: int, mode: int) -> bytes:
    """Return a signature that no file has, so that the file is read at the next look."""
    return SIGNATURE.pack(0, 0, size, 0, mode)


def _signed(time: int) -> int:
    return time - (TIME_MASK + 1) if time >> 63 else time


def settled(signature: bytes, read_at: int) -> bool:
    """Say whether a change after `read_at` (Unix time, ns) would give another signature than this one."""
    changed: int = max(map(_signed, SIGNATURE.unpack(signature)[:2]))
    coarse = changed % 1_000_000_000 == 0
    return read_at - changed > (COARSE_RACY_NS if coarse else RACY_NS)
