"""Sentences about what a turn made that could not be kept, or that some client cannot read."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from asterism.features.versions.workcopies.models import FileChange
from asterism.kernel.workcopy.names import name_problem

NAMED = 20

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link to a place that cannot be written down",
    stat.S_IFREG: "too large",
}


def left_out(folder: Path, special: list[str]) -> list[str]:
    """Say which paths were not stored, and why; the first twenty by name."""
    notes = [f"{_shown(path)} was not stored: {_reason(folder, path)}." for path in sorted(special)[:NAMED]]
    if len(special) > NAMED:
        notes.append(f"{len(special) - NAMED} more paths were not stored for such reasons.")
    return notes


def _reason(folder: Path, path: str) -> str:
    if name_problem(path, path.rpartition("/")[2]) is not None:
        return "its name cannot be versioned"
    try:
        kind = stat.S_IFMT(os.lstat(folder / path).st_mode)
    except OSError:
        return "it went while it was looked at"
    return f"it is {_KINDS.get(kind, 'no file')}"


def _shown(path: str) -> str:
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text if len(text) <= 200 else f"{text[:200]}…"


def odd_names(changes: Iterable[FileChange]) -> list[str]:
    """Warn of paths that one build of the command line refuses: two dots in a row inside a part (Fastest 7.3)."""
    found = [one.path for one in changes if one.change != "deleted" and ".." in one.path]
    if not found:
        return []
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return [f"Some versions of the command line cannot read a path with two dots in a row: {_shown(found[0])}{more}."]
