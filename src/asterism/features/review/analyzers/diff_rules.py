"""Rules that need nothing but the diff and work in every language (Stargazer 5.9.5, DR01-DR11)."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from asterism.features.review.analyzers import diff_lines, diff_shape
from asterism.features.review.analyzers.models import Finding, Job
from asterism.features.review.analyzers.texts import Words
from asterism.features.review.findings import Category, Lens, ReviewedFile, Severity, one_line


@dataclass(frozen=True, slots=True)
class Rule:
    """A diff rule: where its findings belong, what they say, and how one file is checked.

    `check` yields `(first, last, what was seen)`, lines None for the whole file.
    """

    id: str
    lens: Lens
    category: Category
    severity: Severity
    confidence: float
    words: Words
    check: Callable[[ReviewedFile], Iterable[tuple[int | None, int | None, str]]]


def _rule(
    name: str,
    place: str,
    confidence: float,
    check: Callable[[ReviewedFile], Iterable[tuple[int | None, int | None, str]]],
    *words: str,
) -> Rule:
    lens, category, severity = place.split()
    return Rule(name, Lens(lens), Category(category), Severity(severity), confidence, Words(*words), check)


RULES: tuple[Rule, ...] = (
    _rule(
        "DR01", "correctness correctness blocker", 0.99, diff_lines.conflict_markers,
        "Merge conflict markers left in",
        "The lines between the markers are two versions of one passage.",
        "The file cannot be parsed, or both versions end up in the text.",
        "Choose or combine the versions and remove the markers.",
    ),
    _rule(
        "DR02", "security security high", 0.95, diff_lines.hidden_characters,
        "Invisible or reordering characters",
        "The line holds characters that change how it is shown or compared, but cannot be seen.",
        "What a reviewer reads is not what the program runs.",
        "Remove the characters, or write them as escapes where they are needed.",
    ),
    _rule(
        "DR03", "correctness correctness medium", 0.85, diff_lines.debugger_statements,
        "Debugger statement left in",
        "The line hands control to a debugger or dumps a value meant for one.",
        "Outside a debugging session the program stops here or prints what nobody expects.",
        "Remove the statement.",
    ),
    _rule(
        "DR04", "tests tests medium", 0.85, diff_lines.focused_tests,
        "Focused or skipped test",
        "The test is marked so that it, or all others, do not run.",
        "The suite stays green without checking anything.",
        "Remove the mark, or state in the mark until when and why it stays.",
    ),
    _rule(
        "DR05", "tests tests medium", 0.60, diff_shape.lost_assertions,
        "Test checks less than before",
        "The change takes more assertions out of the test file than it puts in.",
        "Behaviour that used to be guarded no longer is.",
        "Keep the assertions, or replace them by ones on the new behaviour.",
    ),
    _rule(
        "DR07", "simplicity style low", 0.70, diff_lines.suppressions,
        "New suppression of a check",
        "A tool's warning is switched off on this line.",
        "The warning may be right, and nobody sees it again.",
        "Repair the cause, or say beside the mark why it does not apply.",
    ),
    _rule(
        "DR08", "security security high", 0.85, diff_lines.unchecked_tls,
        "TLS certificate checks switched off",
        "The connection accepts any certificate.",
        "Anyone on the path can read and change the traffic.",
        "Leave verification on and add the missing certificate authority instead.",
    ),
    _rule(
        "DR09", "simplicity readability low", 0.60, diff_shape.deep_nesting,
        "Deeply nested code",
        "Several lines in a row stand six or more levels deep.",
        "A reader has to hold every open condition in mind at once.",
        "Return early or move the inner part into a function.",
    ),
    _rule(
        "DR10", "performance performance medium", 0.50, diff_shape.calls_in_loops,
        "Query or request inside a loop",
        "Each turn of the loop waits for a database or network answer.",
        "The time grows with the number of items, one round trip each.",
        "Fetch everything in one call before the loop, or send the calls together.",
    ),
    _rule(
        "DR11", "correctness correctness low", 0.70, diff_shape.empty_handlers,
        "Exception swallowed silently",
        "The handler does nothing with the failure it catches.",
        "The failure is invisible, and what follows works on half-done work.",
        "Handle the specific failure or at least record it.",
    ),
)  # fmt: skip
_UNTESTED = Words(
    "Source changed without any test",
    "The change adds a good amount of program text and touches no test file.",
    "Nothing shows that the new code does what it should, or tells when it stops doing so.",
    "Add tests for the new behaviour and its failure cases.",
)
_UNTESTED_LINES = 30


class DiffRules:
    """The analyzer `diff-rules`."""

    id = "diff-rules"

    def skipped(self, job: Job) -> str | None:
        """Run whenever there is a file."""
        return None if job.files else ""

    async def run(self, job: Job) -> list[Finding]:
        """Apply every rule to every file."""
        return await asyncio.to_thread(check, job.files)


def check(files: Sequence[ReviewedFile]) -> list[Finding]:
    """Apply the rules to a whole change."""
    out = []
    for file in files:
        for rule in RULES:
            for start, end, seen in rule.check(file):
                out.append(_finding(rule, file.path, start, end, seen))
    return out + _untested(files)


def _finding(rule: Rule, path: str, start: int | None, end: int | None, seen: str) -> Finding:
    return Finding(
        source="diff-rules", rule_id=rule.id, file=path, start=start, end=end, lens=rule.lens, category=rule.category,
        severity=rule.severity, confidence=rule.confidence, title=rule.words.title,
        message=f"diff-rules {rule.id}: {one_line(seen, 160)}",
        rationale=rule.words.rationale, why=rule.words.why, recommendation=rule.words.recommendation,
    )  # fmt: skip


def _untested(files: Sequence[ReviewedFile]) -> list[Finding]:
    """DR06: much new source and no test file, reported once on the file that grew most."""
    sources = [(diff_shape.added_source_lines(file), file) for file in files if not file.is_test]
    total = sum(amount for amount, _ in sources)
    if total < _UNTESTED_LINES or any(file.is_test for file in files):
        return []
    largest = max(sources, key=lambda pair: (pair[0], pair[1].path))[1]
    rule = Rule("DR06", Lens.TESTS, Category.TESTS, Severity.LOW, 0.50, _UNTESTED, lambda _file: ())
    return [_finding(rule, largest.path, None, None, f"{total} added source lines and no test file in the change")]
