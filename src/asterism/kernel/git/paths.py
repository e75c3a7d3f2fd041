"""A path that a caller names inside a project root. Source: Stargazer [2.6]."""

import errno
import re
from pathlib import Path

from asterism.kernel.git.errors import InvalidPath

_DRIVE = re.compile(r"[A-Za-z]:")


def check_pathspec(root: Path, text: str) -> str:
    """Return `text` when it names a place inside `root`, existing or not. Raises InvalidPath.

    Refused: absolute, a drive letter, NUL, a `..` component, or a path whose existing part leads out by a symlink.
    """
    if not text or text.startswith(("/", "\\")) or _DRIVE.match(text) or "\0" in text:
        raise InvalidPath("The path must be relative to the project root.")
    if ".." in re.split(r"[/\\]", text):
        raise InvalidPath("The path must stay inside the project root.")
    try:
        inside = existing_part(root / text).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, UnicodeError) as error:
        raise InvalidPath("The path cannot be followed.") from error
    if not inside:
        raise InvalidPath("The path must stay inside the project root.")
    return text


def existing_part(path: Path) -> Path:
    """Return the deepest ancestor of `path` (or itself) that exists; a dangling symlink counts as existing."""
    for candidate in (path, *path.parents):
        try:
            candidate.lstat()
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}:
                continue
            raise
        return candidate
    return path
