"""What the system tells of the names in a folder: the costly part of a look, one `stat` a name."""

import os
import stat
from collections.abc import Mapping

from asterism.kernel.workcopy.scan import Written
from asterism.kernel.workcopy.statcache import DIR, FILE, LINK, SIGNATURE, SPECIAL, TIME_MASK

_FORMATS = {stat.S_IFREG: FILE, stat.S_IFDIR: DIR, stat.S_IFLNK: LINK}
_pack = SIGNATURE.pack


def list_folder(
    place: int, prefix: str = "", written: Mapping[str, Written] = {}
) -> tuple[list[str], bytearray, bytes, bool]:
    """Return names, kinds (before any rule) and signatures of what is in a folder, in the file system's order.

    The last says whether a file in it has other names too, by which it may change unnoticed.
    """
    names: list[str] = []
    shared = False
    kinds = bytearray()
    stats: list[bytes] = []
    formats = _FORMATS
    with os.scandir(place) as entries:
        for entry in entries:
            if written and (fact := written.get(prefix + entry.name)) and entry.is_file(follow_symlinks=False):
                names.append(entry.name)
                kinds.append(FILE)
                stats.append(fact[1])
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # it went between the listing and this look
                continue
            mode = status.st_mode
            kind = formats.get(mode & 0o170000, SPECIAL)
            names.append(entry.name)
            kinds.append(kind)
            if kind == DIR:
                stats.append(_pack(0, 0, 0, 0, mode))
            else:
                mtime, ctime = status.st_mtime_ns & TIME_MASK, status.st_ctime_ns & TIME_MASK
                stats.append(_pack(mtime, ctime, status.st_size, status.st_ino, mode))
                if status.st_nlink > 1:
                    shared = True
    return names, kinds, b"".join(stats), shared
