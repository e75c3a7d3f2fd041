"""Kinds of secrets and their weight (Stargazer 5.9.4)."""

from dataclasses import dataclass

from asterism.features.review.findings.models import RANK, Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of secret."""

    name: str
    severity: Severity
    confidence: float


@dataclass(frozen=True, slots=True)
class Match:
    """A secret at `start:end` of the searched text; a `placeholder` is redacted but not worth a finding."""

    kind: Kind
    start: int
    end: int
    value: str
    placeholder: bool = False


KINDS: dict[str, Kind] = {
    name: Kind(name, Severity(severity), confidence)
    for name, severity, confidence in (
        ("private-key", "blocker", 0.98),
        ("aws-access-key", "blocker", 0.95),
        ("github-token", "blocker", 0.95),
        ("anthropic-key", "high", 0.95),
        ("openai-key", "high", 0.95),
        ("google-api-key", "high", 0.95),
        ("gitlab-token", "high", 0.90),
        ("slack-token", "high", 0.90),
        ("stripe-key", "high", 0.90),
        ("npm-token", "high", 0.90),
        ("pypi-token", "high", 0.90),
        ("sendgrid-key", "high", 0.90),
        ("azure-storage-key", "high", 0.90),
        ("asterism-token", "high", 0.90),
        ("connection-url", "high", 0.80),
        ("jwt", "medium", 0.70),
        ("assignment", "medium", 0.60),
    )
}
"""Where two kinds match the same text, the one that stands first wins."""


def weight(kind: Kind) -> int:
    """Rank a kind by its severity, 0 for the worst."""
    return RANK[kind.severity]
