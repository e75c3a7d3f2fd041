"""Snapshots: a manifest with its place in history."""

from dataclasses import dataclass
from typing import Literal

Source = Literal["cli", "web", "import", "system"]

MAX_PARENTS = 16
MAX_SUMMARY = 2000
MAX_IMPORTED_SUMMARY = 200_000  # a commit message comes whole (ADR 0014)
MAX_AUTHOR = 255
MAX_ORIGIN = 4000


@dataclass(frozen=True, slots=True)
class NewSnapshot:
    """What a client says about a snapshot that it registers; `created_at` as the client spelled it.

    `origin` (ADR 0056) are the lines of the git commit it came from that a snapshot cannot hold otherwise.
    """

    manifest_hash: str
    id: str | None = None
    parents: tuple[str, ...] = ()
    source: Source = "cli"
    summary: str | None = None
    author_name: str | None = None
    author_email: str | None = None
    created_at: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A registered snapshot. `seq` is the order of registration; `verified` says that author and time hash to the id.

    `fast_forward` is None without a workspace and for snapshots that moved no pointer; `missing` counts the blobs of
    the manifest that are not stored.
    """

    seq: int
    id: str
    project_id: str
    workspace_id: str | None
    manifest_hash: str
    parents: tuple[str, ...]
    source: str
    summary: str | None
    author_name: str
    author_email: str
    created_at: str
    registered_at: str
    fast_forward: bool | None
    verified: bool
    origin: str | None = None
    token_id: str | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A snapshot to register, the workspace it is for, and whether that one's head is an ancestor (None: no matter)."""

    new: NewSnapshot
    workspace_id: str | None
    fast_forward: bool | None


@dataclass(frozen=True, slots=True)
class Ancestor:
    """What a merge base is found by: a snapshot's place in history, and its tree."""

    id: str
    seq: int
    workspace_id: str | None
    manifest_hash: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """A name for a snapshot of a project."""

    name: str
    snapshot_id: str
    created_at: str
