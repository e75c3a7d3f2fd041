"""Runs every benchmark (or those named) one after the other and writes `bench/RESULTS.md` anew from their tables.

A benchmark is a module of this package with `TITLE` and `run() -> Report`. Figures of different machines and days are
not comparable; the ratios within one table are.
"""

import importlib
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.report import Report, merge

FOLDER = Path(__file__).parent
SHARED = {"__init__", "__main__", "fleets", "load", "report", "servers", "trees"}


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
    for name in wanted or names():
        module = importlib.import_module(f"bench.{name}")
        sys.stderr.write(f"{name}: {module.TITLE} …\n")
        started = time.monotonic()
        report: Report = module.run()
        report.name, report.title = name, module.TITLE
        report.note(f"measured {datetime.now(UTC):%Y-%m-%d}, {time.monotonic() - started:.0f} s, {machine()}")
        sys.stdout.write(report.markdown() + "\n")
        sys.stdout.flush()
        reports.append(report)
        merge(FOLDER / "RESULTS.md", reports)
    return 0


def machine() -> str:
    """Say in a few words what this was measured on."""
    import os

    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
