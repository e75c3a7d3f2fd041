"""How many secrets the detector finds where they live, how often it errs, and whether all it finds is redacted."""

import time
from collections import Counter
from dataclasses import dataclass, field

from asterism.features.review.findings import detector
from bench.report import Report
from bench.secrets.cases import Case, load

TITLE = "recall and precision of the secret detector"
DRAWS = 10


@dataclass
class Tally:
    """What was found over all cases."""

    secrets: int = 0
    found: int = 0
    leaked: int = 0
    findings: int = 0
    false_alarms: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    quiet: int = 0

    def add(self, case: Case) -> None:
        """Scan one case and compare."""
        real = [match for match in detector.scan(case.text) if not match.placeholder]
        clean = detector.redact(case.text)
        self.findings += len(real)
        self.quiet += not case.secrets
        for kind, value, start in case.secrets:
            self.secrets += 1
            hit = any(match.kind.name == kind and _touches(match, value, start) for match in real)
            self.found += hit
            leaked = any(piece in clean for piece in pieces(value))
            self.leaked += leaked
            if not hit or leaked:
                self.missed[case.path] += 1
        self.false_alarms += [
            f"{case.path}: {match.kind.name}"
            for match in real
            if not any(_touches(match, value, start) for _, value, start in case.secrets)
        ]


def _touches(match: detector.Match, value: str, start: int) -> bool:
    return match.start < start + len(value) and start < match.end


def pieces(value: str) -> list[str]:
    """Return the parts of a secret that must not be seen: the lines of a key's body, else all of it."""
    lines = [part for part in value.replace("\\n", "\n").split("\n") if "MII" in part]
    return [line[line.index("MII") :].rstrip('"') for line in lines] or [value]


def measure() -> Tally:
    """Scan every case, those with secrets in several draws."""
    tally = Tally()
    for draw in range(DRAWS):
        for case in load("true", draw):
            tally.add(case)
        for case in load("false", draw):
            tally.add(case)
    return tally


def run() -> Report:
    """Print the table."""
    started = time.monotonic()
    tally = measure()
    report = Report()
    right = tally.findings - len(tally.false_alarms)
    report.table(
        ("secrets", "recall", "look-alikes", "precision", "left in what a model sees"),
        [
            (
                f"{tally.secrets // DRAWS} × {DRAWS} draws",
                f"{100 * tally.found / tally.secrets:.2f} %",
                f"{tally.quiet // DRAWS} × {DRAWS} draws",
                f"{100 * right / max(1, tally.findings):.2f} %",
                tally.leaked,
            )
        ],
    )
    report.note(f"Missed: {', '.join(f'{name} {n}' for name, n in sorted(tally.missed.items())) or 'none'}.")
    report.note(f"False alarms: {', '.join(sorted(set(tally.false_alarms))) or 'none'}.")
    report.note(f"{time.monotonic() - started:.1f} s.")
    return report
