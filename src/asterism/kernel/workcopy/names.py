"""Names and links of a file system that a manifest cannot hold."""

import os

from asterism.base.errors import Invalid
from asterism.vcs.rules import MAX_PATH_BYTES, MAX_SEGMENTS, MAX_TARGET_BYTES, is_unicode, path_reasons

_PROTECTED = (".git", "git~", ".ast", "aste")  # names that may mean a folder of ours elsewhere begin so

_REASONS = {
    "path_length": "it is longer than 1,024 bytes",
    "path_segment": "a part of it is longer than 255 bytes, or it is deeper than 64 folders",
    "path_absolute": "it looks like an absolute path",
    "path_backslash": "its backslashes read as a path that leaves the folder",
    "path_encoding": "it is not Unicode",
    "path_protected": "another system takes it for the folder of a repository",
}


class BadName(Invalid):
    """A name in the tree cannot stand in a manifest."""

    code = "BAD_NAME"


def name_problem(path: str, name: str) -> BadName | None:
    """Return what is wrong with a path from the file system (so without empty parts and `..`), None if nothing is."""
    ordinary = path.isascii() and "\\" not in name and name[1:2] != ":" and name[:4].lower() not in _PROTECTED
    if ordinary and len(path) <= MAX_PATH_BYTES and path.count("/") < MAX_SEGMENTS:
        return None
    if not is_unicode(path):
        return BadName(
            f"The name {os.fsencode(path)!r} is not UTF-8, so it cannot be versioned.",
            hint="Rename it, or list it in .asterismignore, with a ? for each odd byte.",
        )
    reason = next(path_reasons(path), None)
    if reason is None:
        return None
    shown = path if len(path) <= 200 else f"{path[:200]}..."
    return BadName(
        f"The path {shown!r} cannot be versioned: {_REASONS.get(reason, reason)}.",
        hint="Rename it, or list it in .asterismignore.",
    )


def target_problem(path: str, target: str) -> BadName | None:
    """Return what is wrong with the target of the link at `path`, None if nothing is."""
    if not is_unicode(target):
        return BadName(f"The target of the link {path!r} is not UTF-8, so it cannot be versioned.")
    if len(target.encode()) > MAX_TARGET_BYTES:
        return BadName(f"The target of the link {path!r} is too long to be versioned.")
    return None
