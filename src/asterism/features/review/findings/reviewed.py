"""A changed file as a review sees it: its diff and, when known, its whole new text. Everything else reads from here."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from asterism.features.review.findings import detector
from asterism.features.review.findings.paths import is_test
from asterism.vcs.unified import FileDiff


@dataclass(frozen=True)
class ReviewedFile:
    """One file of the snapshot.

    `new_text` is the reviewed version, None when only hunks are known (a posted diff of an existing file) and for
    deleted files. No later stage reads the work tree again (Stargazer [5.4]).
    """

    diff: FileDiff
    new_text: str | None = None

    @property
    def path(self) -> str:
        """The path people know it by, relative to the root."""
        return self.diff.path

    @property
    def deleted(self) -> bool:
        """Whether the new side is empty because the file is gone."""
        return self.diff.operation == "delete"

    @cached_property
    def is_test(self) -> bool:
        """Whether it is a test file."""
        return is_test(self.path)

    @cached_property
    def lines(self) -> tuple[str, ...] | None:
        """All new-side lines without their LF, None when the text is not known."""
        if self.new_text is None:
            return None
        return split_lines(self.new_text)

    @cached_property
    def old_text(self) -> str | None:
        """The text before the change, worked out from the new one and the diff; None when that is not known."""
        if self.lines is None:
            return None
        out: list[str] = []
        at = 0
        for hunk in self.diff.hunks:
            start = hunk.new_start - 1 if hunk.new_count else hunk.new_start
            out += self.lines[at:start]
            out += [line.text for line in hunk.lines if line.kind != "added"]
            at = start + hunk.new_count
        out += self.lines[at:]
        return "".join(f"{line}\n" for line in out)

    def line(self, number: int) -> str | None:
        """Return new-side line `number` (1-based), None when it does not exist or is not known."""
        if self.lines is not None:
            return self.lines[number - 1] if 1 <= number <= len(self.lines) else None
        shown = self.diff.new_lines.get(number)
        return None if shown is None else shown.text

    def between(self, start: int, end: int) -> list[str]:
        """Return the new-side lines `start..end` as far as they are known, stopping at the first unknown one."""
        out: list[str] = []
        for number in range(start, end + 1):
            text = self.line(number)
            if text is None:
                break
            out.append(text)
        return out

    @cached_property
    def texts(self) -> tuple[tuple[int, str], ...]:
        """The known new-side text with the number of its first line: all of it, or one piece per hunk."""
        if self.new_text is not None:
            return ((1, self.new_text),) if self.new_text else ()
        return tuple(
            (hunk.new_start, "\n".join(line.text for line in hunk.lines if line.new is not None))
            for hunk in self.diff.hunks
            if hunk.new_count
        )

    @cached_property
    def secrets(self) -> tuple[tuple[detector.Match, ...], ...]:
        """What the detector finds in each piece of `texts`; read once, for findings, redaction and masking alike."""
        return tuple(tuple(detector.scan(text)) for _, text in self.texts)

    @cached_property
    def shown_lines(self) -> dict[int, str]:
        """All known new-side lines by number, with secrets masked in their surroundings."""
        return self._without_secrets(detector.masked)

    @cached_property
    def redacted_lines(self) -> dict[int, str]:
        """All known new-side lines by number, with secrets redacted in their surroundings."""
        return self._without_secrets(detector.redacted)

    def _without_secrets(self, shown: Callable[[detector.Match], str]) -> dict[int, str]:
        out: dict[int, str] = {}
        for (first, text), matches in zip(self.texts, self.secrets, strict=True):
            clean = detector.replaced(text, matches, shown)
            lines = clean.split("\n") if self.new_text is None else split_lines(clean)
            out.update(enumerate(lines, first))
        return out

    def shown(self, start: int, end: int) -> list[str]:
        """Return lines `start..end` like `between`, with secrets masked."""
        out: list[str] = []
        for number in range(start, end + 1):
            text = self.shown_lines.get(number)
            if text is None:
                break
            out.append(text)
        return out

    @cached_property
    def hunk_ranges(self) -> tuple[tuple[int, int], ...]:
        """First and last new-side line of every hunk that has new-side lines."""
        return tuple(hunk.new_range for hunk in self.diff.hunks if hunk.new_count)

    def hunk_at(self, number: int) -> tuple[int, int] | None:
        """Return the new-side range of the hunk that shows line `number`."""
        at = bisect_right(self.hunk_ranges, number, key=lambda both: both[0]) - 1
        return self.hunk_ranges[at] if at >= 0 and number <= self.hunk_ranges[at][1] else None

    @cached_property
    def added(self) -> tuple[int, ...]:
        """The new-side numbers of the added lines, ascending."""
        return tuple(sorted(self.diff.added_numbers))

    def first_added(self, start: int, end: int) -> int | None:
        """Return the first added line among `start..end`."""
        at = bisect_left(self.added, start)
        return self.added[at] if at < len(self.added) and self.added[at] <= end else None

    def last_known(self, end: int) -> int:
        """Return the last line up to `end` whose text is known, 0 when there is none."""
        if self.lines is not None:
            return min(end, len(self.lines))
        at = bisect_right(self._shown_numbers, end)
        return self._shown_numbers[at - 1] if at else 0

    @cached_property
    def _shown_numbers(self) -> tuple[int, ...]:
        return tuple(self.diff.new_lines)


def split_lines(text: str) -> tuple[str, ...]:
    """Split at LF alone; a final LF does not begin another line."""
    if not text:
        return ()
    return tuple((text[:-1] if text.endswith("\n") else text).split("\n"))
