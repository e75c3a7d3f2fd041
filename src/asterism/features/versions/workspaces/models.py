"""Workspaces: named places of work, each with a head in history and a working tree."""

from dataclasses import dataclass
from typing import Literal

from asterism.features.versions.snapshots import Snapshot

WorkspaceType = Literal["repo", "folder", "cloud"]
Cause = Literal["push", "restore", "sync", "sync undo", "conversation", "rewind", "job", "action item"]

MAX_WORKSPACES = 1000
HEARTBEAT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace. `current_snapshot_id` is its head; `version` grows with every change of head or working tree.

    `dirty_since` is when its working tree began to differ from its head's, as far as that is known (ADR 0173).
    """

    id: str
    project_id: str
    name: str
    type: str
    identifier: str
    machine_id: str | None
    base_snapshot_id: str | None
    current_snapshot_id: str | None
    current_manifest_hash: str | None
    local_path: str | None
    last_seen_at: str | None
    created_at: str
    version: int
    deleted_at: str | None
    dirty_since: str | None = None
    is_main: bool = False
    dirty: bool = False


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """What a client says about a workspace that it makes; everything else is derived."""

    name: str | None = None
    type: str | None = None
    identifier: str | None = None
    machine_id: str | None = None
    base_snapshot_id: str | None = None
    local_path: str | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of a push: `created` is False for a repetition, which has no effect."""

    snapshot: Snapshot
    created: bool


@dataclass(frozen=True, slots=True)
class ManifestMove:
    """What became of a compare-and-set of the working tree: its hash now, and whether that manifest is stored."""

    moved: bool
    current_manifest_hash: str | None
    stored: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a restore."""

    snapshot: Snapshot
    previous_snapshot_id: str | None
    version: int
