"""The events of a lens that reads a chunk: four per file, contiguous (Stargazer 6.4, 6.6). Pure."""

from asterism.features.review.findings import AGENTS, Lens
from asterism.features.review.inspection.chunks import Chunk, Piece
from asterism.features.review.inspection.models import Data

_TOOL = "readFileContext"


def events(lens: Lens, part: Chunk, total: int) -> list[tuple[str, Data]]:
    """Return the events of one lens for one chunk; `total` is the number of reviewed files."""
    agent = AGENTS[lens].id
    out: list[tuple[str, Data]] = []
    for piece in part.pieces:
        path = piece.file.path
        place: Data = {"file": path, "index": piece.index, "total": total, "agent": agent}
        first, last, lines = span(piece)
        noun = "line" if lines == 1 else "lines"
        out += [
            ("file_start", place),
            ("tool_call", {"agent": agent, "tool": _TOOL, "input": f"{path}:{first}-{last}"}),
            ("tool_result", {"agent": agent, "tool": _TOOL, "summary": f"Read {lines} {noun} from {path}"}),
            ("file_complete", place),
        ]
    return out


def span(piece: Piece) -> tuple[int, int, int]:
    """Return first and last line of the shown side over all hunks, and how many lines of it stand in hunks."""
    deleted = piece.file.deleted
    ranges = [hunk.old_range if deleted else hunk.new_range for hunk in piece.hunks]
    lines = sum(hunk.old_count if deleted else hunk.new_count for hunk in piece.hunks)
    return max(1, ranges[0][0]), max(1, ranges[-1][1]), lines
