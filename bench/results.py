"""`bench/RESULTS.md`: one table of ratios, the runs, and the newest section of each benchmark.

A later run replaces what it measured and keeps the rest, so every section and every row names its run.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.report import NO_PEER, Report

HEAD = """# Results

Written by `make bench`. Each table was measured in one run on one machine: read the ratios, not the figures.
"""
RATIOS, RUNS = "ratios", "runs"
COLUMNS = {
    RATIOS: ("benchmark", "work", "ours", "peer", "ratio", "aim", "", "run"),
    RUNS: ("run", "measured", "machine"),
}
TITLES = {RATIOS: "ours against its peers, and aims without a peer", RUNS: "when and on what"}


def merge(text: str, reports: Sequence[Report], run: str, machine: str) -> str:
    """Put the reports of a run in the place of what `text`, the file so far, says of the same benchmarks.

    `run` is a label such as a date and time. Runs of which nothing is left are left out.
    """
    sections = {section[3:].partition(":")[0]: section.rstrip() + "\n" for section in _split(text)}
    new = {report.name for report in reports}
    rows = [row for row in _rows(sections.pop(RATIOS, "")) if row[0] not in new]
    runs = {row[0]: row for row in _rows(sections.pop(RUNS, ""))}
    for report in reports:
        rows += [
            [report.name, line.work, line.ours, line.peer, line.ratio, line.aim, line.verdict, run]
            for line in report.headlines
        ]
        sections[report.name] = report.markdown().rstrip() + "\n"
    runs[run] = [run, "", machine]
    kept = [[label, ", ".join(names), runs[label][2]] for label in sorted(runs) if (names := _of(sections, label))]
    tables = [_table(RATIOS, sorted(rows, key=lambda row: (row[3] == NO_PEER, row[0]))), _table(RUNS, kept)]
    return HEAD + "".join("\n" + part for part in [*tables, *(sections[name] for name in sorted(sections))])


def write(path: Path, reports: Sequence[Report], run: str, machine: str) -> str:
    """Write the file anew; return its table of ratios."""
    before = path.read_text() if path.exists() else ""
    path.write_text(merge(before, reports, run, machine))
    return _split(path.read_text())[0]


def stamp(run: str, seconds: float) -> str:
    """Return the last line of a section, which names its run."""
    return f"Run of {run}, {seconds:.0f} s."


def _split(text: str) -> list[str]:
    return re.split(r"(?m)^(?=## )", text)[1:]


def _rows(section: str) -> Iterator[list[str]]:
    """Yield the cells of a section's table, without its two lines of header."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def _of(sections: dict[str, str], run: str) -> list[str]:
    """Return the benchmarks whose newest section is of this run."""
    return [name for name in sorted(sections) if f"\nRun of {run}, " in sections[name]]


def _table(name: str, rows: Sequence[Sequence[str]]) -> str:
    report = Report(name, TITLES[name])
    report.table(COLUMNS[name], rows)
    return report.markdown()
