"""Send blobs that the server lacks: many small files in one body, big ones on their own, several at a time."""

import itertools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from asterism.base.errors import DomainError, TooLarge
from asterism.client.api import EXISTS_AT_ONCE, Api
from asterism.client.errors import ChangedMeanwhile
from asterism.client.progress import Progress
from asterism.vcs.batch import frame_head

THREADS = 4
BIG_BYTES = 8 << 20
USUAL_LIMIT_BYTES = 256 << 20
BATCH_BYTES = 16 << 20
BATCH_FILES = 1000
PIECE_BYTES = 1 << 20
FEW_BYTES = 256 << 10
FEW_FILES = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Content to send and the file that holds it (an absolute path)."""

    hash: str
    size: int
    path: str


def find_missing(api: Api, hashes: Sequence[str]) -> set[str]:
    """Return which of the hashes the server does not store."""
    groups = [hashes[at : at + EXISTS_AT_ONCE] for at in range(0, len(hashes), EXISTS_AT_ONCE)]
    if len(groups) <= 1:
        return set(api.missing_blobs(groups[0])) if groups else set()
    with ThreadPoolExecutor(THREADS) as pool:
        return set(itertools.chain.from_iterable(pool.map(api.missing_blobs, groups)))


def are_few(sources: Collection[Source]) -> bool:
    """Say whether contents are so few and small that asking which of them are missing takes longer than sending all."""
    return 0 < len(sources) <= FEW_FILES and sum(source.size for source in sources) <= FEW_BYTES


def send_few(api: Api, sources: Collection[Source], progress: Progress) -> tuple[int, int]:
    """Send contents that may be stored already; return how many were not, and their bytes. Raises ChangedMeanwhile."""
    group, done = list(sources), (0, 0)

    def attempt() -> None:
        nonlocal done
        done = api.put_batch(lambda: _frames(group, progress))

    _checked(lambda: api.http.repeat(attempt), group)
    return done


def send(api: Api, sources: Iterable[Source], progress: Progress) -> int:
    """Send contents; returns how many bytes.

    Raises ChangedMeanwhile when a file is no longer what it was, and TooLarge with its path when the server takes no
    content of that size.
    """
    small: list[Source] = []
    big: list[Source] = []
    sent = 0
    for source in sources:
        (big if source.size > BIG_BYTES else small).append(source)
    big.sort(key=lambda source: source.size, reverse=True)
    while big and big[0].size > USUAL_LIMIT_BYTES:  # maybe too large for the server: find out before the rest is sent
        first = big.pop(0)
        sent += _send_big(api, first, progress)
    jobs: list[Callable[[], int]] = [lambda s=source: _send_big(api, s, progress) for source in big]  # type: ignore[misc]
    jobs += [lambda g=group: _send_group(api, g, progress) for group in _groups(small)]  # type: ignore[misc]
    if len(jobs) == 1:
        return sent + jobs[0]()
    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            return sent + sum(future.result() for future in futures)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _groups(sources: list[Source]) -> Iterator[list[Source]]:
    group: list[Source] = []
    size = 0
    for source in sources:
        if group and (size + source.size > BATCH_BYTES or len(group) >= BATCH_FILES):
            yield group
            group, size = [], 0
        group.append(source)
        size += source.size
    if group:
        yield group


def _send_group(api: Api, group: list[Source], progress: Progress) -> int:
    left = group
    first = True

    def attempt() -> None:
        nonlocal left, first
        if not first:  # some may have arrived before the connection broke
            missing = find_missing(api, [source.hash for source in left])
            left = [source for source in left if source.hash in missing]
        first = False
        if left:
            api.put_batch(lambda: _frames(left, progress))

    _checked(lambda: api.http.repeat(attempt), group)
    return sum(source.size for source in group)


def _frames(group: list[Source], progress: Progress) -> Iterator[bytes]:
    """Write a batch in pieces of about `PIECE_BYTES`."""
    piece: list[bytes] = []
    size = 0
    for source in group:
        content = _read(source)
        piece += [frame_head(source.hash, source.size), content]
        size += source.size
        if size >= PIECE_BYTES:
            yield b"".join(piece)
            progress.advance(size)
            piece, size = [], 0
    yield b"".join(piece)
    progress.advance(size)


def _read(source: Source) -> bytes:
    try:
        handle = os.open(source.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            content = os.read(handle, source.size + 1)
            while len(content) < source.size and (more := os.read(handle, source.size + 1 - len(content))):
                content += more
        finally:
            os.close(handle)
    except OSError as error:
        raise _changed(source.path) from error
    if len(content) != source.size:
        raise _changed(source.path)
    return content


def _send_big(api: Api, source: Source, progress: Progress) -> int:
    def chunks() -> Iterator[bytes]:
        left = source.size
        try:
            with open(source.path, "rb", buffering=0) as file:
                while chunk := file.read(min(PIECE_BYTES, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        break
                    yield chunk
                    progress.advance(len(chunk))
        except OSError as error:
            raise _changed(source.path) from error
        if left:
            raise _changed(source.path)

    _checked(lambda: api.put_blob(source.hash, chunks, source.size), [source])
    return source.size


def _checked(call: Callable[[], None], sources: Sequence[Source]) -> None:
    """Make a call that sends contents; what the server says of a content is said of its file."""
    try:
        call()
    except DomainError as error:
        if error.code == "HASH_MISMATCH":
            raise _changed(sources[0].path if len(sources) == 1 else None) from error
        limit = error.details.get("limit_bytes") if error.details else None
        if isinstance(error, TooLarge) and isinstance(limit, int):
            largest = max(sources, key=lambda source: source.size)
            if largest.size > limit:
                raise _too_large(largest, limit) from error
        raise


def _too_large(source: Source, limit: int) -> TooLarge:
    return TooLarge(
        f"{source.path!r} has {source.size:,} bytes; the server takes at most {limit:,} bytes in one file.",
        hint="List it in .asterismignore, or have the server's limit raised (ASTERISM_BLOB_MAX_BYTES).",
        details={"path": source.path, "size": source.size, "limit_bytes": limit},
    )


def _changed(path: str | None) -> ChangedMeanwhile:
    which = repr(path) if path else "A file"
    return ChangedMeanwhile(f"{which} changed while it was sent.", hint="Run the command again.")
