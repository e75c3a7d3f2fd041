"""Runs every benchmark (or those named) one after the other and writes `bench/RESULTS.md` anew from their tables.

A benchmark is a module of this package with `TITLE` and `run() -> Report`. Figures of different machines and days are
not comparable; the ratios within one table are. The first table gathers the headlines of all benchmarks.
"""

import importlib
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import results
from bench.machine import load, machine
from bench.report import Report

FOLDER = Path(__file__).parent
SHARED = {
    "__init__",
    "__main__",
    "bare",
    "fleets",
    "growth",
    "load",
    "machine",
    "peers",
    "projects",
    "report",
    "results",
}
SHARED |= {"seeds", "servers", "trees"}
APART = {"apps"}  # needs the network for minutes: make test-apps


def names() -> list[str]:
    """Return the benchmarks, in alphabetical order."""
    modules = [path.stem for path in FOLDER.glob("*.py")]
    packages = [path.parent.name for path in FOLDER.glob("*/__init__.py")]
    return sorted(set(modules + packages) - SHARED)


def main(wanted: list[str]) -> int:
    """Run the benchmarks and print their tables."""
    unknown = set(wanted) - set(names())
    if unknown:
        sys.stderr.write(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names())}\n")
        return 2
    reports: list[Report] = []
    ratios, run, before = "", f"{datetime.now(UTC):%Y-%m-%d %H:%M}", load()
    for name in wanted or [name for name in names() if name not in APART]:
        module = importlib.import_module(f"bench.{name}")
        sys.stderr.write(f"{name}: {module.TITLE} …\n")
        started = time.monotonic()
        report: Report = module.run()
        report.name, report.title = name, module.TITLE
        report.note(results.stamp(run, time.monotonic() - started))
        sys.stdout.write(report.markdown() + "\n")
        sys.stdout.flush()
        reports.append(report)
        told = f"{machine()}; load {before:.1f} before the run, {load():.1f} at its end"
        ratios = results.write(FOLDER / "RESULTS.md", reports, run, told)
    sys.stdout.write(ratios)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
