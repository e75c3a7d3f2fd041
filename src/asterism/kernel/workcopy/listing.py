"""What the system tells of the names in a folder: the costly part of a look, one `stat` a name."""

import os
import stat
import struct
from collections.abc import Mapping

from asterism.kernel.workcopy.scan import Written
from asterism.kernel.workcopy.statcache import DIR, FILE, LINK, SIGNATURE, SIGNATURE_BYTES, SPECIAL, sign

_FORMATS = {stat.S_IFREG: FILE, stat.S_IFDIR: DIR, stat.S_IFLNK: LINK}
_pack = struct.Struct("<qqqQI").pack  # what `sign` writes, but for times beyond 2262


def list_folder(place: int, prefix: str = "", written: Mapping[str, Written] = {}) -> tuple[list[str], bytes, bool]:
    """Return names and signatures of what is in a folder, in the file system's order.

    The last says whether a file in it has other names too, by which it may change unnoticed.
    """
    names: list[str] = []
    shared = False
    stats: list[bytes] = []
    with os.scandir(place) as entries:
        for entry in entries:
            if written and (fact := written.get(prefix + entry.name)) and entry.is_file(follow_symlinks=False):
                names.append(entry.name)
                stats.append(fact[1])
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # it went between the listing and this look
                continue
            mode = status.st_mode
            names.append(entry.name)
            if mode & 0o170000 == 0o040000:
                stats.append(_pack(0, 0, 0, 0, mode))
                continue
            try:
                stats.append(_pack(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, mode))
            except struct.error:
                stats.append(sign(status))
            if status.st_nlink > 1:
                shared = True
    return names, b"".join(stats), shared


def kinds_in(stats: bytes) -> bytearray:
    """Return what each signature of a folder is of, before any rule."""
    return bytearray(_FORMATS.get(stat.S_IFMT(row[4]), SPECIAL) for row in SIGNATURE.iter_unpack(stats))


def is_file(stats: bytes, index: int) -> bool:
    """Say whether the signature of that index is that of a regular file."""
    return stat.S_ISREG(SIGNATURE.unpack_from(stats, index * SIGNATURE_BYTES)[4])
