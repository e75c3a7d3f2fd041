"""Working copies: private checkouts, what became of them, and what differs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

FileChangeKind = Literal["added", "modified", "deleted"]

KEPT_SECONDS = 24 * 3600
"""How long a copy is kept whose files could not be stored."""


class About(msgspec.Struct, frozen=True):
    """What is written beside a copy, so that it can be taken up again by another process.

    `start` is the manifest that was checked out, None for an empty tree; `kept_since` (RFC 3339) is set while the copy
    waits to be collected again.
    """

    user_id: str
    project_id: str
    workspace_id: str
    start: str | None
    opened_at: str
    kept_since: str | None = None


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """A private checkout of a workspace's working tree for one turn. `folder` is the tree, the agent's to change."""

    id: str
    folder: Path
    about: About


class FileChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file or link that differs; lines are counted for texts of up to 2 MiB, else they are None."""

    path: str
    change: FileChangeKind
    additions: int | None = None
    deletions: int | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """What a copy held: its stored tree, how it differs from the start, and sentences about what was left out.

    `changed_bytes` is the size of the differing parts: lines of texts, else whole files.
    """

    tree: str | None
    changes: tuple[FileChange, ...] = ()
    warnings: tuple[str, ...] = ()
    changed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A tree that a copy held at one moment of its turn, stored, and how it differs from the one before."""

    tree: str
    previous_tree: str | None
    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a workspace: its tree now, and what somebody has to be told.

    `snapshot_id` is the automatic snapshot, where one was due; `safety_snapshot_id` holds the turn's own tree where
    another writer's version of some files was kept.
    """

    tree: str | None
    previous_tree: str | None
    warnings: tuple[str, ...] = ()
    snapshot_id: str | None = None
    safety_snapshot_id: str | None = None
    version: int = 0
