"""How good reviews are: recall, precision, lines and noise on changes with known defects.

Without a model the analyzers are measured. `ASTERISM_BENCH_MODEL=provider:model` measures that model with them; its key
is read from `ASTERISM_BENCH_KEY`, its address from `ASTERISM_BENCH_URL`.
"""

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass, field

from asterism.base.clock import SystemClock
from asterism.features.review import analyzers
from asterism.features.review.findings import Issue, Lens, Severity
from asterism.features.review.inspection import Asker, Change, ModelUse, Pipeline, Sources
from asterism.kernel.llm import PydanticModels, Target
from bench.report import Report
from bench.review.cases import Case, load

TITLE = "quality of reviews on changes with known defects"
AT_ONCE = 2


@dataclass
class Tally:
    """What was found over a set of cases."""

    defects: int = 0
    hits: int = 0
    findings: int = 0
    right: int = 0
    wrong_lines: int = 0
    clean: int = 0
    clean_commented: int = 0
    missed: list[str] = field(default_factory=list)
    noisy: list[str] = field(default_factory=list)

    def add(self, case: Case, issues: tuple[Issue, ...]) -> None:
        """Judge the findings of one case."""
        shown = case.file.diff.new_lines
        changed = case.file.diff.changed_numbers
        for issue in issues:
            if issue.line_start is not None:
                lines = range(issue.line_start, (issue.line_end or issue.line_start) + 1)
                self.wrong_lines += issue.line_start not in shown or changed.isdisjoint(lines)
        if case.clean:
            self.clean += 1
            self.clean_commented += bool(issues)
            self.noisy += [f"{case.language}/{case.name} ({one.source} {one.rule_id})" for one in issues]
        found = {line for line in case.defects for issue in issues if _names(issue, line)}
        self.defects += len(case.defects)
        self.hits += len(found)
        self.missed += [f"{case.language}/{case.name}"] * (len(case.defects) - len(found))
        self.findings += len(issues)
        self.right += sum(any(_names(issue, line) for line in case.defects) for issue in issues)


def _names(issue: Issue, line: int) -> bool:
    return issue.line_start is not None and issue.line_start <= line <= (issue.line_end or issue.line_start)


def _target() -> Target | None:
    name = os.environ.get("ASTERISM_BENCH_MODEL")
    if not name:
        return None
    provider, _, model = name.partition(":")
    return Target(provider, model, os.environ["ASTERISM_BENCH_URL"], os.environ.get("ASTERISM_BENCH_KEY"))


async def _review(case: Case, tools: analyzers.ToolRunner, asker: Asker | None) -> tuple[Issue, ...]:
    change = Change((case.file,), (), None, None, "", 0)
    sources = Sources(analyzers.chosen(analyzers.DEFAULT), tools, analyzers.Project(), asker)
    outcome = await Pipeline(change, tuple(Lens), Severity.LOW, sources, SystemClock()).run()
    return outcome.issues


async def _all(cases: list[Case]) -> dict[str, Tally]:
    tools, gate, target = analyzers.ToolRunner(), asyncio.Semaphore(AT_ONCE), _target()
    models = PydanticModels()
    asker = None
    if target is not None:
        await models.start()
        use = ModelUse(target.provider, target.model)
        asker = Asker(models, target, asyncio.Semaphore(8), use)
    tallies: dict[str, Tally] = {}

    async def one(case: Case) -> None:
        async with gate:
            issues = await _review(case, tools, asker)
        for name in (case.language, "all"):
            tallies.setdefault(name, Tally()).add(case, issues)

    try:
        await asyncio.gather(*(one(case) for case in cases))
    finally:
        tools.close()
        await models.stop()
    return tallies


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({100 * part / whole:.0f} %)" if whole else "-"


def run() -> Report:
    """Review every case and print the table."""
    cases = load()
    started = time.monotonic()
    tallies = asyncio.run(_all(cases))
    report = Report()
    rows = [
        (
            name,
            _share(tally.hits, tally.defects),
            _share(tally.right, tally.findings),
            tally.wrong_lines,
            _share(tally.clean_commented, tally.clean),
        )
        for name, tally in sorted(tallies.items(), key=lambda pair: (pair[0] == "all", pair[0]))
    ]
    report.table(("language", "recall", "precision", "wrong lines", "clean changes commented"), rows)
    counts = Counter(case.clean for case in cases)
    model = os.environ.get("ASTERISM_BENCH_MODEL", "analyzers alone")
    report.note(
        f"{counts[False]} defective and {counts[True]} clean changes, {model}, "
        f"{time.monotonic() - started:.0f} s. Aims: wrong lines 0, clean changes commented <= 10 %. Precision counts a "
        "finding as right when it stands on a known defect; style remarks beside one count as wrong."
    )
    total = tallies["all"]
    report.note(f"Missed: {', '.join(sorted(total.missed)) or 'none'}.")
    report.note(f"Comments on clean changes: {', '.join(sorted(total.noisy)) or 'none'}.")
    return report
