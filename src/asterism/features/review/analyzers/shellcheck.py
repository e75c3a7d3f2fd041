"""shellcheck on shell scripts of the reviewed version; beyond the contract's analyzers."""

from collections.abc import Sequence

import msgspec

from asterism.base.linear import compiled
from asterism.features.review.analyzers.models import SECONDS, AnalyzerFailed, Finding, Job
from asterism.features.review.analyzers.ruff import program
from asterism.features.review.findings import Category, Lens, Severity, one_line, patches

_SUFFIXES = (".sh", ".bash", ".ksh")
_SHEBANG = compiled(r"^#!\s*(?:/usr)?/bin/(?:env\s+)?(?:ba|da|k)?sh\b")
# Sourced files are not there, and a script without a first line is checked as what its name says.
_NOT_OURS = "SC1090,SC1091,SC2148"
_LEVELS = {
    "error": (Severity.HIGH, 0.90),
    "warning": (Severity.MEDIUM, 0.80),
    "info": (Severity.LOW, 0.60),
    "style": (Severity.NIT, 0.60),
}
_CRASHED = 2
_SYNTAX = range(1000, 2000)


class _Replacement(msgspec.Struct, rename="camel"):
    line: int
    end_line: int
    column: int
    end_column: int
    replacement: str
    precedence: int = 0


class _Fix(msgspec.Struct):
    replacements: list[_Replacement]


class _Comment(msgspec.Struct, rename="camel"):
    file: str
    line: int
    end_line: int
    level: str
    code: int
    message: str
    fix: _Fix | None = None


class _Report(msgspec.Struct):
    comments: list[_Comment]


class Shellcheck:
    """The analyzer `shellcheck`."""

    id = "shellcheck"

    def skipped(self, job: Job) -> str | None:
        """Run where there is a shell script with its whole text."""
        return None if _scripts(job) else ""

    async def run(self, job: Job) -> list[Finding]:
        """Check all scripts in one process, without any configuration file."""
        copies = [str(job.copies[path].relative_to(job.folder)) for path in _scripts(job)]
        argv = [program("shellcheck"), "--norc", "--format=json1", f"--exclude={_NOT_OURS}", "--", *copies]
        done = await job.tools(argv, job.folder, SECONDS)
        if done.returncode >= _CRASHED or done.returncode < 0:
            raise AnalyzerFailed(f"shellcheck ended with status {done.returncode}")
        try:
            report = msgspec.json.decode(done.stdout, type=_Report)
        except msgspec.MsgspecError as error:
            raise AnalyzerFailed("shellcheck wrote something that is not its JSON form") from error
        return [finding for one in report.comments if (finding := _finding(job, one)) is not None]


def _scripts(job: Job) -> list[str]:
    return [
        path
        for path in job.copies
        if path.endswith(_SUFFIXES) or _SHEBANG.match((job.by_path[path].line(1) or "")[:100])
    ]


def _finding(job: Job, comment: _Comment) -> Finding | None:
    path = job.path_of(comment.file)
    if path is None:
        return None
    severity, confidence = _LEVELS.get(comment.level, (Severity.LOW, 0.60))
    syntax = comment.code in _SYNTAX and comment.level == "error"
    quiet = comment.level in {"info", "style"}
    return Finding(
        source="shellcheck", rule_id=f"SC{comment.code}", file=path, start=comment.line, end=comment.end_line,
        lens=Lens.SIMPLICITY if comment.level == "style" else Lens.CORRECTNESS,
        category=Category.STYLE if comment.level == "style" else Category.CORRECTNESS,
        severity=Severity.BLOCKER if syntax else severity, confidence=0.95 if syntax else confidence,
        title=one_line(comment.message.rstrip("."), 200), message=comment.message,
        rationale="The shell reads this line differently from how it looks." if not syntax
        else "The shell cannot read the script at this place.",
        why="It works until a value is empty, holds a space, or a command fails." if not syntax
        else "The script stops here, whatever came before.",
        recommendation="Write it the way the message says." if not quiet
        else "Write it the way the message says, or suppress the rule on this line with a reason.",
        patch=_patch(path, job.by_path[path].new_text or "", comment.fix),
    )  # fmt: skip


def _patch(path: str, text: str, fix: _Fix | None) -> str | None:
    new = None if fix is None else _edited(text, fix.replacements)
    return None if new is None else patches.between(path, text, new)


def _edited(text: str, replacements: Sequence[_Replacement]) -> str | None:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for one in sorted(replacements, key=lambda r: (r.line, r.column, r.precedence), reverse=True):
        if not (1 <= one.line < len(starts) and 1 <= one.end_line < len(starts)):
            return None
        begin, end = starts[one.line - 1] + one.column - 1, starts[one.end_line - 1] + one.end_column - 1
        if not 0 <= begin <= end <= len(text):
            return None
        text = text[:begin] + one.replacement + text[end:]
    return text
