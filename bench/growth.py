"""Curves over size: one figure for each size of each work, and how it grows. Shared by benchmarks.

Growth is the exponent between the two largest sizes: 0 is flat, 1 in proportion to the size, 2 its square.
"""

import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.report import Report, at_most, median
from bench.servers import Running

LARGE = os.environ.get("BENCH_LARGE") == "1"
LINEAR, FLAT = 1.1, 0.3  # flat: at most twice as much for ten times the size


@dataclass(frozen=True)
class Spent:
    """What a piece of work took: seconds on the clock, processor seconds and peak MiB of the server and of a client."""

    seconds: float
    server: float = 0.0
    server_mib: float = 0.0
    client: float = 0.0
    client_mib: float = 0.0


@dataclass
class Curves:
    """What works took, by work and then by size, in the order of the sizes."""

    what: str
    sizes: Sequence[int]
    found: dict[str, list[Spent]] = field(default_factory=dict)

    def add(self, work: str, spent: Spent) -> None:
        """Add what a work took at the next size."""
        self.found.setdefault(work, []).append(spent)

    def table(self, report: Report, title: str, figure: str, scale: float = 1, digits: int = 0) -> None:
        """Add the table of one figure of `Spent`, `scale` times as large, with how it grows."""
        header = [title, *(f"{size:,}" for size in self.sizes), "growth"]
        rows = []
        for work, values in self.figures(figure).items():
            shown = [f"{value * scale:,.{digits}f}" for value in values]
            rows.append([work, *shown, f"{growth(self.sizes, values):.2f}"])
        report.table(header, rows)

    def figures(self, figure: str) -> Mapping[str, list[float]]:
        """Return one figure of each work that has it."""
        found = {work: [float(getattr(one, figure)) for one in spent] for work, spent in self.found.items()}
        return {work: values for work, values in found.items() if any(values)}

    def headline(self, report: Report, work: str, figure: str, most: float = LINEAR) -> None:
        """Add how one figure of a work grows to the headlines."""
        values = self.figures(figure)[work]
        names = {"seconds": "time", "server": "processor time", "server_mib": "memory", "client_mib": "client's memory"}
        name = f"{work}: growth of {names[figure]} to {self.sizes[-1]:,} {self.what}"
        report.alone(name, growth(self.sizes, values), at_most(most), digits=2)


def growth(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the exponent by which `values` grow between the two largest sizes; what is next to nothing is flat."""
    if len(values) < 2 or min(values[-2:]) <= 0:
        return 0.0
    return math.log(values[-1] / values[-2]) / math.log(sizes[-1] / sizes[-2])


def middle(found: Sequence[Spent]) -> Spent:
    """Return the medians."""
    return Spent(*(median([getattr(one, name) for one in found]) for name in Spent.__dataclass_fields__))


class Watch:
    """Measures what a server uses while a context is open: processor seconds, and its peak of memory."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self.processor, self.peak_mib = 0.0, 0.0

    def __enter__(self) -> "Watch":
        self._server.forget_peak()
        self._before = self._server.processor_seconds()
        return self

    def __exit__(self, *_: object) -> None:
        self.processor = self._server.processor_seconds() - self._before
        self.peak_mib = self._server.peak_mib()


def asked(server: Running, request: Callable[[], object], times: int) -> Spent:
    """Make a request so many times and return the mean of what one takes; the server's clock counts hundredths."""
    with Watch(server) as watch:
        began = time.perf_counter()
        for _ in range(times):
            request()
        seconds = time.perf_counter() - began
    return Spent(seconds / times, watch.processor / times, watch.peak_mib)
