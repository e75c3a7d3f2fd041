"""Counting tokens: each once, whatever a provider repeats (Starbot 7.3)."""

from collections.abc import Mapping
from typing import Any

from asterism.kernel.llm.models import Usage
from asterism.kernel.llm.reading.lenient import field, mapping, number

Names = Mapping[str, tuple[str, ...]]


class Counts:
    """The latest figures of one answer.

    Figures are totals so far, so a later one replaces the one before; a field that is missing, null or zero leaves it.
    `names` says where each of `input`, `cached`, `written`, `output` and `reasoning` stands: `a` or `a.b`.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._latest: dict[str, int] = {}

    def take(self, figures: Any) -> None:
        """Take the usage that an event tells."""
        fields = mapping(figures)
        for name, places in self._names.items():
            for place in places:
                outer, _, inner = place.partition(".")
                value = field(mapping(fields.get(outer)), inner) if inner else fields.get(outer)
                if count := number(value):
                    self._latest[name] = count
                    break

    def get(self, name: str) -> int:
        """Return a figure, 0 when none came."""
        return self._latest.get(name, 0)

    def usage(self, input_tokens: int, output_tokens: int) -> Usage:
        """Return the usage with the totals that a format makes of its figures."""
        return Usage(
            input_tokens,
            output_tokens,
            cached_input_tokens=self.get("cached"),
            reasoning_tokens=self.get("reasoning"),
            reported=bool(input_tokens or output_tokens),
        )
