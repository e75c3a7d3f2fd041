"""Well-known slips in JavaScript, TypeScript, Go and web code, found by pattern; beyond the contract's analyzers.

Each rule was kept for being right nearly always: `bench/review` measures it. Lines are judged without comments; what
stands in tests is left alone, because tests do odd things on purpose.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from asterism.base.linear import compiled
from asterism.features.review.analyzers.languages import code_of, language
from asterism.features.review.analyzers.models import Finding, Job
from asterism.features.review.analyzers.pattern_table import RULES, Rule
from asterism.features.review.findings import Category, Lens, ReviewedFile, Severity, one_line

_LOOP = compiled(r"^\s*for\b")


@dataclass(frozen=True, slots=True)
class _Line:
    """An added line of code and its number."""

    number: int
    code: str


class Patterns:
    """The analyzer `patterns`."""

    id = "patterns"

    def skipped(self, job: Job) -> str | None:
        """Run where there is a file in a language that rules exist for."""
        return None if any(language(file.path) for file in job.files) else ""

    async def run(self, job: Job) -> list[Finding]:
        """Look at every added line."""
        return await asyncio.to_thread(lambda: [finding for file in job.files for finding in check(file)])


def check(file: ReviewedFile) -> Iterator[Finding]:
    """Apply the rules of the file's language to its added lines; at most one finding of a rule per line."""
    family = language(file.path)
    if not family or file.is_test:
        return
    rules = [rule for rule in RULES if family in rule.languages]
    for number, line in file.diff.new_lines.items():
        if line.kind != "added":
            continue
        code = code_of(line.text, file.path)
        for rule in rules:
            hit = rule.pattern.search(code)
            if hit is not None and _holds(rule, file, _Line(number, code)):
                yield _finding(rule, file.path, number, rule.pattern.seen(hit))


def _holds(rule: Rule, file: ReviewedFile, line: _Line) -> bool:
    """Check what a rule demands of the line itself and of the lines around it."""
    if rule.unless is not None and rule.unless.search(line.code):
        return False
    if rule.loop and not _in_loop(file, line.number):
        return False
    if rule.before is not None:
        above = file.line(line.number - 1)
        if above is None or not rule.before.search(code_of(above, file.path)):
            return False
    below = [file.line(line.number + step) for step in range(1, rule.reach + 1)]
    known = [code_of(text, file.path) for text in below if text is not None]
    if rule.then is not None and not any(rule.then.search(text) for text in known):
        return False
    if rule.never is None:
        return True
    if file.lines is None and len(known) < rule.reach:
        return False
    return not any(rule.never.search(text) for text in known)


def _in_loop(file: ReviewedFile, number: int) -> bool:
    """Whether the line stands in a `for` that opens at most eight lines above, in the same function."""
    text = file.line(number) or ""
    width = len(text) - len(text.lstrip())
    for above in range(number - 1, max(0, number - 9), -1):
        line = file.line(above)
        if line is None or line.strip().startswith("func"):
            return False
        here = len(line) - len(line.lstrip())
        if line.strip() and here < width:
            if "func(" in line:
                return False
            if _LOOP.match(line):
                return True
            width = here
    return False


def _finding(rule: Rule, path: str, number: int, seen: str) -> Finding:
    lens, category, severity = rule.place.split()
    words = rule.words
    return Finding(
        source="patterns", rule_id=rule.id, file=path, start=number, end=number, lens=Lens(lens),
        category=Category(category), severity=Severity(severity), confidence=rule.confidence, title=words.title,
        message=one_line(seen, 160), rationale=words.rationale, why=words.why, recommendation=words.recommendation,
    )  # fmt: skip
