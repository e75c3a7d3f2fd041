"""Reading unified diffs, git's and others."""

import re
from collections.abc import Iterator, Sequence

from asterism.vcs.unified.errors import DiffError
from asterism.vcs.unified.files import FileDiff
from asterism.vcs.unified.headers import Head, file_diff, git_head, take_extended
from asterism.vcs.unified.hunks import Hunk, Line, LineKind

_HUNK = re.compile(r"^@@ -([0-9]{1,15})(?:,([0-9]{1,15}))? \+([0-9]{1,15})(?:,([0-9]{1,15}))? @@(.*)$", re.DOTALL)
_KINDS: dict[str, LineKind] = {" ": "context", "+": "added", "-": "deleted"}
_NO_NEWLINE = "\\ "


def parse(diff: str, *, strict: bool = False) -> list[FileDiff]:
    """Read a unified diff, with or without `diff --git` lines, into one entry per file.

    Text around the file diffs (a mail's header, a commit message) is passed over. A hunk that is cut short keeps the
    lines it has, unless `strict`, which raises DiffError for it and for a text without any file diff.
    """
    lines = _split(diff)
    if _all_crlf(lines):
        lines = [line.removesuffix("\r") for line in lines]
    files = list(_Parser(lines, strict).files())
    if strict and not files:
        raise DiffError("no file diff found")
    return files


class _Parser:
    """Walks the lines once; `at` is the index of the line that comes next."""

    def __init__(self, lines: list[str], strict: bool) -> None:
        self.lines = lines
        self.strict = strict
        self.at = 0

    def files(self) -> Iterator[FileDiff]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith(("diff --git ", "diff --cc ", "diff --combined ")):
                yield self._git_file(line)
            elif self._plain_header():
                yield self._finish(Head())
            else:
                self.at += 1

    def _plain_header(self) -> bool:
        here, after = self.lines[self.at], self.lines[self.at + 1 : self.at + 3]
        return (
            here.startswith("--- ")
            and len(after) == 2
            and after[0].startswith("+++ ")
            and _HUNK.match(after[1]) is not None
        )

    def _git_file(self, line: str) -> FileDiff:
        head = git_head(line)
        self.at += 1
        while self.at < len(self.lines) and take_extended(head, self.lines[self.at]):
            self.at += 1
        return self._finish(head)

    def _finish(self, head: Head) -> FileDiff:
        hunks: list[Hunk] = []
        names = self.lines[self.at : self.at + 2]
        if not head.binary and len(names) == 2 and names[0].startswith("--- ") and names[1].startswith("+++ "):
            head.old, head.new = names[0][4:], names[1][4:]
            self.at += 2
        if head.conflicted:
            while self.at < len(self.lines) and not self.lines[self.at].startswith("diff --"):
                self.at += 1
        else:
            while self.at < len(self.lines) and (match := _HUNK.match(self.lines[self.at])):
                self.at += 1
                hunks.append(self._hunk(match))
        return file_diff(head, tuple(hunks))

    def _hunk(self, match: re.Match[str]) -> Hunk:
        old, new = int(match[1]), int(match[3])
        old_left, new_left = int(match[2] or 1), int(match[4] or 1)
        start = (old, new)
        counts = (old_left, new_left)
        at_old, at_new = old + (old_left == 0), new + (new_left == 0)
        lines: list[Line] = []
        bare_old = bare_new = False
        while self.at < len(self.lines):
            text = self.lines[self.at]
            if text.startswith(_NO_NEWLINE) and lines:
                bare_old = bare_old or lines[-1].kind != "added"
                bare_new = bare_new or lines[-1].kind != "deleted"
                self.at += 1
                continue
            if old_left <= 0 and new_left <= 0:
                break
            kind = _KINDS.get(text[:1] or " ")
            if kind is None or (self.at == len(self.lines) - 1 and text == ""):
                break
            has_old, has_new = kind != "added", kind != "deleted"
            lines.append(Line(kind, text[1:], at_old if has_old else None, at_new if has_new else None))
            at_old, old_left = at_old + has_old, old_left - has_old
            at_new, new_left = at_new + has_new, new_left - has_new
            self.at += 1
        if old_left or new_left:
            if self.strict:
                raise DiffError(f"the hunk at line {start[1]} does not hold the lines its header counts")
            counts = (counts[0] - old_left, counts[1] - new_left)
        return Hunk(start[0], counts[0], start[1], counts[1], match[5], tuple(lines), bare_old, bare_new)


def _split(diff: str) -> list[str]:
    return diff.split("\n")


def _all_crlf(lines: Sequence[str]) -> bool:
    """Whether the diff itself was converted to CRLF, header lines included, rather than showing a CRLF file."""
    heads = [line for line in lines if line.startswith(("diff --git ", "@@ -", "+++ "))]
    return bool(heads) and all(line.endswith("\r") for line in heads)
