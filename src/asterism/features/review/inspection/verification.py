"""A second opinion on what a model reported: it can only remove or lower (Stargazer 5.11)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from asterism.features.review.findings import Issue, ReviewedFile
from asterism.features.review.inspection import prompts
from asterism.features.review.inspection.asker import Asker
from asterism.features.review.inspection.chunks import Piece
from asterism.features.review.inspection.models import VERIFY_SECONDS
from asterism.kernel.llm import ModelFailure, Turn, json_object
from asterism.vcs.unified import Hunk

BATCH = 20
UNVERIFIED = 0.60
_VERDICTS = frozenset({"confirmed", "refuted", "unsure"})


@dataclass(frozen=True, slots=True)
class Verified:
    """What is left, how many were refuted, and whether some calls gave no verdict."""

    issues: list[Issue]
    refuted: int
    incomplete: bool


async def verify(asker: Asker, issues: Sequence[Issue], files: Sequence[ReviewedFile]) -> Verified:
    """Show model findings to the model again, in batches, all at once; analyzer findings pass through."""
    doubtful = [issue for issue in issues if issue.from_model]
    batches = [doubtful[at : at + BATCH] for at in range(0, len(doubtful), BATCH)]
    results = await asyncio.gather(*(_batch(asker, batch, files) for batch in batches))
    judged: list[Issue] = [issue for issue in issues if not issue.from_model]
    refuted = 0
    incomplete = False
    for batch, verdicts in zip(batches, results, strict=True):
        incomplete = incomplete or verdicts is None
        for number, issue in enumerate(batch, 1):
            verdict = (verdicts or {}).get(number, "unsure" if verdicts is not None else "unverified")
            if verdict == "refuted":
                refuted += 1
            else:
                judged.append(_weighed(issue, verdict))
    return Verified(judged, refuted, incomplete)


def _weighed(issue: Issue, verdict: str) -> Issue:
    confidence = issue.confidence
    if verdict == "unsure":
        confidence = round(confidence * 0.7, 2)
    elif verdict == "unverified":
        confidence = min(confidence, UNVERIFIED)
    word = "not verified" if verdict == "unverified" else verdict
    steps = list(issue.trace) if isinstance(issue.trace, tuple) else []
    if steps:
        steps[-1] = msgspec.structs.replace(steps[-1], output_summary=f"{steps[-1].output_summary}; {word}")
    return msgspec.structs.replace(issue, confidence=confidence, trace=tuple(steps))


async def _batch(asker: Asker, batch: Sequence[Issue], files: Sequence[ReviewedFile]) -> Mapping[int, str] | None:
    """Return verdicts by number, None when the call failed, came late or cannot be read."""
    places = {file.path: index for index, file in enumerate(files)}
    shown = [(issue, _piece(issue, places[issue.file], files[places[issue.file]])) for issue in batch]
    try:
        answer = await asker.ask(
            prompts.VERIFY_SYSTEM,
            Turn("user", prompts.verify_user(shown)),
            schema=prompts.VERDICTS_SCHEMA,
            tokens=4096,
            seconds=VERIFY_SECONDS,
        )
    except ModelFailure:
        return None
    data = await asyncio.to_thread(json_object, answer.text)
    return _verdicts(data) if data is not None else None


def _verdicts(data: Mapping[str, Any]) -> Mapping[int, str] | None:
    """Read an answer; one that judges nothing is as good as none."""
    entries = data.get("verdicts")
    if not isinstance(entries, list):
        return None
    out = {}
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        number, verdict = entry.get("id"), str(entry.get("verdict")).lower()
        if isinstance(number, int) and not isinstance(number, bool):
            out[number] = verdict if verdict in _VERDICTS else "unsure"
    return out or None


def _piece(issue: Issue, index: int, file: ReviewedFile) -> Piece:
    """Return the hunk that an issue is about, the first ones for a whole file."""
    hunks: tuple[Hunk, ...] = file.diff.hunks[:2]
    if issue.line_start is not None:
        line = issue.line_start
        touching = [h for h in file.diff.hunks if h.new_range[0] - 3 <= line <= h.new_range[1] + 3]
        hunks = tuple(touching[:1]) or hunks
    return Piece(index, file, hunks)
