"""What one benchmark found: tables, notes, and its headlines, the ratios that the first table of all gathers."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

NO_PEER = "-"


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a figure should be, at most or at least; a ratio where a peer did the same work."""

    bound: float
    unit: str = ""
    least: bool = False

    def held(self, value: float) -> bool:
        """Say whether a value is what it should be."""
        return value >= self.bound if self.least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g}{self.unit and ' '}{self.unit}"


def at_most(bound: float, unit: str = "") -> Aim:
    """Say that less is better."""
    return Aim(bound=bound, unit=unit)


def at_least(bound: float, unit: str = "") -> Aim:
    """Say that more is better."""
    return Aim(bound=bound, unit=unit, least=True)


@dataclass(frozen=True)
class Headline:
    """One row of the table of ratios."""

    work: str
    ours: str
    peer: str
    ratio: str
    aim: str
    verdict: str


@dataclass
class Report:
    """One benchmark's headlines, tables and notes."""

    name: str = ""
    title: str = ""
    lines: list[str] = field(default_factory=list)
    headlines: list[Headline] = field(default_factory=list)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Add a table."""
        self.lines.append("")
        self.lines.append("| " + " | ".join(header) + " |")
        self.lines.append("|" + "---|" * len(header))
        self.lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]

    def note(self, text: str) -> None:
        """Add a line of text below what is there."""
        self.lines += ["", text]

    def against(self, work: str, ours: str, peer: str, ratio: float, aim: Aim) -> None:
        """Add a headline that was measured against a peer; `ours` and `peer` are figures with units."""
        self._headline(work, ours, peer, f"{ratio:.2f}", aim, aim.held(ratio))

    def alone(self, work: str, ours: float, aim: Aim, *, digits: int = 1) -> None:
        """Add a headline whose aim is a figure of its own, in the aim's unit."""
        self._headline(work, f"{ours:.{digits}f} {aim.unit}".rstrip(), NO_PEER, "", aim, aim.held(ours))

    def absent(self, work: str, ours: str, peer: str, aim: Aim) -> None:
        """Add a headline whose peer is not installed here; `peer` is its name."""
        self._headline(work, ours, f"no {peer} here", "", aim, None)

    def _headline(self, work: str, ours: str, peer: str, ratio: str, aim: Aim, held: bool | None) -> None:
        verdict = "not compared" if held is None else "held" if held else "**missed**"
        self.headlines.append(Headline(work, ours, peer, ratio, str(aim), verdict))

    def markdown(self) -> str:
        """Write the section of this benchmark."""
        return "\n".join([f"## {self.name}: {self.title}", *self.lines, ""])


def median(samples: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(samples)


def paired(ours: Callable[[], float], peer: Callable[[], float], *, runs: int) -> tuple[float, float, float]:
    """Measure both in turn, `runs` times after one warm-up each; return the medians and the median of the ratios.

    Each callable does the work once and returns its seconds. Pairing keeps the ratio honest while the machine drifts.
    """
    ours()
    peer()
    pairs = [(ours(), peer()) for _ in range(runs)]
    return (
        median([a for a, _ in pairs]),
        median([b for _, b in pairs]),
        median([a / b for a, b in pairs]),
    )
