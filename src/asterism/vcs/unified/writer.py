"""Writing the diff between two contents of a file: the one writer behind every diff that people see."""

from collections.abc import Iterator, Sequence

from asterism.vcs.linediff import Span, changed_spans, split_lines
from asterism.vcs.unified.files import FileDiff, Operation
from asterism.vcs.unified.hunks import Hunk, Line
from asterism.vcs.unified.quotes import decode

CONTEXT = 3


def compare(path: str, old: bytes | None, new: bytes | None, context: int = CONTEXT) -> FileDiff:
    """Return how the lines of one file differ; None is a side on which the file is not there.

    Equal contents have no hunks. Raises linediff.TooManyLines beyond the limits of the line diff.
    """
    operation: Operation = "add" if old is None else "delete" if new is None else "modify"
    spans = changed_spans(old or b"", new or b"")
    sides = split_lines(old or b""), split_lines(new or b"")
    hunks = tuple(_hunk(group, sides, context) for group in _groups(spans, context))
    return FileDiff(None if old is None else path, None if new is None else path, operation, hunks)


def _groups(spans: Sequence[Span], context: int) -> Iterator[list[Span]]:
    """Put spans into one hunk whose contexts meet."""
    group: list[Span] = []
    for span in spans:
        if group and span.old_start - group[-1].old_end > 2 * context:
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _hunk(group: Sequence[Span], sides: tuple[list[bytes], list[bytes]], context: int) -> Hunk:
    old, new = sides
    before = min(context, group[0].old_start)
    old_at, new_at = group[0].old_start - before, group[0].new_start - before
    first = (old_at, new_at)
    lines: list[Line] = []
    after = group[-1].old_end + min(context, len(old) - group[-1].old_end)
    for span in [*group, Span(after, after, group[-1].new_end + after - group[-1].old_end, 0)]:
        shift = new_at - old_at
        lines += [Line("context", _shown(old[at]), at + 1, at + shift + 1) for at in range(old_at, span.old_start)]
        lines += [Line("deleted", _shown(old[at]), at + 1, None) for at in range(span.old_start, span.old_end)]
        lines += [Line("added", _shown(new[at]), None, at + 1) for at in range(span.new_start, span.new_end)]
        old_at, new_at = span.old_end, span.new_end
    new_after = group[-1].new_end + after - group[-1].old_end
    counts = (after - first[0], new_after - first[1])
    return Hunk(
        old_start=first[0] + (counts[0] > 0),
        old_count=counts[0],
        new_start=first[1] + (counts[1] > 0),
        new_count=counts[1],
        section="",
        lines=tuple(lines),
        old_ends_without_newline=counts[0] > 0 and after == len(old) and not old[-1].endswith(b"\n"),
        new_ends_without_newline=counts[1] > 0 and new_after == len(new) and not new[-1].endswith(b"\n"),
    )


def _shown(line: bytes) -> str:
    return decode(line.removesuffix(b"\n"))
