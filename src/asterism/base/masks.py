"""Secrets out of texts: which strings are looked for, and what stands in their place. Pure."""

from collections.abc import Iterable
from typing import Final

MASK: Final = "***"
SHORTEST: Final = 4  # characters: shorter values would mask ordinary words


def needles(values: Iterable[str]) -> tuple[str, ...]:
    """Return what is to be masked: values of four characters or more, each line of one of several; the long first."""
    lines = {line.strip() for value in values for line in (value, *value.splitlines())}
    return tuple(sorted((line for line in lines if len(line) >= SHORTEST), key=lambda line: (-len(line), line)))


def mask(text: str, secrets: Iterable[str]) -> str:
    """Return a text with `***` in the place of each secret."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def settled(text: str, secrets: Iterable[str]) -> str:
    """Return a text that goes on growing without the end that may be the beginning of a secret."""
    held = max((_begun(text, secret) for secret in secrets), default=0)
    return text[: len(text) - held]


def _begun(text: str, secret: str) -> int:
    """Return how many characters at the end of a text begin a secret."""
    longest = min(len(text), len(secret) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(secret[:size])), 0)
