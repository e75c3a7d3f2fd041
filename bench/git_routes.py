"""`/api/git/status` and `/api/git/diff` against the git command itself, on a repository of 10,000 files."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from bench.report import Report, at_most, paired
from bench.servers import serving
from bench.trees import settle

TITLE = "git status and diff over HTTP against the git command, 10,000 files"
FILES = 10_000
CHANGED = 50
RUNS = 15
STATUS = ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--", ".")


def run() -> Report:
    """Measure and report."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
        root = make_repository(Path(folder).resolve() / "repository")
        with (
            serving(settings={"ASTERISM_PROJECT_ROOT": str(root)}) as server,
            httpx.Client(base_url=server.url, timeout=60) as client,
        ):
            trust(client)
            settle(server.process.pid)  # what a start leaves to do is not a cost of these routes
            rows = [
                row(report, "status", 0.7, lambda: get(client, "/api/git/status"), lambda: git(root, *STATUS)),
                row(report, "diff, unstaged", 1.0, lambda: get(client, "/api/git/diff"), lambda: git(root, "diff")),
                row(
                    report,
                    "diff, files",
                    1.0,
                    lambda: get(client, "/api/git/diff?mode=files"),
                    lambda: git(root, "diff", "HEAD"),
                ),
            ]
    report.table(["route", "over HTTP, ms", "git command, ms", "ratio", "aim"], rows)
    report.note(
        f"{FILES} files, {CHANGED} changed; medians of {RUNS} pairs. The configuration, read so that no program "
        "named there can run (ADR 0055), is remembered while its files stay the same."
    )
    return report


def row(report: Report, name: str, most: float, ours: Callable[[], float], peer: Callable[[], float]) -> list[str]:
    """Measure one route in pairs with its command."""
    over_http, command, ratio = paired(ours, peer, runs=RUNS)
    figures = f"{over_http * 1000:.0f} ms", f"git, {command * 1000:.0f} ms"
    report.against(f"git {name}, 10,000 files", *figures, ratio, at_most(most))
    return [name, f"{over_http * 1000:.1f}", f"{command * 1000:.1f}", f"{ratio:.2f}", f"<= {most}"]


def get(client: httpx.Client, path: str) -> float:
    """Return the seconds of one request."""
    started = time.perf_counter()
    client.get(path).raise_for_status()
    return time.perf_counter() - started


def git(root: Path, *arguments: str) -> float:
    """Return the seconds of one git command."""
    started = time.perf_counter()
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)
    return time.perf_counter() - started


def make_repository(root: Path) -> Path:
    """Make the repository: 100 folders of 100 small files, some of them changed since the commit."""
    identity = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
    identity |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    for number in range(FILES):
        path = root / f"folder{number // 100:03d}" / f"file{number % 100:02d}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"value_{line} = {number * line}\n" for line in range(20)))
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "first")):
        subprocess.run(["git", *arguments], cwd=root, check=True, env={**os.environ, **identity})
    time.sleep(1.1)  # files as young as the index would be read again by every command
    for number in range(0, FILES, FILES // CHANGED):
        path = root / f"folder{number // 100:03d}" / f"file{number % 100:02d}.py"
        path.write_text(path.read_text().replace("value_3", "changed"))
    git(root, "status")
    return root


def trust(client: httpx.Client) -> None:
    """Allow the server to read the default project."""
    project = client.get("/api/config/init").raise_for_status().json()["project"]
    entry = {
        "projectId": project["projectId"],
        "repoRoot": project["path"],
        "trustedAt": "2026-01-01T00:00:00Z",
        "capabilities": {"readFiles": True, "runCommands": False},
        "trustMode": "session",
    }
    client.post("/api/settings/trust", json=entry).raise_for_status()
