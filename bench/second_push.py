"""The second push of a large tree: 100,000 files, 10 of them changed, against `git add -A` and `git commit`."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from bench.report import Report, at_most, median
from bench.servers import serving
from bench.trees import asterism, many_small, settle, small, timed

TITLE = "second push of 100,000 files with 10 changes"
FILES = 100_000
CHANGES = 10
ROUNDS = 7


def run() -> Report:
    """Measure and report."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder, serving() as server:
        top = Path(folder)
        environment = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": server.token}
        mine, theirs = top / "ours", top / "git"
        for work in (mine, theirs):
            many_small(work, FILES)
        timed(asterism("push", str(mine), "--project", "bench", "--json"), top, environment)
        timed(["git", "init", "-q", "-b", "main"], theirs, {})
        timed(["git", "config", "gc.auto", "0"], theirs, {})  # it would go on beside what is measured
        commit(theirs)
        samples = []
        with server.client() as client:
            for number in range(ROUNDS):
                change(mine, number)
                change(theirs, number)
                settle()
                before = spent(client)
                seconds = timed(asterism("push", str(mine), "--json"), top, environment)
                samples.append((seconds, spent(client) - before, commit(theirs)))
        status = median([timed(asterism("status", "--json"), mine, environment) for _ in range(ROUNDS)])
        watched = [watched_round(mine, environment, number) for number in watching(mine, environment)]
        git_status = median([timed(["git", "status", "--porcelain"], theirs, {}) for _ in range(ROUNDS)])
    ours, server_share, git = (median([sample[i] for sample in samples]) for i in range(3))
    watched_push, watched_status = (median([sample[i] for sample in watched]) for i in range(2))
    ratio = median([sample[0] / sample[2] for sample in samples])
    report.table(
        ["", "ours, s", "git, s", "ours / git", "aim"],
        [
            ["push / add -A + commit", f"{ours:.2f}", f"{git:.2f}", f"{ratio:.2f}", "≤ 1.5"],
            ["of that in the server, ms", f"{server_share * 1000:.0f}", "", "", "< 50 ms"],
            ["status", f"{status:.2f}", f"{git_status:.2f}", f"{status / git_status:.2f}", "≤ 2"],
            ["push, watched", f"{watched_push:.2f}", f"{git:.2f}", f"{watched_push / git:.2f}", "≤ 1"],
            [
                "status, watched",
                f"{watched_status:.2f}",
                f"{git_status:.2f}",
                f"{watched_status / git_status:.2f}",
                "≤ 1",
            ],
        ],
    )
    report.against("second push, 100,000 files", f"{ours:.2f} s", f"git, {git:.2f} s", ratio, at_most(1.5))
    report.alone("of that in the server", server_share * 1000, at_most(50, "ms"), digits=0)
    figures = f"{status:.2f} s", f"git, {git_status:.2f} s"
    report.against("status, 100,000 files", *figures, status / git_status, at_most(2))
    report.note(
        f"{FILES} files, {CHANGES} changed before each push; medians of {ROUNDS} rounds taken in turn. git commits to "
        "the repository beside the tree; ours also sends to the server and starts Python. The server's share is the "
        "sum of its request times. Watched: `asterism watch` runs, and names the folders that were touched."
    )
    return report


def watching(work: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """Number the rounds; while they go on `asterism watch` runs, which has heard of the whole tree before."""
    timed(asterism("watch", "--background"), work, environment)
    try:
        timed(asterism("status", "--json"), work, environment)
        yield from range(ROUNDS, 2 * ROUNDS)
    finally:
        timed(asterism("watch", "--stop"), work, environment)


def watched_round(work: Path, environment: Mapping[str, str], number: int) -> tuple[float, float]:
    """Return the seconds of a push of some changes, and of a status after it."""
    change(work, number)
    settle()
    push = timed(asterism("push", str(work), "--json"), work, environment)
    return push, timed(asterism("status", "--json"), work, environment)


def change(work: Path, number: int, files: int = FILES) -> None:
    """Change some files, spread over the tree."""
    for index in range(CHANGES):
        with open(small(work, index * files // CHANGES + 50), "a") as file:
            file.write(f"# round {number}\n")


def commit(work: Path) -> float:
    """Add and commit everything; returns the seconds."""
    return timed(["git", "add", "-A"], work, {}) + timed(["git", "commit", "-q", "-m", "bench"], work, {})


def spent(client: httpx.Client) -> float:
    """Return how many seconds of requests the server has answered so far."""
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if "_seconds_sum" in line and "/v1/" in line)
