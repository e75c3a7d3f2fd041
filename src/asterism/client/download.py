"""Fetch blobs: many small ones in one body, big ones on their own, several at a time; every hash is checked."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from asterism.client.api import Api
from asterism.client.errors import ConnectionBroken, Corrupt
from asterism.client.progress import Progress
from asterism.vcs.batch import BatchReader, FrameData, FrameEnd, FrameStart
from asterism.vcs.content import hash_bytes

THREADS = 3
BIG_BYTES = 8 << 20
BATCH_BYTES = 8 << 20
BATCH_BLOBS = 500


class Sink(Protocol):
    """Where contents go. Called from several threads, never for one hash twice."""

    def small(self, blob: str, content: bytes) -> None:
        """Take the whole content of a blob; its hash is right."""
        ...

    def big(self, blob: str, chunks: Iterator[bytes]) -> None:
        """Take a content piece by piece. When `chunks` raises, nothing of it may stay in place."""
        ...


def fetch(api: Api, sizes: dict[str, int], sink: Sink, progress: Progress, *, threads: int = THREADS) -> None:
    """Fetch the blobs whose hashes and sizes are given. Raises Corrupt when the server lacks one or sends another."""
    if not sizes:
        return
    big = [blob for blob, size in sizes.items() if size > BIG_BYTES]
    small = [blob for blob, size in sizes.items() if size <= BIG_BYTES]
    jobs: list[Callable[[], None]] = [lambda b=blob: _fetch_big(api, b, sink, progress) for blob in big]  # type: ignore[misc]
    jobs += [lambda g=group: _fetch_group(api, g, sink, progress) for group in groups(small, sizes)]  # type: ignore[misc]
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def groups(blobs: list[str], sizes: dict[str, int]) -> Iterator[list[str]]:
    """Cut blobs into what is fetched in one body."""
    group: list[str] = []
    total = 0
    for blob in blobs:
        if group and (total + sizes[blob] > BATCH_BYTES or len(group) >= BATCH_BLOBS):
            yield group
            group, total = [], 0
        group.append(blob)
        total += sizes[blob]
    if group:
        yield group


def _fetch_group(api: Api, group: list[str], sink: Sink, progress: Progress) -> None:
    left = dict.fromkeys(group)

    def attempt() -> None:
        with api.get_batch(list(left)) as pieces:
            for blob, content in _frames(pieces):
                if blob not in left or hash_bytes(content) != blob:
                    raise Corrupt(f"The server sent other bytes than those of blob {blob}.")
                sink.small(blob, content)
                del left[blob]
                progress.advance(len(content))
        if left:
            raise ConnectionBroken("The server ended a batch before all of it was sent.")

    api.http.repeat(attempt)


def _frames(pieces: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the blobs of a batch."""
    reader = BatchReader(limit=BIG_BYTES)
    blob, parts = "", list[bytes]()
    for piece in pieces:
        for event in reader.feed(piece):
            if isinstance(event, FrameData):
                parts.append(event.data)
            elif isinstance(event, FrameEnd):
                yield blob, parts[0] if len(parts) == 1 else b"".join(parts)
            else:
                blob, parts = _begin(event)


def _begin(event: FrameStart) -> tuple[str, list[bytes]]:
    if event.size is None:
        raise missing(event.hash)
    return event.hash, []


def _fetch_big(api: Api, blob: str, sink: Sink, progress: Progress) -> None:
    def chunks(pieces: Iterator[bytes]) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
            yield piece
            progress.advance(len(piece))
        if digest.hexdigest() != blob:
            raise Corrupt(f"The server sent other bytes than those of blob {blob}.")

    def attempt() -> None:
        with api.get_blob(blob) as pieces:
            sink.big(blob, chunks(pieces))

    api.http.repeat(attempt)


def missing(blob: str) -> Corrupt:
    """Say that the server does not have a blob that a manifest names."""
    return Corrupt(
        f"The server does not have blob {blob}, which this snapshot needs.",
        hint="Push again from a working copy that has it.",
    )
