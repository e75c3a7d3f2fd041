"""Merging a case by git and by ours, and telling right from wrong."""

import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from asterism.vcs.merge import combine

Outcome = Literal["right", "conflict", "wrong"]


def by_git(base: bytes, ours: bytes, main: bytes) -> bytes | None:
    """Return what `git merge-file` makes of three contents, None where it leaves a conflict."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("ours", "base", "main")]
        for path, content in zip(paths, (ours, base, main), strict=True):
            path.write_bytes(content)
        done = subprocess.run(["git", "merge-file", "-p", *map(str, paths)], capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else None


def by_us(path: str, base: bytes, ours: bytes, main: bytes) -> bytes | None:
    """Return what our engine makes of three contents of one file, None where it leaves them to decide."""
    return combine(path, base, ours, main).content


def judge(merged: bytes | None, expected: bytes | None) -> Outcome:
    """Compare with the right answer; None is a conflict on either side."""
    if merged == expected:
        return "right"
    return "conflict" if merged is None else "wrong"


def shares(outcomes: Iterable[Outcome]) -> str:
    """Write how many were right, left as conflict and wrong."""
    count = Counter(outcomes)
    total = max(1, count.total())
    return ", ".join(
        f"{count[kind]} {kind} ({100 * count[kind] / total:.0f} %)" for kind in ("right", "conflict", "wrong")
    )
