"""git, safely: a trusted folder's status, diffs, review snapshots and history.

`Checkout(Git(), root)` is one accepted project root; the functions take it as their first argument and block.
`Repository(Git(), folder)` reads objects and references alone. Paths are `str` with surrogate escapes where git's bytes
are not UTF-8 (`printable` makes them sendable). No configuration of a repository counts (see `settings`).
"""

from asterism.kernel.git.checkout import Checkout
from asterism.kernel.git.diff import Mode, diff_text
from asterism.kernel.git.errors import CommandFailed, GitNotFound, InvalidPath, NotGitRepo, OverLimit, UnknownRevision
from asterism.kernel.git.history import (
    Attributes,
    Blame,
    attributes_of,
    blame_line,
    merge_base,
    read_blobs,
    read_committed,
    resolve_commit,
)
from asterism.kernel.git.merge_driver import install_merge_driver, remove_merge_driver
from asterism.kernel.git.paths import check_pathspec
from asterism.kernel.git.program import Git
from asterism.kernel.git.refnames import is_ref
from asterism.kernel.git.repository import Ref, Repository, new_repository_environment
from asterism.kernel.git.snapshot import Snapshot, SnapshotFile, take_snapshot
from asterism.kernel.git.status import Entry, Status, SubmoduleState, parse_status, read_status

__all__ = [
    "Attributes",
    "Blame",
    "Checkout",
    "CommandFailed",
    "Entry",
    "Git",
    "GitNotFound",
    "InvalidPath",
    "Mode",
    "NotGitRepo",
    "OverLimit",
    "Ref",
    "Repository",
    "Snapshot",
    "SnapshotFile",
    "Status",
    "SubmoduleState",
    "UnknownRevision",
    "attributes_of",
    "blame_line",
    "check_pathspec",
    "diff_text",
    "install_merge_driver",
    "is_ref",
    "merge_base",
    "new_repository_environment",
    "parse_status",
    "printable",
    "read_blobs",
    "read_committed",
    "read_status",
    "remove_merge_driver",
    "resolve_commit",
    "take_snapshot",
]


def printable(path: str) -> str:
    """Return a path or text fit for JSON: bytes that are not UTF-8 become U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
