"""A closer look at one issue, on the snapshot that was stored with its review (Stargazer 8)."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from asterism.base.clock import stamp
from asterism.base.errors import DomainError, RateLimited
from asterism.features.review.findings import Issue, ReviewedFile, harmless, mask, patches
from asterism.features.review.inspection import Asker, ModelUse, Piece, prompts, view
from asterism.features.review.reviews import service, store
from asterism.features.review.reviews.errors import DrilldownFailed, KeyRejected
from asterism.features.review.reviews.models import Drilldown, DrilldownTrace, Row
from asterism.features.review.reviews.services import Services
from asterism.kernel.llm import FailureKind, ModelFailure, Target, Turn, json_object

TEXT = 20_000
LINKS = 10
_RELATED = 50
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}\Z", re.IGNORECASE)
_CODES = {
    FailureKind.UNAVAILABLE: "NETWORK_ERROR",
    FailureKind.INTERRUPTED: "NETWORK_ERROR",
    FailureKind.TIMEOUT: "MODEL_TIMEOUT",
}


async def drill(services: Services, row: Row, issue: Issue, target: Target) -> Drilldown:
    """Ask about one issue of a saved review and save the answer. Raises the errors of [8.4]; then nothing is saved."""
    files = await services.db.run_read(service.reviewed_files, services.secrets, row.id)
    others = [one for one in service.issues_of(row) if one.id != issue.id]
    asker = Asker(services.models, target, services.server_gate, ModelUse(target.provider, target.model))
    question = Turn("user", _question(issue, others, files))
    try:
        answer = await asker.ask(prompts.DRILLDOWN_SYSTEM, question, schema=prompts.DRILLDOWN_SCHEMA, tokens=8192)
    except ModelFailure as failure:
        raise refused(failure) from failure
    data = await asyncio.to_thread(json_object, answer.text)
    if data is None:
        raise DrilldownFailed("The model's answer cannot be read.", code="MODEL_ERROR")
    drilldown = _read(data, issue, others, files, stamp(services.clock.now()))
    await asyncio.shield(services.db.run(store.save_drilldown, row.id, drilldown))
    return drilldown


def refused(failure: ModelFailure) -> DomainError:
    """Turn a model's failure into the documented error."""
    if failure.failure is FailureKind.AUTH:
        return KeyRejected(failure.message)
    if failure.failure is FailureKind.RATE_LIMITED:
        return RateLimited(failure.message, retry_after=failure.retry_after or 5)
    return DrilldownFailed(failure.message, code=_CODES.get(failure.failure, "MODEL_ERROR"))


def _question(issue: Issue, others: Sequence[Issue], files: Sequence[ReviewedFile]) -> str:
    where = "whole file" if issue.line_start is None else f"lines {issue.line_start}-{issue.line_end}"
    parts = [
        f"Finding: {view.safe(issue.title)}",
        f"Place: {view.safe_path(issue.file)} {where}; severity {issue.severity.value}",
        f"Claim: {view.safe(issue.rationale)}",
        f"Advice given: {view.safe(issue.recommendation)}",
        "Other findings: "
        + ("; ".join(f"{view.safe(one.id)} {view.safe(one.title)}" for one in others[:_RELATED]) or "none"),
    ]
    index = next((at for at, file in enumerate(files) if file.path == issue.file), None)
    if index is not None:
        parts.append("Code:\n" + view.render([Piece(index, files[index], files[index].diff.hunks)])[:48_000])
    else:
        parts += [f"Code: {view.safe(entry.excerpt)}" for entry in issue.evidence if entry.type == "code"]
    return prompts.fenced("\n".join(parts), "Explain this finding.")


def _read(
    data: Mapping[str, Any], issue: Issue, others: Sequence[Issue], files: Sequence[ReviewedFile], now: str
) -> Drilldown:
    file = next((one for one in files if one.path == issue.file), None)
    patch = None if file is None else patches.checked(data.get("patch"), file)
    ids = {one.id for one in others}
    where = issue.file if issue.line_start is None else f"{issue.file}:{issue.line_start}-{issue.line_end}"
    return Drilldown(
        issue_id=issue.id,
        issue=issue,
        detailed_analysis=_text(data, "detailedAnalysis"),
        root_cause=_text(data, "rootCause"),
        impact=_text(data, "impact"),
        suggested_fix=_text(data, "suggestedFix"),
        patch=None if patch is None or mask(patch) != patch else patch,
        related_issues=tuple(dict.fromkeys(one for one in _texts(data, "relatedIssues") if one in ids)),
        references=tuple(dict.fromkeys(one for one in _texts(data, "references") if _LINK.match(one)))[:LINKS],
        trace=(
            DrilldownTrace(
                step=1, tool="drilldown", input_summary=where, output_summary="analysis written", timestamp=now
            ),
        ),
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    text = mask(harmless(value).strip()[:TEXT]) if isinstance(value, str) else ""
    if not text:
        raise DrilldownFailed("The model's answer is not complete.", code="MODEL_ERROR")
    return text


def _texts(data: Mapping[str, Any], name: str) -> list[str]:
    values = data.get(name)
    return [value.strip() for value in values if isinstance(value, str)] if isinstance(values, list) else []
