"""What a working copy looked like when its files were last hashed, so that an unchanged file is never read again.

The cache is a guess that is checked: a file counts as unchanged when time of change, size, inode and mode are what they
were. A file that changed within `RACY_NS` before it was read is not trusted, since a second change in the same tick of
the file system's clock would not show.
"""

import os
import struct

import msgspec

from asterism.vcs.rules import is_unicode

FORMAT = 4
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

    `kinds` has one byte a name (`F`ile, `D`ir, `L`ink, `I`gnored, `S`pecial; `C` is a folder that a rule leaves out
    but for what is versioned in it), `stats` a `SIGNATURE`, `hashes` 32 bytes (zero for what is no file). `targets`
    belongs to the links in their order. `rules` names the ignore rules that were in force. `odd` holds, on disk only,
    the names that are not UTF-8 by their index.
    """

    names: list[str]
    kinds: bytes
    stats: bytes
    hashes: bytes
    targets: list[str]
    rules: bytes
    odd: dict[int, bytes] = {}

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
    if cache.format != FORMAT:
        return empty()
    for folder in cache.folders.values():
        for index, name in folder.odd.items():
            folder.names[index] = os.fsdecode(name)
        folder.odd = {}
    return cache


def save(path: str, cache: Cache) -> None:
    """Write the cache in one step. A failure to write is no failure of the command: the cache only saves time."""
    scratch = f"{path}.new"
    try:
        with open(scratch, "wb") as file:
            file.write(_encode(cache))
        os.replace(scratch, path)
    except OSError:
        return


def _encode(cache: Cache) -> bytes:
    try:
        return msgspec.msgpack.encode(cache)
    except UnicodeEncodeError:  # a name that a rule leaves out need not be UTF-8
        return msgspec.msgpack.encode(
            msgspec.structs.replace(cache, folders=dict(map(_storable, cache.folders.items())))
        )


def _storable(item: tuple[str, Folder]) -> tuple[str, Folder]:
    path, folder = item
    odd = {index: os.fsencode(name) for index, name in enumerate(folder.names) if not is_unicode(name)}
    if not odd:
        return item
    names = ["" if index in odd else name for index, name in enumerate(folder.names)]
    return path, msgspec.structs.replace(folder, names=names, odd=odd)


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
