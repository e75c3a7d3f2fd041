"""A model's answer, judged issue by issue: repaired where the intent is clear, dropped where not (Stargazer 5.8)."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from asterism.features.review.findings import (
    DEFAULT_CATEGORY,
    Category,
    FixStep,
    Lens,
    ReviewedFile,
    Severity,
    harmless,
)
from asterism.features.review.inspection.view import file_id
from asterism.kernel.llm import json_object

TITLE = 200
TEXT = 8000
ITEMS = 20
_SEVERITIES = {"critical": "blocker", "major": "high", "minor": "low", "info": "nit"}


@dataclass(frozen=True, slots=True)
class Draft:
    """One valid issue of an answer, not yet placed on the text."""

    file: ReviewedFile
    start: int | None
    end: int | None
    quote: str | None
    severity: Severity
    category: Category
    title: str
    rationale: str
    recommendation: str
    symptom: str
    why: str
    patch: str | None
    confidence: float
    fix_plan: tuple[FixStep, ...] | UnsetType = UNSET
    better_options: tuple[str, ...] | UnsetType = UNSET
    tests_to_add: tuple[str, ...] | UnsetType = UNSET


class Malformed(ValueError):
    """One issue of an answer cannot be understood."""


def issues_of(text: str, *, truncated: bool) -> list[Any] | None:
    """Return the raw issues of an answer; of a truncated one those complete before the cut. None when it is no JSON."""
    data = json_object(text)
    if data is not None and isinstance(data.get("issues"), list):
        return list(data["issues"])
    if data is not None and not truncated:
        return [] if "issues" not in data and "summary" in data else None
    return _salvage(text) if truncated else None


def _salvage(text: str) -> list[Any] | None:
    start = text.find('"issues"')
    start = text.find("[", start) if start >= 0 else -1
    if start < 0:
        return None
    decoder = json.JSONDecoder()
    out: list[Any] = []
    at = start + 1
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return out
        out.append(value)


def draft(raw: Any, lens: Lens, files: Mapping[str, ReviewedFile], paths: Sequence[str]) -> Draft:
    """Read one raw issue. `files` is keyed by id (F1) and by path. Raises Malformed."""
    if not isinstance(raw, Mapping):
        raise Malformed("not an object")
    start, end = _lines(raw)
    rationale = _required(raw, "rationale")
    patch = raw.get("suggested_patch")
    quote = raw.get("quote")
    return Draft(
        file=_file(raw.get("file"), files, paths),
        start=start,
        end=end,
        quote=quote if isinstance(quote, str) and quote.strip() else None,
        severity=_severity(raw.get("severity")),
        category=_category(raw.get("category"), lens),
        title=" ".join(_required(raw, "title").split())[:TITLE],
        rationale=rationale,
        recommendation=_required(raw, "recommendation"),
        symptom=_optional(raw, "symptom", rationale),
        why=_optional(raw, "whyItMatters", rationale),
        patch=patch if isinstance(patch, str) else None,
        confidence=_confidence(raw.get("confidence")),
        fix_plan=_steps(raw.get("fixPlan")),
        better_options=_texts(raw.get("betterOptions")),
        tests_to_add=_texts(raw.get("testsToAdd")),
    )


def by_name(files: Sequence[ReviewedFile]) -> dict[str, ReviewedFile]:
    """Index files by their neutral id and by path."""
    return {file.path: file for file in files} | {file_id(index): file for index, file in enumerate(files)}


def _file(value: Any, files: Mapping[str, ReviewedFile], paths: Sequence[str]) -> ReviewedFile:
    if not isinstance(value, str) or not value.strip():
        raise Malformed("no file")
    name = value.strip().removeprefix("./")
    if name in files:
        return files[name]
    endings = [path for path in paths if path.endswith("/" + name)]
    if len(endings) != 1:
        raise Malformed("unknown file")
    return files[endings[0]]


def _lines(raw: Mapping[str, Any]) -> tuple[int | None, int | None]:
    start, end = _line(raw.get("line_start")), _line(raw.get("line_end"))
    if start is None and end is None:
        return None, None
    start = end if start is None else start
    end = start if end is None else end
    if start is None or end is None:
        return None, None
    return min(start, end), max(start, end)


def _line(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise Malformed("a line is no number")
    if isinstance(value, str):
        value = value.strip()
        if not value.isdigit() or len(value) > 9:
            raise Malformed("a line is no number")
        value = int(value)
    if isinstance(value, float):
        if not value.is_integer():
            raise Malformed("a line is no whole number")
        value = int(value)
    if not isinstance(value, int):
        raise Malformed("a line is no number")
    return value if value >= 1 else None


def _severity(value: Any) -> Severity:
    word = value.strip().lower() if isinstance(value, str) else ""
    try:
        return Severity(_SEVERITIES.get(word, word))
    except ValueError:
        raise Malformed("unknown severity") from None


def _category(value: Any, lens: Lens) -> Category:
    try:
        return Category(value.strip().lower() if isinstance(value, str) else "")
    except ValueError:
        return DEFAULT_CATEGORY[lens]


def _confidence(value: Any) -> float:
    if value is None:
        return 0.5
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise Malformed("confidence is no number") from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Malformed("confidence is no number")
    number = value / 100 if 10 <= value <= 100 else float(value)
    if not 0 <= number <= 1:
        raise Malformed("confidence is out of range")
    return round(number, 2)


def _required(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    text = harmless(value).strip() if isinstance(value, str) else ""
    if not text:
        raise Malformed(f"no {name}")
    return text[:TEXT]


def _optional(raw: Mapping[str, Any], name: str, instead: str) -> str:
    value = raw.get(name)
    text = harmless(value).strip() if isinstance(value, str) else ""
    return text[:TEXT] or instead


def _texts(value: Any) -> tuple[str, ...] | UnsetType:
    if not isinstance(value, list):
        return UNSET
    kept = [harmless(one).strip()[:TEXT] for one in value if isinstance(one, str) and harmless(one).strip()]
    return tuple(kept[:ITEMS]) or UNSET


def _steps(value: Any) -> tuple[FixStep, ...] | UnsetType:
    if not isinstance(value, list):
        return UNSET
    kept: list[FixStep] = []
    for one in value:
        action = one.get("action") if isinstance(one, Mapping) else None
        if not isinstance(action, str) or not harmless(action).strip():
            continue
        step = one.get("step")
        number = step if isinstance(step, int) and not isinstance(step, bool) else len(kept) + 1
        files = one.get("files")
        risk = one.get("risk")
        kept.append(
            FixStep(
                step=number,
                action=harmless(action).strip()[:TEXT],
                files=tuple(name for name in files if isinstance(name, str)) if isinstance(files, list) else UNSET,
                risk=risk if risk in {"low", "medium", "high"} else UNSET,
            )
        )
    return tuple(kept[:ITEMS]) or UNSET
