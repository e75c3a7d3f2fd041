"""Copying stored content from one store to another: verified by hashes, taken up where it broke off (ADR 0204)."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from asterism.features.versions import storage
from asterism.kernel.blobs import Blobs, ObjectMissing, Spool
from asterism.kernel.db import Database
from asterism.kernel.db.table_copy import CopyDiffers
from asterism.server.backup import PROLONG_SECONDS, Progress

WORKERS = 8
"""Objects on their way at one time: a store beyond this machine answers slowly, and many at once."""


@dataclass(slots=True)
class ContentCopied:
    """What became of the objects: `sent` now, `present` in the target as they should be, `missing` in the source."""

    sent: int = 0
    present: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)


def copy_content(db: Database, source: Blobs, target: Blobs, progress: Progress) -> ContentCopied:
    """Copy every object that the database refers to. None is collected meanwhile. Blocks.

    Raises CollectionRunning, CopyDiffers or Unavailable; what was copied until then stays, and is not sent again.
    """
    with storage.uncollected(db) as prolong:
        return copy_objects(source, target, list(storage.object_keys(db)), progress, _now_and_then(prolong))


def copy_objects(
    source: Blobs, target: Blobs, keys: list[str], progress: Progress, meanwhile: Callable[[], None] = lambda: None
) -> ContentCopied:
    """Copy these objects, `WORKERS` at a time; at most a mebibyte of each is in memory. Each is read back and compared.

    An object that is in the target with its size and SHA-256 is not sent. Raises CopyDiffers or Unavailable.
    """
    result, lock = ContentCopied(), threading.Lock()
    progress.start("copying objects", len(keys), items=True)

    def copy(key: str) -> None:
        size = source.size(key)
        sent = False if size is None else _copy(source, target, key, size)
        with lock:
            if size is None:
                result.missing.append(key)
            elif sent:
                result.sent += 1
                result.bytes += size
            else:
                result.present += 1
        progress.advance(1)

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="copy") as pool:
        for _ in _finished(pool, copy, keys):
            meanwhile()
    target.sync(keys if not result.missing else sorted(set(keys) - set(result.missing)))
    result.missing.sort()
    return result


def _finished(pool: ThreadPoolExecutor, work: Callable[[str], None], keys: Iterable[str]) -> Iterator[None]:
    """Do the work for all keys, few of them waiting at a time. Yields now and then, and raises what one raised."""
    open_: set[Future[None]] = set()
    try:
        for key in keys:
            open_.add(pool.submit(work, key))
            if len(open_) >= 2 * WORKERS:
                done, open_ = wait(open_, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()
                yield
        for one in open_:
            one.result()
    finally:
        for one in open_:
            one.cancel()


def _copy(source: Blobs, target: Blobs, key: str, size: int) -> bool:
    """Copy one object unless it is there; return whether it was sent."""
    if target.size(key) == size and _hash(target, key, size) == _hash(source, key, size):
        return False
    with Spool(target.spool_folder) as spool:
        for piece in source.read(key, 0, size):
            spool.write(piece)
        wanted = spool.hash
        target.put_spool(key, spool)
    try:
        equal = target.size(key) == size and _hash(target, key, size) == wanted
    except ObjectMissing:
        equal = False
    if not equal:
        raise CopyDiffers(
            f"The object {key} came out different in the target.",
            hint="Look for what else writes there; then run the command again.",
        )
    return True


def _hash(blobs: Blobs, key: str, size: int) -> str:
    digest = hashlib.sha256()
    for piece in blobs.read(key, 0, size):
        digest.update(piece)
    return digest.hexdigest()


def _now_and_then(prolong: Callable[[], None]) -> Callable[[], None]:
    """Return a function that prolongs the right to collect when that is due."""
    prolonged = time.monotonic()

    def meanwhile() -> None:
        nonlocal prolonged
        if time.monotonic() - prolonged > PROLONG_SECONDS:
            prolong()
            prolonged = time.monotonic()

    return meanwhile
