"""Tables of measurements, and the file that keeps the newest of each."""

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HEAD = """# Results

Written by `make bench`. Each table was measured in one run on one machine: read the ratios, not the figures.
"""


@dataclass
class Report:
    """One benchmark's tables and notes."""

    name: str = ""
    title: str = ""
    lines: list[str] = field(default_factory=list)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Add a table."""
        self.lines.append("")
        self.lines.append("| " + " | ".join(header) + " |")
        self.lines.append("|" + "---|" * len(header))
        self.lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]

    def note(self, text: str) -> None:
        """Add a line of text below what is there."""
        self.lines += ["", text]

    def markdown(self) -> str:
        """Write the section of this benchmark."""
        return "\n".join([f"## {self.name}: {self.title}", *self.lines, ""])


def merge(path: Path, reports: Sequence[Report]) -> None:
    """Replace the sections of `reports` in the results file and keep the others."""
    sections: dict[str, str] = {}
    if path.exists():
        for section in re.split(r"(?m)^(?=## )", path.read_text())[1:]:
            sections[section[3:].partition(":")[0]] = section.rstrip() + "\n"
    sections |= {report.name: report.markdown().rstrip() + "\n" for report in reports}
    path.write_text(HEAD + "".join("\n" + sections[name] for name in sorted(sections)))


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
