"""Syncs: a source workspace's head merged into a target's working tree, first shown, then done (Fastest 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from asterism.features.versions.projects import Project
from asterism.features.versions.workspaces import Workspace
from asterism.vcs.merge import BaseKind, Plan

DEFAULT_PREVIEW_SECONDS = 1800
MAX_OPEN_PREVIEWS = 20
MAX_CUSTOM_BYTES = 8 << 20
MAX_TEXT_CHARACTERS = 50_000
MAX_TEXTS_BYTES = 8 << 20
KEPT_ANSWER_DAYS = 30


@dataclass(frozen=True, slots=True)
class Situation:
    """The two sides as a sync finds them. `ours` and `theirs` are manifests; `ours` is None for a target without tree.

    `head` is the target's head, `source_head` the snapshot that is merged.
    """

    project: Project
    target: Workspace
    source: Workspace
    ours: str | None
    theirs: str
    head: str | None
    source_head: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sync would do. `texts` are contents for people to read, by hash; only those of `prepare`."""

    id: str
    workspace_id: str
    source_workspace_id: str
    source_name: str
    created_at: str
    expires_at: str
    workspace_version: int
    workspace_manifest_hash: str | None
    workspace_snapshot_id: str | None
    source_snapshot_id: str
    base_kind: BaseKind
    base_snapshot_ids: tuple[str, ...]
    plan: Plan
    drift_report_id: str = ""
    model: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """One line for people: what comes from the source, and what is left to decide."""
        added, deleted = self.plan.to_add, self.plan.to_delete
        updated = self.plan.to_update - len(self.plan.decisions)
        counts = [(added, "added"), (updated, "updated"), (deleted, "deleted")]
        parts = [f"{count} {verb}" for count, verb in counts if count]
        if not parts and not self.plan.decisions:
            return f"Nothing to take from {self.source_name}."
        said = []
        if parts:
            first, _, verb = parts[0].partition(" ")
            files = f"{first} file{'' if first == '1' else 's'} {verb}"
            said.append(f"From {self.source_name}: {', '.join([files, *parts[1:]])}.")
        open_count = len(self.plan.decisions)
        if open_count:
            said.append(f"{open_count} decision{'' if open_count == 1 else 's'} to take.")
        return " ".join(said)


class Answered(msgspec.Struct, frozen=True):
    """An answer to one decision: exactly one of an option, a content of one's own, or the hash of a stored blob."""

    option: str | None = None
    content: str | None = None
    blob_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """What a client wants to be done with a preview."""

    preview_id: str
    decisions: Mapping[str, Answered] = field(default_factory=dict)
    snapshot_before: bool = True
    snapshot_after: bool = True


class Executed(msgspec.Struct, frozen=True):
    """What a sync did; stored, so that a repetition is answered alike. `before_id` is the state it can be undone to."""

    sync_id: str
    snapshot_id: str | None
    manifest_hash: str | None
    updated: int
    added: int
    deleted: int
    before_id: str | None
    parents: tuple[str, ...]
    version: int
    source_moved: bool
    made: bool


@dataclass(frozen=True, slots=True)
class Sync:
    """An executed sync."""

    id: str
    workspace_id: str
    source_workspace_id: str
    source_snapshot_id: str
    snapshot_id: str
    before_snapshot_id: str | None
    executed_at: str
    undone_at: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a sync came to: the head now (None: none, as before the sync), and the one that was left."""

    restored_id: str | None
    previous_id: str | None
    manifest_hash: str | None
    version: int


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """A preview as it was kept, and what became of it; `choices` is a digest of the decisions given."""

    preview: Preview
    executed: Executed | None
    choices: str | None
