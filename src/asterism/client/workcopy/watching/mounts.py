"""Which file systems a folder tree lies on, as Linux tells it (`proc_pid_mountinfo(5)`)."""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

TOLD = frozenset(
    [
        "bcachefs",
        "btrfs",
        "ecryptfs",
        "exfat",
        "ext2",
        "ext3",
        "ext4",
        "f2fs",
        "jfs",
        "ntfs3",
        "overlay",
        "ramfs",
        "reiserfs",
        "tmpfs",
        "vfat",
        "xfs",
        "zfs",
    ]
)
"""File systems of this machine alone: of all that happens in them the kernel tells. Other machines' changes it does
not know."""
_ESCAPE = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """A file system at a place, with the numbers that the kernel gives to this mount and to its device."""

    number: str
    device: str
    place: str
    kind: str


def mounts_at(folder: str, listing: str = "/proc/self/mountinfo") -> tuple[Mount, ...]:
    """Return the mount that a folder (absolute, real) lies on, then those below it. Raises OSError."""
    with open(listing, encoding="utf-8", errors="surrogateescape") as file:
        mounts = [_read(line) for line in file]
    holding = [mount for mount in mounts if _lies_in(folder, mount.place)]
    longest = max((len(mount.place) for mount in holding), default=0)
    last = [mount for mount in holding if len(mount.place) == longest][-1:]  # it hides those before
    return (*last, *(mount for mount in mounts if mount.place != folder and _lies_in(mount.place, folder)))


def obstacle(mounts: Sequence[Mount]) -> str | None:
    """Say why a tree on these mounts cannot be watched, None when it can.

    Of a folder that is mounted at two places the kernel does not tell at which of them it changed.
    """
    odd = sorted({mount.kind for mount in mounts if mount.kind not in TOLD})
    if odd:
        return f"it lies on {', '.join(odd)}"
    return "a part of it is mounted in it once more" if len({mount.device for mount in mounts}) < len(mounts) else None


def _read(line: str) -> Mount:
    before, _, after = line.partition(" - ")
    number, _, device, _, place = before.split(" ")[:5]
    return Mount(number, device, _ESCAPE.sub(lambda found: chr(int(found[1], 8)), place), after.split(" ", 1)[0])


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
