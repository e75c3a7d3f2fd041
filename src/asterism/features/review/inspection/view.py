"""A change as a model may see it: secrets redacted, hidden characters shown, neutral file ids ([5.14]-[5.23]).

The number of lines never changes, so line numbers in the text are those of the reviewed version.
"""

from collections.abc import Iterator, Sequence

from asterism.features.review.findings import ReviewedFile, redact, visible
from asterism.features.review.inspection.chunks import Piece
from asterism.vcs.unified import Hunk, quote

BACKGROUND = 12


def file_id(index: int) -> str:
    """Name a file neutrally: F1, F2, ..."""
    return f"F{index + 1}"


def safe(text: str) -> str:
    """Make one line of text fit for a prompt: redacted, visible, on one line."""
    return visible(redact(text)).replace("\n", "\\u{A}")


def safe_path(path: str) -> str:
    """Write a path so that it cannot look like anything else."""
    return quote(safe(path))


def render(pieces: Sequence[Piece]) -> str:
    """Write pieces as numbered hunks: `+` added, `-` deleted, ` ` context, `~` background."""
    out: list[str] = []
    for piece in pieces:
        diff = piece.file.diff
        out.append(f"{file_id(piece.index)} {safe_path(piece.file.path)} ({diff.operation})")
        lines = redacted_lines(piece.file)
        for hunk in piece.hunks:
            out += _hunk(piece.file, hunk, lines)
        out.append("")
    return "\n".join(out)


def _hunk(file: ReviewedFile, hunk: Hunk, lines: dict[int, str]) -> Iterator[str]:
    first, last = hunk.new_range
    yield f"@@ lines {first}-{last} @@"
    shown = file.diff.new_lines
    if hunk.new_count:
        for number in range(max(1, first - BACKGROUND), first):
            if number not in shown and number in lines:
                yield f"{number:>6} ~ {lines[number]}"
    for line in hunk.lines:
        if line.new is None:
            yield f"{'':>6} - {safe(line.text)}"
        else:
            text = lines[line.new] if line.new in lines else safe(line.text)
            yield f"{line.new:>6} {'+' if line.kind == 'added' else ' '} {text}"
    if hunk.new_count:
        for number in range(last + 1, last + 1 + BACKGROUND):
            if number not in shown and number in lines:
                yield f"{number:>6} ~ {lines[number]}"


def redacted_lines(file: ReviewedFile) -> dict[int, str]:
    """Return every known new-side line redacted in its surroundings, so that the inside of a key is caught too."""
    return {number: visible(line) for number, line in file.redacted_lines.items()}
