"""Lines as a tool counts them, mapped back to git's: tools end a line at a lone CR, git and we at LF alone."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from asterism.base.linear import compiled

_ENDS = compiled(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Rows:
    """The rows of a text that end at LF, CR LF or a lone CR, as Python, ruff and bandit count them from 1."""

    text: str

    def line(self, row: int) -> int:
        """Return the number of git's line that a row stands on."""
        if self._lines is None:
            return row
        return self._lines[min(max(row, 1), len(self._lines)) - 1]

    def offset(self, row: int, column: int) -> int | None:
        """Return the offset of a column (from 1, in characters) of a row, None when there is no such row."""
        if not 1 <= row <= len(self._starts):
            return None
        at = self._starts[row - 1] + column - 1
        return at if at <= len(self.text) else None

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(hit.end() for hit in _ENDS.finditer(self.text))]

    @cached_property
    def _lines(self) -> list[int] | None:
        """For every row the line it is on; None where both count alike, which is nearly always."""
        if "\r" not in self.text:
            return None
        ends = [at for at, char in enumerate(self.text) if char == "\n"]
        return [bisect_right(ends, start - 1) + 1 for start in self._starts]
