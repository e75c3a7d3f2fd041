"""Folder trees to version, and the version programs that ours is measured against."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

FILES = 10_000
LARGEST = 20_000_000
PEER_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "bench",
    "GIT_AUTHOR_EMAIL": "bench@localhost",
    "GIT_COMMITTER_NAME": "bench",
    "GIT_COMMITTER_EMAIL": "bench@localhost",
    "RESTIC_PASSWORD": "bench",
    "RESTIC_PROGRESS_FPS": "0.1",
}


def packages(target: Path) -> tuple[int, int]:
    """Copy installed packages to `target` until there are `FILES` files; returns how many files and bytes."""
    source = Path(sysconfig.get_path("purelib"))
    count = size = 0
    for root, folders, files in os.walk(source):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            path = Path(root) / name
            if path.is_symlink() or path.stat().st_size > LARGEST:
                continue
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
            count, size = count + 1, size + path.stat().st_size
            if count == FILES:
                return count, size
    return count, size


def many_small(target: Path, files: int) -> None:
    """Make `files` small text files, 100 in a folder."""
    for number in range(files):
        folder = target / f"package{number // 1000:03d}" / f"module{number // 100 % 10:02d}"
        if number % 100 == 0:
            folder.mkdir(parents=True)
        (folder / f"file{number % 100:02d}.py").write_text(f"# file {number}\n" * (1 + number % 20))


def timed(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Run a command to its end and return its seconds. Raises CalledProcessError."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env={**os.environ, **PEER_ENVIRONMENT, **environment}, check=True, stdout=-3)
    return time.perf_counter() - began


def asterism(*words: str) -> list[str]:
    """Return the argument vector of one of our commands."""
    return [str(Path(sys.executable).with_name("asterism")), *words]


def have(program: str) -> bool:
    """Say whether a program is installed."""
    return shutil.which(program) is not None


def settle(server: int | None = None) -> None:
    """Let the disk finish what earlier work left to it, and a server (a process id) what it loads after its start."""
    os.sync()
    if server is None:
        return
    quiet, before = 0, _ticks(server)
    while quiet < 2:
        time.sleep(0.5)
        now = _ticks(server)
        quiet = quiet + 1 if now - before < 3 else 0
        before = now


def _ticks(process: int) -> int:
    """Return the processor time of a process so far, in hundredths of a second."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
