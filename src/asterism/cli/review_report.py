"""The report of `asterism review` in its four forms. Pure: a report in, text out."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from asterism.cli.output import printable
from asterism.features.review.exports import sarif_document
from asterism.features.review.findings import Issue, ReviewedFile, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """What is written out; `known` are fingerprints of the baseline, None without one."""

    summary: str
    issues: tuple[Issue, ...] = ()
    files: tuple[ReviewedFile, ...] = ()
    known: frozenset[str] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def is_known(self, issue: Issue) -> bool:
        """Whether the baseline holds the finding."""
        return self.known is not None and issue.fingerprint in self.known


_LEVELS = {
    Severity.BLOCKER: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.NIT: "notice",
}
_COLORS = {
    Severity.BLOCKER: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.NIT: "2",
}


def write(form: str, report: Report, *, color: bool) -> str:
    """Write the report in one of the forms `json`, `sarif`, `github`, `pretty`."""
    if form == "json":
        return _json(report)
    if form == "sarif":
        document = sarif_document(report.issues, report.files, report.known or frozenset())
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if form == "github":
        return "".join(_workflow_command(report, issue) for issue in report.issues)
    return _pretty(report, _painter(color))


def _json(report: Report) -> str:
    issues = []
    for issue in report.issues:
        data: dict[str, Any] = msgspec.to_builtins(issue)
        if report.known is not None:
            data["known"] = report.is_known(issue)
        issues.append(data)
    document = {"summary": report.summary, "issues": issues, **report.facts}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _workflow_command(report: Report, issue: Issue) -> str:
    """Write a workflow command; a known finding is only a notice, so that it fails nothing."""
    known = report.is_known(issue)
    level = "notice" if known else _LEVELS[issue.severity]
    facts = [f"file={_property(issue.file)}"]
    if issue.line_start is not None:
        facts += [f"line={issue.line_start}", f"endLine={issue.line_end}"]
    mark = " (known)" if known else ""
    facts.append(f"title={_property(f'[{issue.severity.upper()}] {issue.title}{mark}')}")
    return f"::{level} {','.join(facts)}::{_data(f'{issue.rationale} {issue.recommendation}')}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


Paint = Callable[[str, str], str]


def _painter(color: bool) -> Paint:
    return (lambda text, code: f"\x1b[{code}m{text}\x1b[0m") if color else (lambda text, _code: text)


def _pretty(report: Report, paint: Paint) -> str:
    out = []
    for issue in report.issues:
        where = issue.file if issue.line_start is None else f"{issue.file}:{issue.line_start}"
        rule = issue.source if not isinstance(issue.rule_id, str) else f"{issue.source} {issue.rule_id}"
        known = paint("known ", "2") if report.is_known(issue) else ""
        severity = paint(f"{issue.severity.value:<7}", _COLORS[issue.severity])
        out.append(
            f"{paint(_line(where), '1')}  {severity}  {known}{_line(issue.title)}  {paint(f'[{_line(rule)}]', '2')}"
        )
        out.append(f"    {_line(issue.rationale)}")
        out.append(f"    {_line(issue.recommendation)}")
        out.append("")
    out += [printable(line) for line in report.summary.split("\n")]
    return "\n".join(out) + "\n"


def _line(text: str) -> str:
    """Keep a text on one line and free of what would drive a terminal."""
    return printable(" ".join(text.split(" ")).replace("\n", " ").replace("\t", " "))
