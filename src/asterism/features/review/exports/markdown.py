"""A review as a Markdown document (Stargazer 7.6)."""

from collections.abc import Sequence

from asterism.base.linear import compiled
from asterism.features.review.exports.escapes import fence, github
from asterism.features.review.findings import SEVERITIES, Issue

_SPECIAL = compiled(r"[\\`*_\[\]#|~]")


def document(review_id: str, created_at: str, summary: str, issues: Sequence[Issue]) -> str:
    """Write heading, summary and one section per severity that occurs."""
    lines = [f"# Review {review_id}", "", f"Made {created_at}.", "", *(_plain(line) for line in summary.split("\n"))]
    for severity in SEVERITIES:
        chosen = [issue for issue in issues if issue.severity is severity]
        if chosen:
            lines += ["", f"## {severity.value.capitalize()} ({len(chosen)})"]
            for issue in chosen:
                lines += ["", *_entry(issue)]
    return "\n".join(lines) + "\n"


def _entry(issue: Issue) -> list[str]:
    where = issue.file
    if issue.line_start is not None:
        where += f":{issue.line_start}"
        if issue.line_end != issue.line_start:
            where += f"-{issue.line_end}"
    out = [
        f"### {_plain(issue.title)}",
        "",
        f"{_code(where)} - {issue.category.value}, confidence {issue.confidence:g}",
    ]
    for heading, text in (
        ("", issue.symptom),
        ("Why it matters", issue.why_it_matters),
        ("Explanation", issue.rationale),
        ("Recommendation", issue.recommendation),
    ):
        if text:
            out += ["", (f"**{heading}:** " if heading else "") + _plain(text)]
    code = next((entry for entry in issue.evidence if entry.type == "code"), None)
    if code is not None and code.excerpt:
        out += ["", fence(code.excerpt, "")]
    if issue.suggested_patch:
        out += ["", fence(issue.suggested_patch, "diff")]
    return out


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda hit: "\\" + hit[0], github(text))


def _code(text: str) -> str:
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{text.replace(chr(10), ' ')}{ticks}"
