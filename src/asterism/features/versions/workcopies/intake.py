"""Reading the files of a working copy that changed, and storing what they hold.

A file is read once: what is hashed is what is stored, whoever writes to it meanwhile. Small contents go into the store
many at a time, large ones by way of a temporary file; none is held in memory twice.
"""

import os
import stat

from asterism.features.versions import storage
from asterism.features.versions.storage import MEBIBYTE
from asterism.kernel.blobs import Blobs, Spool
from asterism.kernel.db import Database
from asterism.kernel.workcopy import reach
from asterism.kernel.workcopy.hashing import Hashed, Pending, Unreadable
from asterism.kernel.workcopy.scan import Scan
from asterism.kernel.workcopy.statcache import sign, untrusted
from asterism.vcs.content import hash_bytes

BATCH_BYTES = 16 * MEBIBYTE
BATCH_FILES = 4000
PIECE = MEBIBYTE


class Intake:
    """Takes the pending files of looks into a user's storage."""

    def __init__(self, db: Database, blobs: Blobs, user_id: str, limits: storage.Limits) -> None:
        self._db, self._blobs, self._user_id, self._limits = db, blobs, user_id, limits
        self._ready: dict[str, bytes] = {}
        self._ready_bytes = 0

    def take(self, scan: Scan) -> None:
        """Read and store what is pending; what is too large for a blob, or no file any more, is passed over.

        Raises Unreadable, QuotaExceeded or Unavailable.
        """
        read: list[Hashed] = []
        for item in scan.pending:
            found = self._read(scan, item)
            if found is None:
                scan.pass_over(item)
            else:
                read.append((item, *found))
            if self._ready_bytes >= BATCH_BYTES or len(self._ready) >= BATCH_FILES:
                self._store()
        self._store()
        scan.take(read)
        scan.pending.clear()

    def _read(self, scan: Scan, item: Pending) -> tuple[bytes, bytes] | None:
        if item.size > self._limits.blob_bytes:
            return None
        path = scan.path(item)
        try:
            handle = reach.open_file(scan.top, path)
        except PermissionError as error:
            raise Unreadable(f"The file {path!r} cannot be read: {error.strerror}.") from error
        except OSError:  # it is gone, or has become something else
            return None
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_size > self._limits.blob_bytes:
                return None
            if status.st_size <= MEBIBYTE:
                return self._read_small(handle, status)
            return self._read_large(handle, status)
        except OSError as error:
            raise Unreadable(f"The file {path!r} cannot be read: {error.strerror}.") from error
        finally:
            os.close(handle)

    def _read_small(self, handle: int, status: os.stat_result) -> tuple[bytes, bytes] | None:
        content = os.read(handle, status.st_size + 1)
        if len(content) != status.st_size:  # it is being written: the next look tells what it becomes
            return self._read_large(handle, status, content)
        name = hash_bytes(content)
        self._ready[name] = content
        self._ready_bytes += len(content)
        return bytes.fromhex(name), sign(status)

    def _read_large(self, handle: int, status: os.stat_result, begun: bytes = b"") -> tuple[bytes, bytes] | None:
        with Spool(self._blobs.spool_folder) as spool:
            spool.write(begun)
            while piece := os.read(handle, PIECE):
                spool.write(piece)
                if spool.size > self._limits.blob_bytes:
                    return None
            name, size = spool.hash, spool.size
            storage.store_spool(self._db, self._blobs, self._user_id, name, spool, self._limits.quota_bytes)
        return bytes.fromhex(name), sign(status) if size == status.st_size else untrusted(size, status.st_mode)

    def _store(self) -> None:
        ready, self._ready, self._ready_bytes = self._ready, {}, 0
        if ready:
            storage.store_small(self._db, self._blobs, self._user_id, ready, self._limits.quota_bytes)
