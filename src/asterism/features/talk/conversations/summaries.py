"""Sentences about changed files that need no model (Fastest 8.6, 8.9)."""

from collections.abc import Sequence
from typing import Protocol

SHOWN = 3
LONGEST = 200
VERBS = (("added", "added"), ("modified", "changed"), ("deleted", "deleted"))


class Changed(Protocol):
    """A file and what became of it."""

    @property
    def path(self) -> str:
        """Where it is."""
        ...

    @property
    def change(self) -> str:
        """`added`, `modified` or `deleted`."""
        ...


def summary_of(files: Sequence[Changed]) -> str:
    """Return `Added 2, changed 1 and deleted 1 file: a.py, b.py, …` of at least one file."""
    counts = [(word, sum(1 for one in files if one.change == change)) for change, word in VERBS]
    told = [f"{word} {count}" for word, count in counts if count]
    text = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    last = next(count for _, count in reversed(counts) if count)
    head = f"{text[:1].upper()}{text[1:]} {'file' if last == 1 else 'files'}: "
    names = ", ".join(one.path for one in files[:SHOWN]) + (", …" if len(files) > SHOWN else "")
    whole = head + names
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"
