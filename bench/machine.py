"""What a run was measured on, in one line."""

import os
import platform
import shutil
import subprocess
from pathlib import Path


def machine() -> str:
    """Name processors, memory, kernel, disk, Python and git."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    parts = [
        f"{os.cpu_count()} processors ({processor()})",
        f"{memory:.0f} GiB of memory",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"{filesystem(Path('/tmp'))} on {shutil.disk_usage('/tmp').total / 1e9:.0f} GB",
        f"Python {platform.python_version()}",
        git(),
    ]
    return ", ".join(parts)


def load() -> float:
    """Return the load of the machine over the last minute."""
    return os.getloadavg()[0]


def processor() -> str:
    """Return what the processors call themselves."""
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def filesystem(folder: Path) -> str:
    """Return the kind of file system that a folder lies on."""
    found, kind = "", "file system"
    for line in _lines("/proc/self/mounts"):
        _, place, this, *_ = line.split()
        if folder.resolve().is_relative_to(place) and len(place) >= len(found):
            found, kind = place, this
    return kind


def git() -> str:
    """Return the version of git, a peer of most benchmarks."""
    return subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def _lines(path: str) -> list[str]:
    place = Path(path)
    return place.read_text().splitlines() if place.exists() else []
