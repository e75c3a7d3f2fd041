"""A server at rest: what it costs while nobody asks, and how soon it ends."""

import time

from bench.report import Report, at_most, median
from bench.servers import Running, serving

TITLE = "a server at rest: processor time, memory, end"
SETTLE_SECONDS = 15
REST_SECONDS = 30
ENDS = 3


def run() -> Report:
    """Measure and report."""
    report = Report()
    with serving() as server:
        time.sleep(SETTLE_SECONDS)
        memory = server.resident_mib()
        before = server.processor_seconds()
        time.sleep(REST_SECONDS)
        share = (server.processor_seconds() - before) / REST_SECONDS
    ends = []
    for _ in range(ENDS):
        with serving() as server:
            time.sleep(SETTLE_SECONDS)
            ends.append(seconds_to_end(server))
    report.table(
        ["at rest", "", "aim"],
        [
            ["share of one processor", f"{share:.2%}", "< 0.3 %"],
            [f"resident memory after {SETTLE_SECONDS} s", f"{memory:.0f} MiB", "< 100 MiB"],
            ["SIGTERM to the end of the process", f"{median(ends):.2f} s", "< 0.5 s"],
        ],
    )
    report.alone("idle, share of one processor", share * 100, at_most(0.3, "%"), digits=2)
    report.alone("idle memory", memory, at_most(100, "MiB"), digits=0)
    report.alone("SIGTERM to the end of the process", median(ends), at_most(0.5, "s"), digits=2)
    report.note(f"A new data folder; at rest for {REST_SECONDS} s, after {SETTLE_SECONDS} s; the end {ENDS} times.")
    return report


def seconds_to_end(server: Running) -> float:
    """Ask a server to end and wait until it has."""
    started = time.perf_counter()
    server.process.terminate()
    server.process.wait(60)
    return time.perf_counter() - started
