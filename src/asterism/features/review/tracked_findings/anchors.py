"""What names a finding in a text, and where that is in another text. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from asterism.features.review.findings import Issue, ReviewedFile, split_lines
from asterism.features.review.tracked_findings.models import Anchor
from asterism.vcs.linediff import is_text

_DIGITS = 16
_DELETED = ":deleted"
BLANK = ""


def anchor_of(issue: Issue, file: ReviewedFile | None) -> Anchor:
    """Return what decides whether an issue of a reviewed file is in a tree.

    A finding about a whole file is there as long as the first line is that the review quoted for it.
    """
    if file is None or file.deleted:
        return Anchor("absent", ())
    quoted = issue.evidence[0] if issue.evidence else None
    if quoted is not None and quoted.source_id.endswith(_DELETED):
        return Anchor("without", _named(quoted.excerpt.split("\n")))
    start, end = issue.line_start, issue.line_end
    if start is None or end is None:
        first = min(file.diff.added_numbers, default=1)
        start = end = first
    return Anchor("lines", _named(file.between(start, end)))


def likeness_of(category: str, rule: str, anchor: Anchor) -> str:
    """Name what a finding says about which text, whatever its file is called."""
    text = "\n".join((category, rule, anchor.kind, *anchor.lines))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _named(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the hashes of lines, without blank ones around them."""
    names = [_hash(line) for line in lines]
    while names and names[-1] == BLANK:
        names.pop()
    while names and names[0] == BLANK:
        names.pop(0)
    return tuple(names)


def _hash(line: str) -> str:
    folded = " ".join(line.split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS] if folded else BLANK


@dataclass(frozen=True)
class Text:
    """A file's content in which findings are looked for."""

    content: bytes
    _at: dict[str, list[int]] = field(default_factory=dict)

    @cached_property
    def _names(self) -> list[str]:
        if not is_text(self.content):
            return []
        try:
            text = self.content.decode()
        except UnicodeDecodeError:
            text = self.content.decode("latin-1")
        names = [_hash(line) for line in split_lines(text)]
        for number, name in enumerate(names):
            self._at.setdefault(name, []).append(number)
        return names

    def line_of(self, anchor: Anchor, near: int) -> int | None:
        """Return the line at which a finding stands that was at line `near`, 0 for the whole file, None when gone."""
        if anchor.kind == "absent":
            return None
        at = self._nearest(anchor.lines, near)
        if anchor.kind == "without":
            return min(near, len(self._names)) if at is None else None
        return None if at is None else at if near else 0

    def _nearest(self, wanted: tuple[str, ...], near: int) -> int | None:
        names = self._names
        if not wanted:
            return min(max(near, 1), len(names)) or None
        size = len(wanted)
        hits = [at + 1 for at in self._at.get(wanted[0], ()) if tuple(names[at : at + size]) == wanted]
        return min(hits, key=lambda at: (abs(at - near), at), default=None)
