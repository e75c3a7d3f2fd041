"""Running all analyzers of a review side by side on one private copy (Stargazer [5.30], [5.32])."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from asterism.features.review.analyzers.models import (
    SECONDS,
    Analyzer,
    AnalyzerFailed,
    AnalyzerStatus,
    Begun,
    Finding,
    Job,
    PartlyFailed,
    Tools,
)
from asterism.features.review.analyzers.placement import copy_names
from asterism.features.review.findings import ReviewedFile

Report = Callable[[str, Sequence[Finding]], Awaitable[None]]
"""Called with an analyzer's id and what it found, as soon as it is done."""


@dataclass(frozen=True, slots=True)
class Project:
    """What analyzers may know of the project; `root` is None for a posted diff."""

    root: Path | None = None
    staged: bool = False
    run_commands: bool = False


@asynccontextmanager
async def prepared(
    files: Sequence[ReviewedFile], project: Project, tools: Tools, begun: Mapping[str, Begun] | None = None
) -> AsyncIterator[Job]:
    """Make the private copy of the reviewed version and take it away again.

    The files' secrets are looked for here, away from the event loop; whoever shows a line later finds it done.
    """
    async with _apart(tools.workplace()) as folder:
        copies = await asyncio.to_thread(_copy, files, folder)
        yield Job(
            files=files,
            folder=folder,
            copies=copies,
            tools=tools,
            root=project.root,
            staged=project.staged,
            run_commands=project.run_commands,
            by_path={file.path: file for file in files},
            begun=begun or {},
        )


@asynccontextmanager
async def _apart(place: AbstractContextManager[Path]) -> AsyncIterator[Path]:
    """Enter and leave `place` away from the event loop: taking a thousand files away holds up everybody else."""
    folder = await asyncio.to_thread(place.__enter__)
    try:
        yield folder
    finally:
        await asyncio.to_thread(place.__exit__, None, None, None)


def _copy(files: Sequence[ReviewedFile], folder: Path) -> dict[str, Path]:
    copies = {}
    made: set[str] = set()
    for file, (own, name) in zip(files, copy_names(file.path for file in files), strict=True):
        _ = file.shown_lines, file.redacted_lines
        if file.new_text is None or file.deleted:
            continue
        if own not in made:
            (folder / own).mkdir(mode=0o700)
            made.add(own)
        place = folder / own / name
        with open(place, "xb", opener=_private) as target:
            target.write(file.new_text.encode("utf-8", "replace"))
        copies[file.path] = place
    return copies


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


async def run_all(analyzers: Sequence[Analyzer], job: Job, report: Report) -> list[AnalyzerStatus]:
    """Run every analyzer at the same time; one that fails is noted and stops nobody. Statuses keep the given order."""
    return list(await asyncio.gather(*(_run_one(analyzer, job, report) for analyzer in analyzers)))


async def _run_one(analyzer: Analyzer, job: Job, report: Report) -> AnalyzerStatus:
    reason = analyzer.skipped(job)
    if reason is not None:
        return AnalyzerStatus(analyzer.id, "skipped", reason or "nothing to check")
    try:
        async with asyncio.timeout(SECONDS + 5):
            found = await analyzer.run(job)
    except PartlyFailed as partly:
        await report(analyzer.id, partly.found)
        return AnalyzerStatus(analyzer.id, "ok", str(partly))
    except AnalyzerFailed as failure:
        return AnalyzerStatus(analyzer.id, "failed", str(failure))
    except TimeoutError:
        return AnalyzerStatus(analyzer.id, "failed", f"timed out after {SECONDS} s")
    except Exception as error:  # noqa: BLE001 - a plug-in's bug must not take the review down; it is named instead
        return AnalyzerStatus(analyzer.id, "failed", f"crashed ({type(error).__name__})")
    await report(analyzer.id, found)
    return AnalyzerStatus(analyzer.id, "ok")
