"""The line merge of three contents, on bytes (Fastest 5.5).

Changes of the two sides that lie at least one unchanged base line apart are both made; equal ones are made once;
anything else is a conflict. The result is what `git merge-file` gives wherever both find no conflict.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from asterism.vcs.linediff import Span, TooManyLines, changed_spans, is_text, split_lines, within_limits

__all__ = [
    "LineMerge",
    "Region",
    "Segment",
    "Settle",
    "TooManyLines",
    "is_text",
    "merge_lines",
    "mergeable",
    "settled",
    "with_markers",
]

Origin = Literal["base", "ours", "main", "both", "conflict"]


class Region(NamedTuple):
    """Where the sides conflict: line ranges of base, ours and main, 0-based, ends exclusive."""

    base_start: int
    base_end: int
    ours_start: int
    ours_end: int
    main_start: int
    main_end: int


class Segment(NamedTuple):
    """A run of the result: whose lines it has, and where it stands on the three sides."""

    origin: Origin
    region: Region


@dataclass(frozen=True, slots=True)
class LineMerge:
    """The outcome. `content` is None when there is a conflict; `segments` cover all three contents in order."""

    content: bytes | None
    segments: tuple[Segment, ...]

    @property
    def regions(self) -> tuple[Region, ...]:
        """The conflicts."""
        return tuple(segment.region for segment in self.segments if segment.origin == "conflict")


def mergeable(*contents: bytes) -> Literal["text", "binary", "too_large"]:
    """Say whether contents can be merged by lines: all are text, and none exceeds the limits of the line diff."""
    if not all(map(is_text, contents)):
        return "binary"
    return "text" if all(map(within_limits, contents)) else "too_large"


def merge_lines(base: bytes, ours: bytes, main: bytes) -> LineMerge:
    """Merge the changes of both sides. Raises TooManyLines beyond the limits (see `mergeable`)."""
    sides = split_lines(base), split_lines(ours), split_lines(main)
    segments: list[Segment] = []
    at = Region(0, 0, 0, 0, 0, 0)
    for chunk in _chunks(changed_spans(base, ours), changed_spans(base, main)):
        region = _region(chunk, at)
        segments += _unchanged(at, region.base_start)
        segments.append(Segment(_origin(chunk, region, sides), region))
        at = region
    segments += _unchanged(at, len(sides[0]))
    if any(segment.origin == "conflict" for segment in segments):
        return LineMerge(None, tuple(segments))
    return LineMerge(b"".join(b"".join(_lines(segment, sides)) for segment in segments), tuple(segments))


class _Chunk(NamedTuple):
    """Changes of both sides that touch each other."""

    start: int
    end: int
    ours: list[Span]
    main: list[Span]


def _chunks(ours: Sequence[Span], main: Sequence[Span]) -> list[_Chunk]:
    spans = sorted([(span, 0) for span in ours] + [(span, 1) for span in main])
    chunks: list[_Chunk] = []
    for span, side in spans:
        if chunks and span.old_start <= chunks[-1].end:
            chunks[-1] = chunks[-1]._replace(end=max(chunks[-1].end, span.old_end))
        else:
            chunks.append(_Chunk(span.old_start, span.old_end, [], []))
        (chunks[-1].main if side else chunks[-1].ours).append(span)
    return chunks


def _region(chunk: _Chunk, before: Region) -> Region:
    """Return where a chunk stands on all sides; `before` is the region in front of it."""
    gap = chunk.start - before.base_end
    ours, main = before.ours_end + gap, before.main_end + gap
    size = chunk.end - chunk.start
    return Region(
        chunk.start, chunk.end, ours, ours + size + _growth(chunk.ours), main, main + size + _growth(chunk.main)
    )


def _growth(spans: Sequence[Span]) -> int:
    return sum(span.new_end - span.new_start - (span.old_end - span.old_start) for span in spans)


def _unchanged(before: Region, until: int) -> list[Segment]:
    size = until - before.base_end
    _, base, _, ours, _, main = before
    return [Segment("base", Region(base, until, ours, ours + size, main, main + size))] if size else []


def _origin(chunk: _Chunk, region: Region, sides: Sequence[list[bytes]]) -> Origin:
    if not chunk.main:
        return "ours"
    if not chunk.ours:
        return "main"
    ours = sides[1][region.ours_start : region.ours_end]
    return "both" if ours == sides[2][region.main_start : region.main_end] else "conflict"


def _lines(segment: Segment, sides: Sequence[list[bytes]]) -> list[bytes]:
    region = segment.region
    if segment.origin == "main":
        return sides[2][region.main_start : region.main_end]
    return sides[1][region.ours_start : region.ours_end]


Settle = Callable[[Sequence[bytes], Sequence[bytes], Sequence[bytes]], bytes | None]
"""Settles one conflict, given the lines of base, ours and main; None when it cannot."""


def settled(merge: LineMerge, base: bytes, ours: bytes, main: bytes, settle: Settle) -> bytes | None:
    """Return the merged text with each conflict settled, None when one is not."""
    sides = split_lines(base), split_lines(ours), split_lines(main)
    out: list[bytes] = []
    for segment in merge.segments:
        if segment.origin != "conflict":
            out += _lines(segment, sides)
            continue
        region = segment.region
        found = settle(
            sides[0][region.base_start : region.base_end],
            sides[1][region.ours_start : region.ours_end],
            sides[2][region.main_start : region.main_end],
        )
        if found is None:
            return None
        out.append(found)
    return b"".join(out)


def with_markers(
    merge: LineMerge, base: bytes, ours: bytes, main: bytes, *, names: tuple[str, str] = ("ours", "theirs")
) -> bytes:
    """Return the merged text with each conflict between markers, as git writes them.

    Lines that both sides of a conflict begin or end with stand outside of its markers.
    """
    sides = split_lines(base), split_lines(ours), split_lines(main)
    out: list[bytes] = []
    for segment in merge.segments:
        if segment.origin != "conflict":
            out += _lines(segment, sides)
            continue
        region = segment.region
        one, other = sides[1][region.ours_start : region.ours_end], sides[2][region.main_start : region.main_end]
        first = _shared(one, other)
        last = _shared(one[first:][::-1], other[first:][::-1])
        out += one[:first]
        out += _marked(one[first : len(one) - last], other[first : len(other) - last], names)
        out += one[len(one) - last :]
    return b"".join(out)


def _shared(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _marked(ours: list[bytes], main: list[bytes], names: tuple[str, str]) -> list[bytes]:
    end = b"\r\n" if any(line.endswith(b"\r\n") for line in ours[:1] + main[:1]) else b"\n"
    return [
        b"<<<<<<< " + names[0].encode() + end,
        *_ended(ours, end),
        b"=======" + end,
        *_ended(main, end),
        b">>>>>>> " + names[1].encode() + end,
    ]


def _ended(lines: list[bytes], end: bytes) -> list[bytes]:
    return [line if line.endswith(b"\n") else line + end for line in lines]
