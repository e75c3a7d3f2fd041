"""What a rule found."""

from dataclasses import dataclass

from asterism.features.operations.detection.models import Signal


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal and what it speaks for; `effect` is a runtime, a framework, `edge`, a database or `storage`."""

    signal: Signal
    effect: str


def hit(rule: str, weight: float, reason: str, effect: str) -> Finding:
    """Return a finding."""
    return Finding(Signal(rule, weight, reason), effect)
