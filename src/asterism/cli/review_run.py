"""What `asterism review` does: check the wish, review in process or through a server, write the report, choose an exit.

Exit codes: 0 done, 1 `--fail-on` reached, 2 wrong command line, 3 failed.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

from asterism.base.clock import SystemClock
from asterism.base.errors import DomainError, Invalid, Kind
from asterism.cli import review_model, review_report
from asterism.cli.output import EXIT_USAGE, command
from asterism.cli.review_progress import Progress
from asterism.cli.review_report import Report
from asterism.features.review import analyzers, inspection
from asterism.features.review.findings import at_least
from asterism.kernel import git

EXIT_REACHED = 1
EXIT_FAILED = 3
FORMATS = ("pretty", "json", "sarif", "github")
NOTHING = "Nothing to review."
_OF_THE_MODEL = frozenset({"AI_ERROR", "API_KEY_INVALID", "RATE_LIMITED"})


class Failed(DomainError):
    """The review cannot be made; the text says why."""

    kind, code = Kind.INVALID, "REVIEW_FAILED"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    folder: Path = Path()
    staged: bool = False
    base: str | None = None
    diff: str | None = None
    output: str = "pretty"
    fail_on: str | None = None
    baseline: Path | None = None
    lenses: str | None = None
    profile: str | None = None
    min_severity: str | None = None
    allow_commands: bool = False
    no_model: bool = False
    url: str | None = None


def run(wish: Wish) -> None:
    """Review, write the report and exit."""
    with command(as_json=False, code=EXIT_USAGE):
        options = checked(wish)
    with command(as_json=False, code=EXIT_FAILED):
        known = None if wish.baseline is None else fingerprints_of(wish.baseline)
        report = made(wish, options, known)
        sys.stdout.write(review_report.write(wish.output, report, color=_color()))
        sys.stdout.flush()
    if wish.fail_on is not None and reached(report, wish.fail_on):
        sys.exit(EXIT_REACHED)


def _color() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def checked(wish: Wish) -> inspection.Options:
    """Return the options of a wish. Raises Invalid when it contradicts itself or names something unknown."""
    if sum((wish.staged, wish.base is not None, wish.diff is not None)) > 1:
        raise Invalid("--staged, --base and --diff exclude each other.")
    if wish.output not in FORMATS:
        raise Invalid(f"Unknown format {wish.output!r}; there are {', '.join(FORMATS)}.")
    if wish.fail_on is not None:
        inspection.severity(wish.fail_on)
    return inspection.resolve(
        chosen_mode="staged" if wish.staged else "files",
        lens_names=inspection.words(wish.lenses),
        profile_name=wish.profile,
        minimum=wish.min_severity,
        files=(),
        defaults=inspection.Defaults(),
        base=wish.base,
    )


def reached(report: Report, fail_on: str) -> bool:
    """Whether a finding that is not known is at least as bad as `fail_on`."""
    limit = inspection.severity(fail_on)
    return any(at_least(issue.severity, limit) and not report.is_known(issue) for issue in report.issues)


def fingerprints_of(path: Path) -> frozenset[str]:
    """Read the fingerprints of an earlier JSON report. Raises Failed."""
    try:
        document = json.loads(path.read_bytes())
        return frozenset(str(issue["fingerprint"]) for issue in document["issues"])
    except OSError as error:
        raise Failed(f"The baseline {path} cannot be read.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Failed(f"The baseline {path} is not a JSON report of this command.") from error


def made(wish: Wish, options: inspection.Options, known: frozenset[str] | None) -> Report:
    """Make the review where it belongs: a diff and a checkout here, or a checkout through a server."""
    if wish.diff is not None:
        text = _diff_text(wish.diff)
        if not text.strip():
            return Report(NOTHING, known=known)
        try:
            return _report(asyncio.run(_of_text(wish, text, options)), known)
        except inspection.ReviewFailed as failure:
            raise _failed(failure) from failure
    with closing(git.Git()) as program:
        root = toplevel(program, wish.folder)
        return _report_of(wish, options, program, root, known)


def _report_of(
    wish: Wish, options: inspection.Options, program: git.Git, root: Path, known: frozenset[str] | None
) -> Report:
    if wish.url:
        from asterism.client import reviews  # brings an HTTP client, which a review in process does not need

        done = reviews.review(wish.url, root, options, allow_commands=wish.allow_commands)
        return Report(done.summary, done.issues, known=known, facts=done.facts)
    try:
        return _report(asyncio.run(_of_checkout(wish, root, options, program)), known)
    except inspection.ReviewFailed as failure:
        if failure.code == "NO_DIFF":
            return Report(failure.message, known=known)
        raise _failed(failure) from failure


def _failed(failure: inspection.ReviewFailed) -> Failed:
    alone = " With --no-model the static checks run alone." if failure.code in _OF_THE_MODEL else ""
    return Failed(failure.message + alone)


def _diff_text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Failed(f"The diff {name} cannot be read.") from error
    return raw.decode("utf-8", "replace")


def toplevel(program: git.Git, folder: Path) -> Path:
    """Return the top of the work tree that `folder` is in. Raises Failed, NotGitRepo, GitNotFound."""
    if not folder.is_dir():
        raise Failed(f"There is no folder {folder}.")
    checkout = git.Checkout(program, folder.resolve())
    checkout.require_work_tree()
    up = Path(checkout.prefix).parts
    return folder.resolve().parents[len(up) - 1] if up else folder.resolve()


async def _of_checkout(wish: Wish, root: Path, options: inspection.Options, program: git.Git) -> inspection.Inspected:
    # not by way of the server's settings: the checkout must not name commands
    commands = os.environ.get("ASTERISM_REVIEW_COMMANDS")
    checks = analyzers.chosen(_enabled(), Path(commands) if commands else None)
    async with review_model.asker(wanted=not wish.no_model) as asker:
        with _tools() as tools, Progress() as progress:
            return await inspection.inspect_checkout(
                root, options, checks, run_commands=wish.allow_commands, clock=SystemClock(), program=program,
                tools=tools, asker=asker, seen=progress.see,
            )  # fmt: skip


async def _of_text(wish: Wish, text: str, options: inspection.Options) -> inspection.Inspected:
    checks = analyzers.for_diff(analyzers.chosen(_enabled()))
    async with review_model.asker(wanted=not wish.no_model) as asker:
        with _tools() as tools, Progress() as progress:
            sources = inspection.Sources(checks, tools, analyzers.Project(), asker)
            return await inspection.inspect_diff(text, options, sources, clock=SystemClock(), seen=progress.see)


@contextmanager
def _tools() -> Iterator[analyzers.ToolRunner]:
    """Run programs on copies in the user's cache folder, which the next review sweeps when this one is killed."""
    tools = analyzers.ToolRunner(
        analyzers.Scratch(Path(platformdirs.user_cache_dir("asterism", appauthor=False)) / "reviews")
    )
    try:
        yield tools
    finally:
        tools.close()


def _enabled() -> str:
    return os.environ.get("ASTERISM_REVIEW_ANALYZERS", analyzers.DEFAULT)


def _report(inspected: inspection.Inspected, known: frozenset[str] | None) -> Report:
    facts = {
        "filesReviewed": len(inspected.change.files),
        "skipped": msgspec.to_builtins(inspected.change.skipped),
        "analyzers": msgspec.to_builtins(inspected.outcome.checks),
    }
    return Report(inspected.summary, inspected.outcome.issues, inspected.change.files, known, facts)
