"""The secret detector: every kind of Stargazer 5.9.4 with its shape. Pure, and linear in the text.

`scan` is used for findings, redaction and masking alike, so what is reported is what never leaves the machine.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from asterism.features.review.findings.detector import armour, assignments, commands, tokens, urls
from asterism.features.review.findings.detector.kinds import KINDS, Kind, Match, weight
from asterism.features.review.findings.detector.values import entropy

__all__ = [
    "HINTS",
    "KINDS",
    "MASK",
    "Kind",
    "Match",
    "entropy",
    "mask",
    "masked",
    "redact",
    "redacted",
    "replaced",
    "scan",
    "weight",
]

MASK = "…[masked]"
HINTS = assignments.HINTS
"""Words that a name of a secret holds."""


def scan(text: str) -> list[Match]:
    """Return the secrets of a text, left to right, never overlapping; what says more about its issuer wins.

    Offsets count characters of `text`; no match reaches over the end of a line. A name on one line and its value on the
    next are seen together, so hand in whole files or hunks.
    """
    found: list[Match] = []
    starts: list[int] = []
    for source in (armour.find, tokens.find, urls.find, commands.find, assignments.find):
        for match in source(text):
            at = bisect_right(starts, match.start)
            before, after = found[at - 1 : at], found[at : at + 1]
            if any(match.start < one.end and one.start < match.end for one in (*before, *after)):
                continue
            found.insert(at, match)
            starts.insert(at, match.start)
    return found


def redact(text: str) -> str:
    """Replace every secret by `[REDACTED:<kind>]`; the number of lines stays (Stargazer [5.14])."""
    return replaced(text, scan(text), redacted)


def mask(text: str) -> str:
    """Show every secret as its first four characters and a mark (Stargazer [5.15])."""
    return replaced(text, scan(text), masked)


def redacted(match: Match) -> str:
    """Write what a model sees of a secret."""
    return f"[REDACTED:{match.kind.name}]"


def masked(match: Match) -> str:
    """Write what a person sees of a secret."""
    return match.value[:4] + MASK


def replaced(text: str, matches: Sequence[Match], shown: Callable[[Match], str]) -> str:
    """Put something else in the place of every match of `scan(text)`."""
    return "".join(_pieces(text, matches, shown)) if matches else text


def _pieces(text: str, matches: Sequence[Match], shown: Callable[[Match], str]) -> Iterable[str]:
    at = 0
    for match in matches:
        yield text[at : match.start]
        yield shown(match)
        at = match.end
    yield text[at:]
