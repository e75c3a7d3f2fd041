"""Reading the model's answer to a review of the older kind (Stargazer 9.1). Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

from asterism.features.review.findings import LegacyIssue, LegacyResult, ReviewedFile, harmless, mask
from asterism.features.review.inspection import Change, view
from asterism.kernel.llm import json_object

SUMMARY = 20_000  # characters
TEXT = 8000


def read_answer(text: str, change: Change) -> LegacyResult:
    """Read the model's answer; issues are judged alone, an answer that is no JSON becomes the summary ([9.3])."""
    data = json_object(text)
    raw = data.get("issues") if data is not None else None
    if data is None or not isinstance(raw, list):
        return LegacyResult(harmless(text)[:SUMMARY], (), None)
    issues = []
    malformed = 0
    for entry in raw:
        issue = _issue(entry, change)
        if issue is None:
            malformed += 1
        else:
            issues.append(issue)
    summary = harmless(data["summary"])[:SUMMARY] if isinstance(data.get("summary"), str) else ""
    if malformed:
        summary = f"{summary}\n{malformed} malformed findings were left out.".strip()
    return LegacyResult(mask(summary), tuple(issues), _score(data.get("overallScore")))


def _score(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return int(value + 0.5)


def _issue(entry: Any, change: Change) -> LegacyIssue | None:
    if not isinstance(entry, Mapping):
        return None
    file = _file(entry.get("file"), change)
    line = entry.get("line")
    shown = file is not None and isinstance(line, int) and not isinstance(line, bool) and line in file.diff.new_lines
    try:
        return msgspec.convert(
            {
                "severity": entry.get("severity"),
                "category": entry.get("category"),
                "file": None if file is None else file.path,
                "line": line if shown else None,
                "title": _text(entry.get("title"))[:200],
                "description": _text(entry.get("description")),
                "suggestion": _text(entry["suggestion"]) if isinstance(entry.get("suggestion"), str) else None,
            },
            LegacyIssue,
        )
    except (msgspec.ValidationError, ValueError):
        return None


def _file(name: Any, change: Change) -> ReviewedFile | None:
    if not isinstance(name, str):
        return None
    by_id = {view.file_id(index): file for index, file in enumerate(change.files)}
    return by_id.get(name) or change.file(name.removeprefix("./"))


def _text(value: Any) -> str:
    text = mask(harmless(value).strip()[:TEXT]) if isinstance(value, str) else ""
    if not text:
        raise ValueError("an empty text")
    return text
