"""A review as SARIF 2.1.0 (Stargazer 7.6; the standard is OASIS sarif-v2.1.0)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import UNSET

from asterism import __version__
from asterism.features.review.findings import Issue, ReviewedFile, Severity, patches

MOST = 5000
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.BLOCKER: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NIT: "note",
}
_SCORES = {
    Severity.BLOCKER: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
    Severity.NIT: "0.5",
}


def document(
    issues: Sequence[Issue], files: Sequence[ReviewedFile] = (), known: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Build the document: one run, one rule per lens and category or per analyzer rule.

    `known` are fingerprints of a baseline; their results say so and count as unchanged.
    """
    by_path = {file.path: file for file in files}
    rules: dict[str, dict[str, Any]] = {}
    results = []
    for issue in issues[:MOST]:
        rule = _rule_id(issue)
        rules.setdefault(rule, _rule(rule, issue))
        results.append(_result(issue, list(rules).index(rule), rule, by_path.get(issue.file), known))
    driver = {
        "name": "asterism",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": list(rules.values()),
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule_id(issue: Issue) -> str:
    return f"{issue.lens.value}/{issue.category.value}" if issue.rule_id is UNSET else f"{issue.source}:{issue.rule_id}"


def _rule(rule: str, issue: Issue) -> dict[str, Any]:
    return {
        "id": rule,
        "name": rule,
        "shortDescription": {"text": issue.title if issue.rule_id is not UNSET else f"{issue.category.value} finding"},
        "defaultConfiguration": {"level": _LEVELS[issue.severity]},
        "properties": {
            "tags": list(dict.fromkeys([issue.lens.value, issue.category.value])),
            "security-severity": _SCORES[issue.severity],
        },
    }


def _result(issue: Issue, index: int, rule: str, file: ReviewedFile | None, known: frozenset[str]) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": quote(issue.file)}}
    if issue.line_start is not None and issue.line_end is not None:
        location["region"] = {"startLine": issue.line_start, "endLine": issue.line_end}
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": _LEVELS[issue.severity],
        "rank": round(issue.confidence * 100, 2),
        "message": {"text": _message(issue)},
        "locations": [{"physicalLocation": location}],
        "properties": {
            "security-severity": _SCORES[issue.severity],
            "id": issue.id,
            "severity": issue.severity.value,
            "confidence": issue.confidence,
        },
    }
    if issue.fingerprint:
        result["partialFingerprints"] = {"asterism/v1": issue.fingerprint}
    if known:
        result["baselineState"] = "unchanged" if issue.fingerprint in known else "new"
    fix = _fix(issue, file)
    if fix is not None:
        result["fixes"] = [fix]
    return result


def _message(issue: Issue) -> str:
    parts = [issue.title.rstrip(".") + ".", issue.rationale, issue.recommendation]
    return "\n\n".join(part for part in parts if part)


def _fix(issue: Issue, file: ReviewedFile | None) -> Mapping[str, Any] | None:
    """Turn a patch into replacements of whole lines; a pure insertion replaces nothing in front of its line."""
    parsed = None if file is None else patches.parse_for(issue.suggested_patch, file)
    if parsed is None:
        return None
    replacements = []
    for hunk in parsed.hunks:
        old = [line for line in hunk.lines if line.old is not None]
        new = "".join(f"{line.text}\n" for line in hunk.lines if line.new is not None)
        if not old:
            return None
        region = {"startLine": hunk.old_start, "startColumn": 1, "endLine": hunk.old_start + len(old), "endColumn": 1}
        if hunk.old_ends_without_newline or hunk.new_ends_without_newline:
            return None
        replacements.append({"deletedRegion": region, "insertedContent": {"text": new}})
    return {
        "description": {"text": issue.recommendation or issue.title},
        "artifactChanges": [{"artifactLocation": {"uri": quote(issue.file)}, "replacements": replacements}],
    }
