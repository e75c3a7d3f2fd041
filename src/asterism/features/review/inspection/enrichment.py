"""Blame and context of final issues, from git and the snapshot (Stargazer 5.13)."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import msgspec

from asterism.base.clock import Clock, stamp
from asterism.features.review.findings import Blame, Context, Issue, ReviewedFile
from asterism.features.review.findings import Enrichment as IssueEnrichment
from asterism.features.review.inspection.facts import Enriching
from asterism.features.review.inspection.models import Change, Mode
from asterism.kernel import git
from asterism.vcs.linediff import TooManyLines, matching_lines
from asterism.vcs.unified import Hunk, encode

AROUND = 5
AT_ONCE = 8
SECONDS = 10.0


@dataclass
class Historian:
    """Asks git about the committed lines behind issues, at most eight questions at once."""

    checkout: git.Checkout
    change: Change
    mode: Mode
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _shifts: dict[str, dict[int, int] | None] = field(default_factory=dict)

    async def blame(self, issue: Issue) -> Blame | None:
        """Return who last changed the line behind the issue; None when there is no such line or git does not say."""
        file = self.change.file(issue.file)
        if file is None or self.change.head is None or issue.line_start is None:
            return None
        line = committed_line(file, issue.line_start)
        if line is None:
            return None
        async with self._gate:
            try:
                async with asyncio.timeout(SECONDS):
                    return await self.checkout.git.work(self._ask, file, line)
            except (TimeoutError, git.CommandFailed, git.GitNotFound, git.NotGitRepo, git.UnknownRevision):
                return None

    def _ask(self, file: ReviewedFile, line: int) -> Blame | None:
        shown = file.diff.old_path or file.path
        path = self.change.raw_paths.get(shown, shown)
        if self.mode == "unstaged":
            shifts = self._shift(file, path)
            if shifts is not None:
                moved = shifts.get(line)
                if moved is None:
                    return None
                line = moved
        found = git.blame_line(self.checkout, path, line, self.change.head or "HEAD")
        if found is None:
            return None
        return Blame(
            git.printable(found.author),
            git.printable(found.author_email),
            found.commit,
            found.commit_date,
            git.printable(found.summary),
        )

    def _shift(self, file: ReviewedFile, path: str) -> dict[int, int] | None:
        """Map index lines to HEAD lines where the index differs from HEAD; None when it does not."""
        if path not in self._shifts:
            self._shifts[path] = self._compare(file, path)
        return self._shifts[path]

    def _compare(self, file: ReviewedFile, path: str) -> dict[int, int] | None:
        committed = git.read_committed(self.checkout, path, self.change.head or "HEAD")
        if committed is None or file.old_text is None:
            return {}
        index = encode(file.old_text)  # a text of whole lines, whether or not the file's last line is ended
        if committed and not committed.endswith(b"\n"):
            committed += b"\n"
        if committed == index:
            return None
        try:
            return {old + 1: new + 1 for old, new in matching_lines(index, committed).items()}
        except TooManyLines:
            return {}


class Enrichment:
    """Asks for all blames at once, and tells of them in the issues' order; only issues with a line are enriched.

    `issues` are the given ones until `facts` was read to its end, then the enriched ones.
    """

    def __init__(self, historian: Historian, issues: Sequence[Issue], clock: Clock) -> None:
        self.issues = tuple(issues)
        self._historian, self._clock = historian, clock

    async def facts(self) -> AsyncGenerator[Enriching, None]:
        """Do it and yield what happens. Closing it stops the questions."""
        found: dict[str, IssueEnrichment] = {}
        chosen = [issue for issue in self.issues if issue.line_start is not None]
        blames = [asyncio.create_task(self._historian.blame(issue)) for issue in chosen]
        try:
            for issue, task in zip(chosen, blames, strict=True):
                yield Enriching(issue, "blame", "started")
                blame = await task
                yield Enriching(issue, "blame", "failed" if blame is None else "complete")
                yield Enriching(issue, "context", "started")
                around = context(self._historian.change.file(issue.file), issue)
                yield Enriching(issue, "context", "failed" if around is None else "complete")
                found[issue.id] = IssueEnrichment(blame, around, stamp(self._clock.now()))
        finally:
            for task in blames:
                task.cancel()
            await asyncio.gather(*blames, return_exceptions=True)
        self.issues = tuple(
            msgspec.structs.replace(issue, enrichment=found[issue.id]) if issue.id in found else issue
            for issue in self.issues
        )


def committed_line(file: ReviewedFile, number: int) -> int | None:
    """Return the old-side line behind new-side line `number` ([5.53]), None for what is purely new."""
    for hunk in file.diff.hunks:
        first, last = hunk.new_range
        if hunk.new_count and first <= number <= last:
            return _in_hunk(hunk, number)
    if number in file.diff.new_lines or file.diff.operation == "add":
        return None
    shift = sum(
        hunk.old_count - hunk.new_count for hunk in file.diff.hunks if hunk.new_start + hunk.new_count <= number
    )
    return number + shift


def _in_hunk(hunk: Hunk, number: int) -> int | None:
    """A context line is its own old line; an added one in a block that also deletes has the first deleted line."""
    first_deleted: int | None = None
    hit = False
    for line in hunk.lines:
        if line.kind == "context":
            if hit:
                return first_deleted
            first_deleted = None
            if line.new == number:
                return line.old
            continue
        if line.kind == "deleted" and first_deleted is None:
            first_deleted = line.old
        if line.kind == "added" and line.new == number:
            hit = True
    return first_deleted if hit else None


def context(file: ReviewedFile | None, issue: Issue) -> Context | None:
    """Return up to five lines before and after the issue in the reviewed version."""
    if file is None or file.lines is None or issue.line_start is None or issue.line_end is None:
        return None
    before = tuple(file.shown(max(1, issue.line_start - AROUND), issue.line_start - 1))
    after = tuple(file.shown(issue.line_end + 1, issue.line_end + AROUND))
    return Context(before, after, len(before) + len(after))
