"""Working copies: the private checkout that a turn of an agent works in, and what becomes of it (Fastest 8.5, 8.6).

    copy = copies.open(caller, workspace_id, message_id)     # the tree lies in copy.folder
    ...                                                      # the agent works there
    copies.checkpoint(copy)                                  # after each of its tool calls, if it changed something
    collected = copies.collect(copy)                         # its files, stored as a tree
    settled = copies.settle(copy, collected, caller)         # the workspace shows them, merged where it moved
    copies.close(copy)                                       # or copies.keep(copy), when one of the two failed

All of it blocks and is called from a thread. What an agent does to its copy is a result or a typed error, never a hang.
"""

from asterism.features.versions.workcopies.changes import described, sentence
from asterism.features.versions.workcopies.checkout import write_tree
from asterism.features.versions.workcopies.copies import WorkingCopies
from asterism.features.versions.workcopies.errors import (
    CopyExists,
    CopyGone,
    TooManyFiles,
    UnknownCopy,
    WorkspaceKeepsMoving,
)
from asterism.features.versions.workcopies.models import (
    KEPT_SECONDS,
    About,
    Checked,
    Collected,
    FileChange,
    FileChangeKind,
    Settled,
    WorkingCopy,
)

__all__ = [
    "KEPT_SECONDS",
    "About",
    "Checked",
    "Collected",
    "CopyExists",
    "CopyGone",
    "FileChange",
    "FileChangeKind",
    "Settled",
    "TooManyFiles",
    "UnknownCopy",
    "WorkingCopies",
    "WorkingCopy",
    "WorkspaceKeepsMoving",
    "described",
    "sentence",
    "write_tree",
]
