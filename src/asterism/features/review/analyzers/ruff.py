"""ruff on the Python files of the reviewed version, by our rules and not by the project's (Stargazer 5.9.1)."""

import shutil
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import msgspec

from asterism.features.review.analyzers import rule_map, texts
from asterism.features.review.analyzers.models import SECONDS, AnalyzerFailed, Finding, Job
from asterism.features.review.findings import one_line, patches

_PYTHON = (".py", ".pyi")
_BROKEN = 2


class _Position(msgspec.Struct):
    row: int
    column: int


class _Edit(msgspec.Struct):
    content: str
    location: _Position
    end_location: _Position


class _Fix(msgspec.Struct):
    edits: list[_Edit]
    applicability: str = "unsafe"
    message: str | None = None


class _Result(msgspec.Struct):
    filename: str
    message: str
    location: _Position
    end_location: _Position
    code: str | None = None
    fix: _Fix | None = None


class Ruff:
    """The analyzer `ruff`."""

    id = "ruff"

    def skipped(self, job: Job) -> str | None:
        """Run where there is a Python file with its whole text."""
        return None if python_files(job) else ""

    async def run(self, job: Job) -> list[Finding]:
        """Check all Python files in one process."""
        copies = [str(job.copies[path].relative_to(job.folder)) for path in python_files(job)]
        argv = [
            program("ruff"), "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--output-format", "json",
            "--target-version", "py313", "--select", rule_map.RUFF_SELECT,
            "--config", "lint.mccabe.max-complexity=15", "--per-file-ignores", "__init__.py:F401", "--", *copies,
        ]  # fmt: skip
        done = await job.tools(argv, job.folder, SECONDS)
        if done.returncode >= _BROKEN or done.returncode < 0:
            raise AnalyzerFailed(f"ruff ended with status {done.returncode}")
        try:
            results = msgspec.json.decode(done.stdout or b"[]", type=list[_Result])
        except msgspec.MsgspecError as error:
            raise AnalyzerFailed("ruff wrote something that is not its JSON form") from error
        return [finding for result in results if (finding := _finding(job, result)) is not None]


def _finding(job: Job, result: _Result) -> Finding | None:
    path = job.path_of(result.filename)
    if path is None:
        return None
    file = job.by_path[path]
    rule = result.code or "invalid-syntax"
    place = rule_map.ruff(rule, in_test=file.is_test)
    words = texts.words(texts.BANDIT, "B" + rule[1:]) if rule[0] == "S" and rule[1:].isdigit() else _words(rule)
    end = result.end_location.row
    if result.end_location.column == 1 and end > result.location.row:
        end -= 1
    advice = words.recommendation
    if result.fix and result.fix.message and result.fix.applicability == "safe":
        advice = f"{advice} ({one_line(result.fix.message, 200)})"
    return Finding(
        source="ruff", rule_id=rule, file=path, start=result.location.row, end=end, lens=place.lens,
        category=place.category, severity=place.severity, confidence=place.confidence,
        title=words.title or one_line(result.message, 200), message=result.message,
        rationale=words.rationale, why=words.why, recommendation=advice,
        patch=_patch(path, file.new_text or "", result.fix),
    )  # fmt: skip


def _words(rule: str) -> texts.Words:
    """Texts of the longest prefix, by whole linters: BLE001 does not fall to B."""
    if rule.startswith(("B", "F", "C")) and len(rule) > 1 and rule[1].isalpha():
        letters = rule.rstrip("0123456789")
        return texts.RUFF.get(letters, texts.RUFF[""])
    return texts.words(texts.RUFF, rule)


def _patch(path: str, text: str, fix: _Fix | None) -> str | None:
    """Turn a fix that ruff calls safe into a unified diff."""
    if fix is None or fix.applicability != "safe":
        return None
    new = _edited(text, fix.edits)
    return None if new is None else patches.between(path, text, new)


def _edited(text: str, edits: Sequence[_Edit]) -> str | None:
    """Apply edits given by 1-based row and character column, last one first."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for edit in sorted(edits, key=lambda one: (one.location.row, one.location.column), reverse=True):
        begin, end = _offset(starts, edit.location), _offset(starts, edit.end_location)
        if begin is None or end is None or begin > end or end > len(text):
            return None
        text = text[:begin] + edit.content + text[end:]
    return text


def _offset(starts: Sequence[int], position: _Position) -> int | None:
    return starts[position.row - 1] + position.column - 1 if 1 <= position.row <= len(starts) else None


def python_files(job: Job) -> list[str]:
    """Return the paths of the Python files that have a private copy."""
    return [path for path in job.copies if path.endswith(_PYTHON)]


def program(name: str) -> str:
    """Find a program that came with our own packages, else on the PATH. Raises AnalyzerFailed."""
    own = Path(sysconfig.get_path("scripts")) / name
    found = str(own) if own.is_file() else shutil.which(name)
    if found is None:
        raise AnalyzerFailed(f"{name} is not installed")
    return found
