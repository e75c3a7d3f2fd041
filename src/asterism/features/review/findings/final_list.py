"""From candidates to the final list: one issue per defect, filtered, in one order (Stargazer 5.12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from asterism.features.review.findings.identity import normalised, number
from asterism.features.review.findings.models import LENS_ORDER, RANK, Evidence, Issue, Lens, Range, Severity, at_least

PER_LENS = 100
PER_REVIEW = 300
SIMILAR = 0.75
LONGEST_RANGE = 200
_ADDED_SOURCES = 4
_SOURCES = ("model", "bandit", "ruff", "secrets", "sarif", "command", "diff-rules")
ALIASES = {"bandit:B613": "diff-rules:DR02", "bandit:B110": "diff-rules:DR11", "bandit:B112": "diff-rules:DR11"}
_ALIASED_ASSIGNMENT = frozenset({"bandit:B105", "bandit:B106", "bandit:B107"})


@dataclass(frozen=True, slots=True)
class Final:
    """The list of a review and what was left out on the way."""

    issues: tuple[Issue, ...]
    duplicate: int
    below_threshold: int
    over_cap: int


def finalise(candidates: Iterable[Issue], minimum: Severity) -> Final:
    """Merge duplicates, apply the minimum severity and the caps, order, number. Independent of the given order."""
    merged, duplicates = merge(candidates)
    loud = [issue for issue in merged if at_least(issue.severity, minimum)]
    ordered = sorted(loud, key=final_key)
    kept: list[Issue] = []
    per_lens: dict[Lens, int] = {}
    for issue in ordered:
        if len(kept) < PER_REVIEW and per_lens.get(issue.lens, 0) < PER_LENS:
            per_lens[issue.lens] = per_lens.get(issue.lens, 0) + 1
            kept.append(issue)
    return Final(tuple(number(kept)), duplicates, len(merged) - len(loud), len(ordered) - len(kept))


def merge(candidates: Iterable[Issue]) -> tuple[list[Issue], int]:
    """Fold each candidate that repeats a preferred one into it; return what is left and how many were folded.

    Kept issues are looked up by file and line, so that thousands of candidates do not meet each other.
    """
    kept: list[Issue] = []
    places: dict[tuple[str, int], list[int]] = {}
    folded = 0
    for candidate in sorted(candidates, key=_preference):
        spots = _spots(candidate)
        near = sorted({index for spot in spots for index in places.get(spot, ())})
        twin = next((index for index in near if same(kept[index], candidate)), None)
        if twin is not None:
            kept[twin] = _fold(kept[twin], candidate)
            folded += 1
            continue
        for spot in spots:
            places.setdefault(spot, []).append(len(kept))
        kept.append(candidate)
    return kept, folded


def _spots(issue: Issue) -> list[tuple[str, int]]:
    """Return where an issue can meet another one: its lines, 0 for the whole file."""
    if issue.line_start is None:
        return [(issue.file, 0)]
    last = min(issue.line_end or issue.line_start, issue.line_start + LONGEST_RANGE)
    return [(issue.file, line) for line in range(issue.line_start, last + 1)]


def same(one: Issue, other: Issue) -> bool:
    """Whether two findings are one defect: equal keys ([5.44]) or near duplicates ([5.45])."""
    if one.file != other.file:
        return False
    if (one.line_start or 0) == (other.line_start or 0) and normalised(one.title) == normalised(other.title):
        return True
    if not _overlap(one, other):
        return False
    if _same_rule(one, other):
        return True
    if one.category != other.category:
        return False
    if _jaccard(normalised(one.title), normalised(other.title)) >= SIMILAR:
        return True
    return one.line_start == other.line_start and one.from_model != other.from_model


def final_key(issue: Issue) -> tuple[int, float, bytes, bool, int, str]:
    """Sort key of the final order ([5.48])."""
    return (
        RANK[issue.severity],
        -issue.confidence,
        issue.file.encode("utf-8", "surrogatepass"),
        issue.line_start is None,
        issue.line_start or 0,
        issue.id,
    )


def source_kind(source: str) -> str:
    """Reduce a source to the word that ranks it: `sarif:eslint` is `sarif`."""
    return source.partition(":")[0]


def _preference(issue: Issue) -> tuple[int, float, int, int, bytes, int, str, str]:
    kind = source_kind(issue.source)
    return (
        RANK[issue.severity],
        -issue.confidence,
        _SOURCES.index(kind) if kind in _SOURCES else len(_SOURCES) - 1,
        LENS_ORDER[issue.lens],
        issue.file.encode("utf-8", "surrogatepass"),
        issue.line_start or 0,
        issue.title,
        issue.fingerprint,
    )


def _fold(kept: Issue, other: Issue) -> Issue:
    """Let `kept` take over the other's evidence; a second source makes it surer."""
    foreign = [entry for entry in kept.evidence if entry.type == "external"]
    evidence = kept.evidence
    confidence = kept.confidence
    if other.source != kept.source or other.rule_id != kept.rule_id:
        entry = _external(other)
        if len(foreign) < _ADDED_SOURCES and all(entry.source_id != old.source_id for old in foreign):
            evidence = (*evidence, entry)
    if other.source != kept.source:
        confidence = max(kept.confidence, min(0.99, round(kept.confidence + 0.05, 2)))
    patch = kept.suggested_patch if kept.suggested_patch is not None else other.suggested_patch
    return msgspec.structs.replace(kept, evidence=evidence, confidence=confidence, suggested_patch=patch)


def _external(issue: Issue) -> Evidence:
    rule = "" if issue.rule_id is UNSET else str(issue.rule_id)
    title = f"{issue.source} {rule}".strip()
    word = issue.symptom.removeprefix(f"{issue.source} {rule}: ") if rule else issue.symptom
    where = UNSET if issue.line_start is None or issue.line_end is None else Range(issue.line_start, issue.line_end)
    source_id = f"{issue.source}:{rule}" if rule else f"{issue.source}:{issue.lens.value}"
    return Evidence(
        type="external", title=title, source_id=source_id, file=issue.file, range=where, excerpt=word[:2000]
    )


def _overlap(one: Issue, other: Issue) -> bool:
    if one.line_start is None or other.line_start is None:
        return False
    first_end = one.line_end if one.line_end is not None else one.line_start
    other_end = other.line_end if other.line_end is not None else other.line_start
    return one.line_start <= other_end and other.line_start <= first_end


def canonical_rule(issue: Issue) -> str | None:
    """Name the rule of an analyzer's finding so that aliases of one rule are equal."""
    if issue.rule_id is UNSET:
        return None
    source, rule = source_kind(issue.source), str(issue.rule_id)
    if source in {"ruff", "sarif"} and len(rule) == 4 and rule[0] == "S" and rule[1:].isdigit():
        source, rule = "bandit", "B" + rule[1:]
    if source == "sarif" and ":" in issue.source:
        driver = issue.source.partition(":")[2].lower()
        source = driver if driver in {"ruff", "bandit"} else source
    key = f"{source}:{rule}"
    if key in _ALIASED_ASSIGNMENT:
        return "secrets:assignment"
    return ALIASES.get(key, key)


def _same_rule(one: Issue, other: Issue) -> bool:
    rule = canonical_rule(one)
    return rule is not None and rule == canonical_rule(other)


def _jaccard(one: str, other: str) -> float:
    first, second = set(one.split()), set(other.split())
    return len(first & second) / len(first | second) if first or second else 0.0


def sorted_lenses(lenses: Sequence[Lens]) -> tuple[Lens, ...]:
    """Return lenses without repetition in canonical order ([5.13])."""
    return tuple(sorted(set(lenses), key=LENS_ORDER.__getitem__))
