"""From an analyzer's finding to an issue on the reviewed text."""

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asterism.features.review.analyzers.models import Finding
from asterism.features.review.findings import (
    Anchor,
    Issue,
    ReviewedFile,
    Trace,
    Unanchored,
    anchor_tool,
    anchored_lines,
    code_evidence,
    identity,
    mask,
    one_line,
    patches,
)

_LONG = 8000


@dataclass(frozen=True, slots=True)
class Dropped:
    """A finding that is not shown; `reason` is its counter in `coverage.dropped`."""

    reason: str


def place(finding: Finding, file: ReviewedFile, now: str) -> Issue | Dropped:
    """Put a finding on the diff: kept when its range holds an added line, or when it is about the whole file."""
    if finding.dropped is not None:
        return Dropped(finding.dropped)
    if finding.start is None or finding.end is None:
        where: Anchor | Unanchored = Anchor(None, None, "about the file")
    else:
        where = anchor_tool(file, finding.start, finding.end)
    if isinstance(where, Unanchored):
        return Dropped(where.reason)
    key = identity.rule_key(finding.source, finding.rule_id, finding.title)
    print_ = identity.fingerprint(
        file=file.path,
        category=finding.category.value,
        rule_key=key,
        anchor=identity.anchor_text(anchored_lines(file, where)),
    )
    return Issue(
        id=identity.issue_id(finding.lens, print_),
        severity=finding.severity,
        category=finding.category,
        title=mask(one_line(finding.title, 200)),
        file=file.path,
        line_start=where.start,
        line_end=where.end,
        rationale=mask(finding.rationale[:_LONG]),
        recommendation=mask(finding.recommendation[:_LONG]),
        suggested_patch=_patch(finding, file),
        confidence=finding.confidence,
        symptom=_symptom(finding),
        why_it_matters=finding.why,
        evidence=(code_evidence(file, where),),
        trace=(
            Trace(
                step=1,
                tool=finding.source,
                input_summary=file.path,
                output_summary=finding.rule_id,
                timestamp=now,
            ),
        ),
        lens=finding.lens,
        source=finding.source,
        rule_id=finding.rule_id,
        fingerprint=print_,
    )


def _symptom(finding: Finding) -> str:
    """Tool, rule and message; unless the message names them already."""
    if finding.source == "secrets" or finding.message.startswith(f"{finding.source} "):
        return finding.message
    return mask(f"{finding.source} {finding.rule_id}: {finding.message}"[:_LONG])


def _patch(finding: Finding, file: ReviewedFile) -> str | None:
    patch = patches.checked(finding.patch, file)
    return None if patch is None or mask(patch) != patch else patch


def copy_names(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Name a folder and a file for each private copy: the base name where it is harmless (rules look at it).

    Python sources of different names share a folder, which tools that read one file at a time do not notice; all else
    has a folder of its own, where nothing can be taken for its configuration or its package.
    """
    taken: Counter[str] = Counter()
    for index, path in enumerate(paths, 1):
        name = _plain_name(posixpath.basename(path))
        key = name.lower()
        if key.endswith(".py") and key != "__init__.py":
            taken[key] += 1
            yield f"p{taken[key]}", name
        else:
            yield f"f{index}", name


def _plain_name(name: str) -> str:
    harmless = name.isascii() and all(char.isalnum() or char in "._-" for char in name) and not name.startswith("-")
    return name if harmless and name not in {"", ".", ".."} else "file" + _plain(posixpath.splitext(name)[1])


def _plain(suffix: str) -> str:
    return suffix if suffix[1:].isalnum() and suffix.isascii() else ""
