"""The events of a lens that reads a chunk: four per file, contiguous (Stargazer 6.4, 6.6). Pure."""

from collections.abc import Iterator, Sequence

from asterism.features.review.findings import AGENTS
from asterism.features.review.inspection import Piece
from asterism.features.review.inspection.facts import ChunkRead
from asterism.features.review.reviews.events import FileComplete, FileStart, ReviewEvent, ToolCall, ToolResult

MANY = 200
"""Readings, of a file by a lens, of which each is told; of more, one per chunk, so that a replay stays small."""
_TOOL = "readFileContext"


def file_events(fact: ChunkRead, now: str, *, readings: int) -> Iterator[ReviewEvent]:
    """Yield what is told of one lens and one chunk in a review of so many `readings`."""
    pieces = fact.chunk.pieces
    if readings <= MANY:
        for piece in pieces:
            yield from _told(fact, [piece], now)
    else:
        yield from _told(fact, pieces, now)


def _told(fact: ChunkRead, pieces: Sequence[Piece], now: str) -> Iterator[ReviewEvent]:
    """Tell of pieces as of one: the last, which shows how far the lens has come."""
    agent, last = AGENTS[fact.lens].id, pieces[-1]
    path = last.file.path
    first_line, last_line, _ = span(last)
    lines = sum(span(piece)[2] for piece in pieces)
    more = len(pieces) - 1
    others = "" if more == 0 else f" and {more} more {'file' if more == 1 else 'files'}"
    yield FileStart(path, last.index, fact.total, agent, now)
    yield ToolCall(agent, _TOOL, f"{path}:{first_line}-{last_line}", now)
    yield ToolResult(agent, _TOOL, f"Read {lines} {'line' if lines == 1 else 'lines'} from {path}{others}", now)
    yield FileComplete(path, last.index, fact.total, agent, now)


def span(piece: Piece) -> tuple[int, int, int]:
    """Return first and last line of the shown side over all hunks, and how many lines of it stand in hunks."""
    deleted = piece.file.deleted
    ranges = [hunk.old_range if deleted else hunk.new_range for hunk in piece.hunks]
    lines = sum(hunk.old_count if deleted else hunk.new_count for hunk in piece.hunks)
    return max(1, ranges[0][0]), max(1, ranges[-1][1]), lines
