"""Histories of 50,000 commits and fewer into a project, against `git fast-export | git fast-import`."""

import subprocess
import tempfile
import time
from pathlib import Path

from bench.report import Report
from bench.servers import Running, serving
from bench.trees import asterism, measured

TITLE = "import-git and export-git of long histories"
COMMITS = (5_000, 50_000)
FILES = 50
EVERY = 10


def run() -> Report:
    """Measure and report."""
    report = Report()
    rows = []
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder, serving() as server:
        for commits in COMMITS:
            top = Path(folder) / str(commits)
            repository = make_history(top / "repository", commits)
            git = copied(repository, top / "copy")
            first, peak = sent(server, top, "import-git", str(repository), "--project", f"h{commits}")
            again, _ = sent(server, top, "import-git", str(repository), "--project", f"h{commits}")
            back, back_peak = sent(server, top, "export-git", f"h{commits}", str(top / "out"))
            same = head(repository) == head(top / "out")
            rows.append(
                [
                    f"{commits:,}",
                    f"{git:.1f}",
                    f"{first:.1f}",
                    f"{first / git:.0f}",
                    f"{first / commits * 1000:.2f}",
                    f"{again:.1f}",
                    f"{back:.1f}",
                    f"{peak:.0f} / {back_peak:.0f}",
                    "yes" if same else "NO",
                ]
            )
    report.table(
        [
            "commits",
            "git, s",
            "import, s",
            "import / git",
            "ms a commit",
            "again, s",
            "export, s",
            "peak MiB, import / export",
            "same names",
        ],
        rows,
    )
    report.note(
        f"A tree of {FILES} files, one changed by each commit, every {EVERY}th a merge. git copies objects inside one "
        "process; an import sends every tree to the server, which checks it, keeps it under its own hash and registers "
        "the snapshot in a transaction of its own. Linear when the time a commit stays the same; bounded when the peak "
        "grows by little more than the names of the commits."
    )
    return report


def make_history(folder: Path, commits: int) -> Path:
    """Make a repository of that many commits by one stream."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    importer = subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    if importer.stdin is None:
        raise RuntimeError("the pipe is missing")
    for number in range(1, commits + 1):
        text = f"commit {number} writes this\n".encode()
        path = f"folder{number % FILES // 10}/file{number % FILES}.txt"
        lines = [
            f"commit refs/heads/main\nmark :{number}\nauthor A <a@example.org> {1_600_000_000 + number} +0100\n",
            f"committer A <a@example.org> {1_600_000_000 + number} +0100\ndata 8\nmessage\n",
            f"from :{number - 1}\n" if number > 1 else "",
            f"merge :{number - EVERY + 1}\n" if number % EVERY == 0 else "",
            f"M 100644 inline {path}\ndata {len(text)}\n",
        ]
        importer.stdin.write("".join(lines).encode() + text + b"\n")
    importer.stdin.close()
    if importer.wait() != 0:
        raise RuntimeError("git fast-import failed")
    return folder


def copied(repository: Path, to: Path) -> float:
    """Return the seconds that git takes to copy a history by streams."""
    subprocess.run(["git", "init", "-q", str(to)], check=True)
    started = time.perf_counter()
    source = subprocess.Popen(["git", "-C", str(repository), "fast-export", "--all"], stdout=subprocess.PIPE)
    subprocess.run(["git", "-C", str(to), "fast-import", "--quiet"], stdin=source.stdout, check=True)
    source.wait()
    return time.perf_counter() - started


def sent(server: Running, folder: Path, *words: str) -> tuple[float, float]:
    """Return the seconds that a command takes, and the most memory it had in MiB."""
    environment = {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": server.token, "HOME": str(folder)}
    used = measured(asterism(*words, "--json"), folder, environment)
    return used.seconds, used.peak_mib


def head(folder: Path) -> str:
    """Return the commit at HEAD."""
    return subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
