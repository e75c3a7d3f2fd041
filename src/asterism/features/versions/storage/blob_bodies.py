"""Sending many blobs in one body. Blobs that lie one after the other in a pack are read at once."""

import hashlib
from collections.abc import Iterator, Sequence

from asterism.features.versions.storage import store
from asterism.features.versions.storage.blobs import primed, read, read_whole, verify
from asterism.features.versions.storage.errors import BlobGone, BlobsMissing, UnknownBlob
from asterism.features.versions.storage.keys import pack_key
from asterism.features.versions.storage.models import MEBIBYTE, Place
from asterism.kernel.blobs import Blobs, ObjectMissing
from asterism.kernel.db import Database, Tx
from asterism.vcs.batch import frame_head

READ_AT_ONCE = 2 * MEBIBYTE
GAP_BYTES = 32 * 1024  # reading over a small gap is cheaper than a second read

Planned = tuple[str, Place | None]


def plan_sending(tx: Tx, user_id: str, hashes: Sequence[str]) -> list[Planned]:
    """Return what a download batch will hold: each hash with its place, None when it is not stored."""
    stored = store.places(tx, user_id, hashes)
    return [(blob, stored.get(blob)) for blob in hashes]


def open_range(
    db: Database, blobs: Blobs, user_id: str, blob: str, place: Place, start: int, end: int, *, verified: bool
) -> bytes | Iterator[bytes]:
    """Return a range of a located blob: of a small one at once, of a large one in pieces, the first one read already.

    A small blob is verified, a large one only when `verified` is asked for; that reads it twice. Raises BlobGone when
    it is lost. Blocks.
    """
    if place.size <= MEBIBYTE:
        return read_whole(db, blobs, user_id, blob, place)[start:end]
    if verified:
        verify(db, blobs, user_id, blob, place)
    return read(db, blobs, user_id, blob, place, start, end)


def send(db: Database, blobs: Blobs, user_id: str, plan: Sequence[Planned]) -> Iterator[bytes]:
    """Return a download batch in pieces of a few megabytes, in the order of the plan, the first one read.

    Blocks. Small blobs are verified. One that turns out to be lost is sent as not stored; so how long the body is, is
    not known before.
    """
    return primed(_pieces(db, blobs, user_id, plan))


def _pieces(db: Database, blobs: Blobs, user_id: str, plan: Sequence[Planned]) -> Iterator[bytes]:
    for run in _runs(plan):
        blob, place = run[0]
        if place is not None and place.size > READ_AT_ONCE:
            yield from _large_frame(db, blobs, user_id, blob, place)
        else:
            yield _frames(db, blobs, user_id, run)


def _large_frame(db: Database, blobs: Blobs, user_id: str, blob: str, place: Place) -> Iterator[bytes]:
    try:
        pieces = read(db, blobs, user_id, blob, place)
    except (BlobGone, UnknownBlob):
        yield frame_head(blob, None)
        return
    yield frame_head(blob, place.size)
    yield from pieces


def _runs(plan: Sequence[Planned]) -> Iterator[list[Planned]]:
    """Cut the plan where the next blob does not lie shortly after the one before in the same pack."""
    run: list[Planned] = []
    first: Place | None = None
    last: Place | None = None
    for blob, place in plan:
        if place is not None and last is not None and first is not None:
            gap = place.start - last.start - last.size
            near = place.pack_id == last.pack_id and 0 <= gap <= GAP_BYTES
            if not near or place.start + place.size - first.start > READ_AT_ONCE:
                yield run
                run, first, last = [], None, None
        run.append((blob, place))
        if place is not None:
            first = first or place
            last = place
    if run:
        yield run


def read_all(
    db: Database, blobs: Blobs, user_id: str, plan: Sequence[Planned]
) -> Iterator[tuple[str, bytes | memoryview | Iterator[bytes]]]:
    """Yield the contents of a plan, each with its hash: small ones whole and verified, large ones in pieces.

    A plan in the order of the places is read fastest. Raises BlobsMissing when one is not stored, or lost. Blocks.
    """
    for run in _runs(plan):
        blob, place = run[0]
        if place is not None and place.size > READ_AT_ONCE:
            try:
                yield blob, read(db, blobs, user_id, blob, place)
            except (BlobGone, UnknownBlob) as error:
                raise BlobsMissing([blob]) from error
            continue
        for name, content in _contents(db, blobs, user_id, run):
            if content is None:
                raise BlobsMissing([name])
            yield name, content


def _frames(db: Database, blobs: Blobs, user_id: str, run: Sequence[Planned]) -> bytes:
    parts: list[bytes | memoryview] = []
    for blob, content in _contents(db, blobs, user_id, run):
        parts.append(frame_head(blob, None if content is None else len(content)))
        parts += [content] if content is not None else []
    return b"".join(parts)


def _contents(
    db: Database, blobs: Blobs, user_id: str, run: Sequence[Planned]
) -> list[tuple[str, bytes | memoryview | None]]:
    """Read the blobs of a run at once, None for each that is not stored or lost."""
    places = [place for _, place in run if place is not None]
    if not places:
        return [(blob, None) for blob, _ in run]
    first, last = places[0], places[-1]
    try:
        key = pack_key(user_id, first.pack_id)
        data = memoryview(blobs.get_range(key, first.start, last.start + last.size))
    except ObjectMissing:
        return [(blob, _alone(db, blobs, user_id, blob, place)) for blob, place in run]
    found: list[tuple[str, bytes | memoryview | None]] = []
    for blob, place in run:
        content: bytes | memoryview | None = None
        if place is not None:
            content = data[place.start - first.start :][: place.size]
            if hashlib.sha256(content).hexdigest() != blob:
                content = _alone(db, blobs, user_id, blob, place)
        found.append((blob, content))
    return found


def _alone(db: Database, blobs: Blobs, user_id: str, blob: str, place: Place | None) -> bytes | None:
    try:
        return None if place is None else read_whole(db, blobs, user_id, blob, place)
    except (BlobGone, UnknownBlob):
        return None
