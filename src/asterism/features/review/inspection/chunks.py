"""Packing a change into pieces that fit one model call (Stargazer [5.22]). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asterism.features.review.findings import ReviewedFile
from asterism.features.review.inspection.errors import ReviewFailed
from asterism.features.review.inspection.models import CHUNK_BYTES, CHUNKS
from asterism.vcs.unified import Hunk, Line


@dataclass(frozen=True, slots=True)
class Piece:
    """Some hunks of one file; `index` is the file's place in the review, from 0."""

    index: int
    file: ReviewedFile
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one call sees; `number` counts from 1."""

    number: int
    pieces: tuple[Piece, ...]


def chunk(files: Sequence[ReviewedFile], limit: int = CHUNK_BYTES) -> list[Chunk]:
    """Pack files in their order into chunks of at most `limit` bytes of diff. Raises ReviewFailed above 64 chunks.

    A file is split only between hunks, a hunk only when it alone is larger than a chunk. Every changed line is in
    exactly one chunk.
    """
    packed: list[list[Piece]] = []
    room = 0
    for index, file in enumerate(files):
        for hunks, size in _portions(file, limit):
            if not packed or size > room:
                packed.append([])
                room = limit
            room -= size
            last = packed[-1][-1] if packed[-1] else None
            if last is not None and last.index == index:
                packed[-1][-1] = Piece(index, file, last.hunks + hunks)
            else:
                packed[-1].append(Piece(index, file, hunks))
    if len(packed) > CHUNKS:
        raise ReviewFailed(
            "GENERATION_FAILED", f"The diff needs {len(packed)} parts of {limit} bytes; the limit is {CHUNKS}."
        )
    return [Chunk(number, tuple(pieces)) for number, pieces in enumerate(packed, 1)]


def _portions(file: ReviewedFile, limit: int) -> Iterator[tuple[tuple[Hunk, ...], int]]:
    """Yield what must stay together: the whole file when it fits a chunk, else each hunk."""
    sizes = [_size(hunk) for hunk in file.diff.hunks]
    if sum(sizes) <= limit:
        yield file.diff.hunks, sum(sizes)
        return
    for hunk, size in zip(file.diff.hunks, sizes, strict=True):
        if size <= limit:
            yield (hunk,), size
        else:
            for part in split(hunk, limit):
                yield (part,), min(limit, _size(part))


def split(hunk: Hunk, limit: int) -> list[Hunk]:
    """Split a hunk at line boundaries into hunks with headers of their own; a single longer line stays whole."""
    groups: list[list[Line]] = [[]]
    room = limit - _HEADER
    for line in hunk.lines:
        size = len(line.text.encode("utf-8", "replace")) + 2
        if groups[-1] and size > room:
            groups.append([])
            room = limit - _HEADER
        groups[-1].append(line)
        room -= size
    out = []
    old, new = hunk.old_start, hunk.new_start
    for index, lines in enumerate(groups):
        old_count = sum(line.old is not None for line in lines)
        new_count = sum(line.new is not None for line in lines)
        last = index == len(groups) - 1
        out.append(
            Hunk(
                old if old_count else max(0, old - 1),
                old_count,
                new if new_count else max(0, new - 1),
                new_count,
                hunk.section,
                tuple(lines),
                hunk.old_ends_without_newline and last,
                hunk.new_ends_without_newline and last,
            )
        )
        old, new = old + old_count, new + new_count
    return out


_HEADER = 200


def _size(hunk: Hunk) -> int:
    return _HEADER // 4 + sum(len(line.text.encode("utf-8", "replace")) + 2 for line in hunk.lines)
