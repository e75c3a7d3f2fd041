"""ruff on the Python files of the reviewed version, by our rules (Stargazer 5.9.1).

The project's own settings decide about style and nothing else; see `ruff_settings`.
"""

import asyncio
import shutil
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from asterism.features.review.analyzers import rule_map, texts
from asterism.features.review.analyzers.models import SECONDS, AnalyzerFailed, Finding, Job
from asterism.features.review.analyzers.rows import Rows
from asterism.features.review.analyzers.ruff_settings import RuffSettings, SettingsOf
from asterism.features.review.findings import one_line, patches

_PYTHON = (".py", ".pyi")
_BROKEN = 2
_NEWEST = "py313"
_COMPLEXITY = 15


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
        """Check all Python files, in one process unless the project has several sets of settings."""
        settings_of = SettingsOf(job.root, job.by_path)
        settings = await asyncio.to_thread(lambda: {path: settings_of(path) for path in python_files(job)})
        out: list[Finding] = []
        for options, paths in _alike(settings).items():
            for result in await _checked(job, options, paths):
                finding = _finding(job, result)
                if finding is not None and settings[finding.file].wants(
                    finding.rule_id, finding.file, finding.severity
                ):
                    out.append(finding)
        return out


def _alike(settings: Mapping[str, RuffSettings]) -> dict[tuple[str, ...], list[str]]:
    """Put together the files that ruff is run on with the same options, nearly always all of them."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for path, found in settings.items():
        options = ["--target-version", found.target or _NEWEST]
        options += ["--config", f"lint.mccabe.max-complexity={found.complexity or _COMPLEXITY}"]
        if found.builtins:
            options += ["--config", f"builtins={msgspec.json.encode(found.builtins).decode()}"]
        groups.setdefault(tuple(options), []).append(path)
    return groups


async def _checked(job: Job, options: Sequence[str], paths: Sequence[str]) -> list[_Result]:
    copies = [str(job.copies[path].relative_to(job.folder)) for path in paths]
    argv = [
        program("ruff"), "check", "--isolated", "--no-cache", "--quiet", "--exit-zero", "--output-format", "json",
        "--select", rule_map.RUFF_SELECT, *options, "--per-file-ignores", "__init__.py:F401", "--", *copies,
    ]  # fmt: skip
    done = await job.tools(argv, job.folder, SECONDS)
    if done.returncode >= _BROKEN or done.returncode < 0:
        raise AnalyzerFailed(f"ruff ended with status {done.returncode}")
    try:
        return msgspec.json.decode(done.stdout or b"[]", type=list[_Result])
    except msgspec.MsgspecError as error:
        raise AnalyzerFailed("ruff wrote something that is not its JSON form") from error


def _finding(job: Job, result: _Result) -> Finding | None:
    path = job.path_of(result.filename)
    if path is None:
        return None
    file = job.by_path[path]
    rule = result.code or "invalid-syntax"
    place = rule_map.ruff(rule, in_test=file.is_test)
    words = texts.words(texts.BANDIT, "B" + rule[1:]) if rule[0] == "S" and rule[1:].isdigit() else _words(rule)
    rows = Rows(file.new_text or "")
    last = result.end_location.row
    if result.end_location.column == 1 and last > result.location.row:
        last -= 1
    advice = words.recommendation
    if result.fix and result.fix.message and result.fix.applicability == "safe":
        advice = f"{advice} ({one_line(result.fix.message, 200)})"
    return Finding(
        source="ruff", rule_id=rule, file=path, start=rows.line(result.location.row), end=rows.line(last),
        lens=place.lens, category=place.category, severity=place.severity, confidence=place.confidence,
        title=words.title or one_line(result.message, 200), message=result.message,
        rationale=words.rationale, why=words.why, recommendation=advice,
        patch=_patch(path, rows, result.fix),
    )  # fmt: skip


def _words(rule: str) -> texts.Words:
    """Texts of the longest prefix, by whole linters: BLE001 does not fall to B."""
    if rule.startswith(("B", "F", "C")) and len(rule) > 1 and rule[1].isalpha():
        letters = rule.rstrip("0123456789")
        return texts.RUFF.get(letters, texts.RUFF[""])
    return texts.words(texts.RUFF, rule)


def _patch(path: str, rows: Rows, fix: _Fix | None) -> str | None:
    """Turn a fix that ruff calls safe into a unified diff."""
    if fix is None or fix.applicability != "safe":
        return None
    new = _edited(rows, fix.edits)
    return None if new is None else patches.between(path, rows.text, new)


def _edited(rows: Rows, edits: Sequence[_Edit]) -> str | None:
    """Apply edits given by 1-based row and character column, last one first."""
    text = rows.text
    for edit in sorted(edits, key=lambda one: (one.location.row, one.location.column), reverse=True):
        begin = rows.offset(edit.location.row, edit.location.column)
        end = rows.offset(edit.end_location.row, edit.end_location.column)
        if begin is None or end is None or begin > end:
            return None
        text = text[:begin] + edit.content + text[end:]
    return text


def python_files(job: Job) -> list[str]:
    """Return the paths of the Python files that have a private copy."""
    return [path for path in job.copies if is_python(path)]


def is_python(path: str) -> bool:
    """Whether a path names Python source."""
    return path.endswith(_PYTHON)


def program(name: str) -> str:
    """Find a program that came with our own packages, else on the PATH. Raises AnalyzerFailed."""
    own = Path(sysconfig.get_path("scripts")) / name
    found = str(own) if own.is_file() else shutil.which(name)
    if found is None:
        raise AnalyzerFailed(f"{name} is not installed")
    return found
