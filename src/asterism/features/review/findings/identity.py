"""Names of findings that survive shifted lines (Stargazer [5.43], [5.49], [5.50])."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from asterism.features.review.findings.detector import redact
from asterism.features.review.findings.models import Issue, Lens

_TITLE_LENGTH = 60
_ID_DIGITS = 10


@lru_cache(maxsize=4096)
def normalised(title: str) -> str:
    """Fold a title for comparison: NFKC, case-folded, letters and digits only, at most 60 characters."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    kept = "".join(char if char.isalnum() else " " for char in folded)
    return " ".join(kept.split())[:_TITLE_LENGTH].strip()


def anchor_text(lines: Iterable[str]) -> str:
    """Fold the anchored lines: redacted, whitespace collapsed, joined by LF; it holds no line numbers."""
    return "\n".join(folded(line) for line in lines)


@lru_cache(maxsize=8192)
def folded(line: str) -> str:
    """Redact one line and collapse its whitespace; what models quote and what names a finding are compared so."""
    return " ".join(redact(line).split())


def fingerprint(*, file: str, category: str, rule_key: str, anchor: str) -> str:
    """Name a finding by what it says about which text: SHA-256 in hex."""
    text = "\n".join(("v1", file, category, rule_key, anchor))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def rule_key(source: str, rule_id: str | None, title: str) -> str:
    """`<source>:<rule>` of an analyzer's finding, the folded title of a model's."""
    return normalised(title) if rule_id is None else f"{source}:{rule_id}"


def issue_id(lens: Lens, print_: str) -> str:
    """Shorten a fingerprint to the id that people and events use."""
    return f"{lens.value}-{print_[:_ID_DIGITS]}"


def number(issues: Sequence[Issue]) -> list[Issue]:
    """Give the final list its ids; where two clash, later ones get -2, -3 and so on."""
    seen: dict[str, int] = {}
    out = []
    for issue in issues:
        base = issue_id(issue.lens, issue.fingerprint)
        seen[base] = seen.get(base, 0) + 1
        out.append(msgspec.structs.replace(issue, id=base if seen[base] == 1 else f"{base}-{seen[base]}"))
    return out
