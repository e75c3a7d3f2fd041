"""From the findings of analyzers, and from the paths of a tree, to notes (Fastest 12.4). Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from asterism.features.operations.action_items.models import Note, Severity
from asterism.features.review.analyzers import Finding
from asterism.features.review.findings import RANK, Lens
from asterism.features.review.findings import Severity as Weight
from asterism.vcs.facts import is_test

RULES: Final = 1
"""Which rules were applied. Counted up when they change, so that every tree is looked at anew."""

CODE_ENDINGS: Final = (".ts", ".tsx", ".js", ".jsx", ".py", ".go", ".rs", ".java", ".rb", ".php")
FEWEST_CODE, MANY_CODE, FEW_TESTS = 5, 20, 0.1
SECRETS: Final = "secrets"
GUESSED: Final = frozenset({"connection-url", "jwt", "assignment"})
"""Kinds of the detector that are known by their surroundings and not by a form of their own."""

MAX_PLACES, MAX_FILES = 50, 50
_MODEL: Final = "model:"


class Found(msgspec.Struct, frozen=True, array_like=True):
    """A finding of an analyzer as it is kept: its rule, where it is, and what it is about."""

    source: str
    rule: str
    line: int
    severe: bool
    title: str
    advice: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an analysis looked at, and what stands in which file. `asked` says whether a model was asked as well."""

    workspace_id: str
    manifest_hash: str
    rules: int
    asked: bool
    found: Mapping[str, Sequence[Found]]


def is_code(path: str) -> bool:
    """Say whether a file counts as code."""
    return path.endswith(CODE_ENDINGS)


def worth_keeping(finding: Finding) -> Found | None:
    """Return what is kept of an analyzer's finding, None for one that is no matter for an action item."""
    secret = finding.source == SECRETS
    if secret and finding.rule_id in GUESSED:
        return None
    if not secret and (finding.lens is not Lens.SECURITY or RANK[finding.severity] > RANK[Weight.HIGH]):
        return None
    severe = secret or finding.severity is Weight.BLOCKER
    return Found(finding.source, finding.rule_id, finding.start or 1, severe, finding.title, finding.recommendation)


def notes_of_tests(paths: Iterable[str]) -> list[Note]:
    """Say whether there are enough tests for the code."""
    code = [path for path in paths if is_code(path)]
    tests = [path for path in code if is_test(path)]
    subjects = len(code) - len(tests)
    if subjects < FEWEST_CODE:
        return []
    if not tests:
        severity: Severity = "critical" if subjects >= MANY_CODE else "warning"
        return [_coverage(severity, "no-tests", "No tests found", f"{subjects:,} code files, and no test among them.")]
    if len(tests) / subjects >= FEW_TESTS:
        return []
    told = f"{subjects:,} code files and {len(tests):,} with tests."
    return [_coverage("info", "few-tests", "Few tests", told)]


def _coverage(severity: Severity, rule: str, title: str, told: str) -> Note:
    prompt = (
        f"{told} Add tests for the most important behaviour of this project, in the style and with the tools that fit "
        "it, and see that they run."
    )
    return Note("test_coverage", severity, rule, severity, title, told, prompt)


def notes_of_findings(found: Mapping[str, Sequence[Found]]) -> list[Note]:
    """Put findings together, one note for each rule. No value of a secret is in it."""
    by_rule: dict[str, list[tuple[str, Found]]] = {}
    for path in sorted(found):
        for one in found[path]:
            by_rule.setdefault(f"{one.source}:{one.rule}", []).append((path, one))
    return [_security(rule, places) for rule, places in sorted(by_rule.items())]


def _security(rule: str, places: Sequence[tuple[str, Found]]) -> Note:
    first = places[0][1]
    files = tuple(dict.fromkeys(path for path, _ in places))
    named = ", ".join(f"{path}:{one.line}" for path, one in places[:MAX_PLACES])
    count = "1 place" if len(places) == 1 else f"{len(places)} places"
    return Note(
        type="security",
        severity="critical" if any(one.severe for _, one in places) else "warning",
        rule=rule,
        cause=digest(f"{path} {number}" for path, number in _per_file(places)),
        title=first.title,
        description=f"In {count}: {', '.join(files[:3])}{' and more' if len(files) > 3 else ''}.",
        prompt=f"{first.title}: {named}. {first.advice} Look at each place, and mend those that are real.",
        files=files[:MAX_FILES],
        metadata={"rule": rule, "places": [{"path": path, "line": one.line} for path, one in places[:MAX_PLACES]]},
    )


def _per_file(places: Sequence[tuple[str, Found]]) -> list[tuple[str, int]]:
    """Count by file: lines move with every edit above them and are no other cause."""
    counts: dict[str, int] = {}
    for path, _ in places:
        counts[path] = counts.get(path, 0) + 1
    return sorted(counts.items())


def digest(parts: Iterable[str]) -> str:
    """Return a name for what an item is about."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def model_rule(title: str) -> str:
    """Return the rule of what a model says: its folded title."""
    return _MODEL + " ".join(title.casefold().split())[:150]


def of_model(rule: str) -> bool:
    """Say whether a rule is a model's word."""
    return rule.startswith(_MODEL)


def cause_of_files(files: Iterable[str], blobs: Mapping[str, str]) -> str | None:
    """Return what a model's word is about, the contents of its files; None when one of them is gone."""
    named = sorted(set(files))
    if any(path not in blobs for path in named):
        return None
    return digest(f"{path} {blobs[path]}" for path in named)
