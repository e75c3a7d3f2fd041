"""Which lines differ between two contents, found by libgit2's diff (the one that git has), in bounded time.

Contents are bytes, cut after each LF alone; lines are compared with their terminators, so CRLF, a byte order mark, a
missing newline at the end and any encoding count as they are (Fastest 5.5).
"""

from typing import NamedTuple

MAX_BYTES = 2 * 1024 * 1024
MAX_LINES = 200_000
SNIFFED = 8000


class Span(NamedTuple):
    """Lines `old_start..old_end` became `new_start..new_end`; 0-based, ends exclusive, either may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class TooManyLines(ValueError):
    """A content has more bytes or lines than are compared: over `MAX_BYTES` or `MAX_LINES`."""


def is_text(content: bytes) -> bool:
    """Say whether a content is compared by lines at all: no NUL in its first 8,000 bytes (Fastest 5.5)."""
    return b"\0" not in content[:SNIFFED]


def within_limits(content: bytes) -> bool:
    """Say whether a content is small enough to be compared by lines."""
    return len(content) <= MAX_BYTES and content.count(b"\n") < MAX_LINES


def split_lines(content: bytes) -> list[bytes]:
    """Return the lines of a content, each with its LF; only the last may have none."""
    lines = content.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def changed_spans(old: bytes, new: bytes) -> list[Span]:
    """Return what differs, in order; between two spans lies at least one line that both sides have.

    Raises TooManyLines beyond the limits, where the time it takes would no longer be bounded by a second or so.
    """
    if old == new:
        return []
    if not within_limits(old) or not within_limits(new):
        raise TooManyLines
    from pygit2 import Patch  # a tenth of a second, which commands that compare no lines do not spend
    from pygit2.enums import DiffOption

    patch = Patch.create_from(old, new, flag=DiffOption.FORCE_TEXT, context_lines=0, interhunk_lines=0)
    spans = []
    for hunk in patch.hunks:
        # In a header an empty side is named by the line in front of it, another by its first line.
        old_start = hunk.old_start - (hunk.old_lines > 0)
        new_start = hunk.new_start - (hunk.new_lines > 0)
        spans.append(Span(old_start, old_start + hunk.old_lines, new_start, new_start + hunk.new_lines))
    return spans


def matching_lines(old: bytes, new: bytes) -> dict[int, int]:
    """Return the lines that both contents have, 0-based old number to new number. Raises TooManyLines."""
    found: dict[int, int] = {}
    old_at = new_at = 0
    total = len(split_lines(old))
    for span in [*changed_spans(old, new), Span(total, total, 0, 0)]:
        for offset in range(span.old_start - old_at):
            found[old_at + offset] = new_at + offset
        old_at, new_at = span.old_end, span.new_end
    return found
