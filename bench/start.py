"""Start of the command line: what it costs before a command does anything, in milliseconds of processor time."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.report import Report, at_most, median

TITLE = "start of the command line, processor time"
ROUNDS = 15
STARTS: dict[str, tuple[list[str], int]] = {
    "python -c pass": ([sys.executable, "-c", "pass"], 0),
    "asterism --help": ([sys.executable, "-m", "asterism", "--help"], 120),
    "asterism status, in a folder that is not bound": ([sys.executable, "-m", "asterism", "status"], 150),
}


def run() -> Report:
    """Measure and report."""
    report = Report()
    rows = []
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
        for name, (command, aim) in STARTS.items():
            spent = [processor_milliseconds(command, Path(folder)) for _ in range(ROUNDS)]
            rows.append([name, f"{min(spent):.0f}", f"{median(spent):.0f}", f"< {aim} ms" if aim else ""])
            if aim:
                report.alone(name, median(spent), at_most(aim, "ms"), digits=0)
    report.table(["", "least, ms", "median, ms", "aim"], rows)
    report.note(f"User and system time of the process, {ROUNDS} times each, files cached.")
    return report


def processor_milliseconds(command: Sequence[str], folder: Path) -> float:
    """Run a command to its end and return what it used of processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
