"""bandit on the Python files of the reviewed version (Stargazer 5.9.2)."""

import asyncio
import os
import sys

import msgspec

from asterism.features.review.analyzers import bandit_program, rule_map, texts
from asterism.features.review.analyzers.models import SECONDS, AnalyzerFailed, Begun, Finding, Job, Tools
from asterism.features.review.analyzers.rows import Rows
from asterism.features.review.analyzers.ruff import is_python, python_files
from asterism.features.review.findings import one_line


class _Result(msgspec.Struct):
    filename: str
    test_id: str
    issue_text: str
    line_number: int
    issue_severity: str = "UNDEFINED"
    issue_confidence: str = "UNDEFINED"
    line_range: list[int] = []


class _Report(msgspec.Struct):
    results: list[_Result]


class Bandit:
    """The analyzer `bandit`."""

    id = "bandit"

    def skipped(self, job: Job) -> str | None:
        """Run where there is a Python file with its whole text."""
        return None if python_files(job) else ""

    def checks(self, path: str) -> bool:
        """Whether it checks a file of this name."""
        return is_python(path)

    def begin(self, tools: Tools) -> Begun:
        """Begin the program, which loads and then waits for `run`."""
        return tools.begin([sys.executable, "-I", bandit_program.__file__], SECONDS)

    async def run(self, job: Job) -> list[Finding]:
        """Check all Python files in one process."""
        program = job.begun.get(self.id) or self.begin(job.tools)
        try:
            await asyncio.to_thread(_list, job)
            done = await program.finish(os.fsencode(job.folder))
        finally:
            await program.end()
        if done.returncode != 0:
            raise AnalyzerFailed(f"bandit ended with status {done.returncode}")
        try:
            report = msgspec.json.decode(done.stdout, type=_Report)
        except msgspec.MsgspecError as error:
            raise AnalyzerFailed("bandit wrote something that is not its JSON form") from error
        return [finding for result in report.results if (finding := _finding(job, result)) is not None]


def _list(job: Job) -> None:
    """Write which copies are to be checked to where the program looks for it."""
    copies = (os.fsencode(job.copies[path].relative_to(job.folder)) for path in python_files(job))
    (job.folder / bandit_program.LIST).write_bytes(b"".join(name + b"\0" for name in copies))


def _finding(job: Job, result: _Result) -> Finding | None:
    path = job.path_of(result.filename)
    if path is None:
        return None
    file = job.by_path[path]
    place = rule_map.bandit(result.test_id, result.issue_severity, result.issue_confidence, in_test=file.is_test)
    if place is None:
        return None
    words = texts.words(texts.BANDIT, result.test_id)
    rows = Rows(file.new_text or "")
    first, last = rows.line(result.line_number), rows.line(max([result.line_number, *result.line_range]))
    return Finding(
        source="bandit", rule_id=result.test_id, file=path, start=first, lens=place.lens,
        end=last, category=place.category, severity=place.severity,
        confidence=place.confidence, title=words.title or one_line(result.issue_text.rstrip("."), 200),
        message=result.issue_text, rationale=words.rationale, why=words.why, recommendation=words.recommendation,
    )  # fmt: skip
