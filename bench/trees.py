"""Folder trees to version, and the version programs that ours is measured against."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILES = 10_000
LARGEST = 20_000_000
DELETED_SECONDS = 65
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
        path = small(target, number)
        if number % 100 == 0:
            path.parent.mkdir(parents=True)
        path.write_text(f"# file {number}\n" * (1 + number % 20))


def small(target: Path, number: int) -> Path:
    """Return the place of one of the small files."""
    folder = target / f"package{number // 1000:03d}" / f"module{number // 100 % 10:02d}"
    return folder / f"file{number % 100:02d}.py"


def timed(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    """Run a command to its end and return its seconds. Raises CalledProcessError."""
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env={**os.environ, **PEER_ENVIRONMENT, **environment}, check=True, stdout=-3)
    return time.perf_counter() - began


@dataclass(frozen=True)
class Used:
    """What a command used: seconds on the clock, processor seconds, and the most memory it had, in MiB."""

    seconds: float
    processor: float
    peak_mib: float


def measured(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Used:
    """Run a command to its end and return what it used. Raises CalledProcessError.

    The peak is read from /proc while it runs: what wait(2) tells counts the parent's memory before exec(2), too.
    """
    began = time.perf_counter()
    whole = {**os.environ, **PEER_ENVIRONMENT, **environment}
    process = subprocess.Popen(command, cwd=folder, env=whole, stdout=subprocess.DEVNULL)
    peak = 0.0
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            peak = max(peak, next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")))
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Used(seconds, usage.ru_utime + usage.ru_stime, peak)


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


def settle_deleted() -> None:
    """Let the disk forget the files that were deleted before, so that making some costs what it costs.

    ext4 gives the inode of a deleted file out again after a minute only, and until then looks at each of them whenever
    it seeks a free one (`recently_deleted` in the kernel's fs/ext4/ialloc.c): making 10,000 files then takes up to four
    seconds of the system's time instead of 0.2.
    """
    os.sync()
    time.sleep(DELETED_SECONDS)


def _ticks(process: int) -> int:
    """Return the processor time of a process so far, in hundredths of a second."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
