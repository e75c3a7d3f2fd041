"""Reading and hashing the files of a tree, with several processes where there are many, else with threads."""

import hashlib
import os
import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from asterism.base.errors import Invalid
from asterism.kernel.workcopy import reach
from asterism.kernel.workcopy.crew import Crew, Start, helpers_at_hand
from asterism.kernel.workcopy.statcache import HASH_BYTES, SIGNATURE_BYTES, sign, untrusted

READ_BYTES = 1 << 20
FILE_BYTES = 20_000  # as much work as opening a file is
PORTIONS = 100
PORTION_BYTES = 1 << 20
LARGE_BYTES = 64 << 10  # smaller ones are read no faster by threads: Python runs one of these at a time
MANY_BYTES = 8 << 20  # of work; with less, what forking costs shows
_ROW = struct.Struct(f"{HASH_BYTES}s{SIGNATURE_BYTES}s")


class Unreadable(Invalid):
    """Something in the tree cannot be read."""

    code = "UNREADABLE"


@dataclass(frozen=True, slots=True)
class Pending:
    """A file whose content has to be read: where it stands in its folder."""

    folder: str
    name: str
    index: int
    size: int

    @property
    def path(self) -> str:
        """Its path below the top."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def work(self) -> int:
        """How long it takes to read, in bytes."""
        return self.size + FILE_BYTES


Hashed: TypeAlias = tuple[Pending, bytes, bytes]
"""A file that was read: raw hash of its content, and its signature from before that."""


def hash_files(
    top: str, files: Sequence[Pending], *, at_once: int, start: Start | None = None
) -> Iterator[list[Hashed]]:
    """Read and hash files below `top`, up to so many at once; yield them in groups, in no order. Raises Unreadable."""
    portions = list(_portions(files))
    if start is None:
        helpers = helpers_at_hand(at_once - 1) if sum(item.work for item in files) >= MANY_BYTES else 0
    else:
        helpers = at_once - 1

    def told(number: int) -> bytes:
        return b"".join(_ROW.pack(content, signature) for _, content, signature in _hash_group(top, portions[number]))

    if helpers == 0 and at_once > 1 and sum(item.size for item in files) > LARGE_BYTES * len(files):
        with ThreadPoolExecutor(at_once) as pool:
            yield from pool.map(lambda portion: _hash_group(top, portion), portions)
        return
    left = dict(enumerate(portions))
    with Crew(len(portions), told, helpers, start) as crew:
        for number, rows in crew.finished():
            yield [(item, *row) for item, row in zip(left.pop(number), _ROW.iter_unpack(rows), strict=True)]
    for portion in left.values():  # a helper ended: it was killed, or met what cannot be read
        yield _hash_group(top, portion)


def _portions(files: Sequence[Pending]) -> Iterator[list[Pending]]:
    """Cut files into portions of about as much work."""
    share = max(sum(item.work for item in files) / PORTIONS, PORTION_BYTES)
    portion, work = list[Pending](), 0.0
    for item in files:
        portion.append(item)
        work += item.work
        if work >= share:
            yield portion
            portion, work = [], work % share
    if portion:
        yield portion


def _hash_group(top: str, files: Sequence[Pending]) -> list[Hashed]:
    """Read and hash some files, each folder opened once. Raises Unreadable."""
    found: list[Hashed] = []
    for folder, group in groupby(files, lambda item: item.folder):
        item = None
        try:
            with reach.folder(top, folder) as place:
                for item in group:
                    found.append((item, *_hash_file(place, item.name)))
        except OSError as error:
            path = folder if item is None else item.path
            raise Unreadable(f"The file {path!r} cannot be read: {error.strerror}.") from error
    return found


def _hash_file(place: int, name: str) -> tuple[bytes, bytes]:
    """Return raw hash and signature of one file, the signature from before its content was read. Raises OSError."""
    handle, status = reach.open_with_status(place, name)
    try:
        content = os.read(handle, min(status.st_size + 1, READ_BYTES))
        if len(content) == status.st_size:
            return hashlib.sha256(content).digest(), sign(status)
        digest, size = hashlib.sha256(content), len(content)
        while chunk := os.read(handle, min(max(status.st_size - size, 0) + 1, READ_BYTES)):
            digest.update(chunk)
            size += len(chunk)
    finally:
        os.close(handle)
    if size != status.st_size:  # it grew or shrank meanwhile: what was read counts, and it is read again next time
        return digest.digest(), untrusted(size, status.st_mode)
    return digest.digest(), sign(status)
