"""What the server answers, as far as the client reads it; members not named here are ignored."""

from msgspec import Struct, field

from asterism.vcs.manifest import Entry


class User(Struct):
    """Who the token belongs to."""

    id: str
    email: str
    name: str | None = None


class Project(Struct):
    """A project (Fastest 3.1)."""

    id: str
    name: str
    created_at: str = ""
    updated_at: str = ""
    last_snapshot_id: str | None = None
    main_workspace_id: str | None = None


class Workspace(Struct):
    """A workspace (Fastest 4.1)."""

    id: str
    project_id: str
    name: str
    created_at: str = ""
    current_snapshot_id: str | None = None
    current_manifest_hash: str | None = None
    is_main: bool = False


class Snapshot(Struct):
    """A snapshot (Fastest 6.1)."""

    id: str
    project_id: str
    manifest_hash: str
    parent_snapshot_ids: list[str]
    source: str
    created_at: str
    workspace_id: str | None = None
    summary: str | None = None
    author_name: str = ""
    author_email: str = ""
    complete: bool = True
    missing_blob_count: int = 0
    fast_forward: bool | None = None
    origin: str | None = None


class Difference(Struct):
    """What leads from one manifest to another: files and links that are new or other, and paths that are gone."""

    changed: list[Entry] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


class Tag(Struct):
    """A name for a snapshot."""

    name: str
    snapshot_id: str
    created_at: str = ""


class SyncAction(Struct):
    """Something that a sync does by itself (Fastest 5.8)."""

    path: str
    action: str
    resulting_hash: str | None = None


class SyncOption(Struct):
    """One answer to a conflict: `use_main`, `use_workspace`, of some lock files also `regenerate`."""

    id: str
    label: str = ""


class SyncConflict(Struct):
    """Something that has to be decided before a sync can be executed."""

    path: str
    kind: str
    main_intent: str = ""
    workspace_intent: str = ""
    conflict_reason: str = ""
    allows_custom_content: bool = False
    base_hash: str | None = None
    main_hash: str | None = None
    workspace_hash: str | None = None
    options: list[SyncOption] = []

    def offers(self, option: str) -> bool:
        """Say whether an answer is possible."""
        return any(one.id == option for one in self.options)


class SyncPreview(Struct):
    """What a sync would do."""

    id: str
    auto_actions: list[SyncAction]
    decisions_needed: list[SyncConflict]
    files_to_update: int
    files_to_add: int
    files_to_delete: int
    summary: str
    source_workspace_id: str
    source_snapshot_id: str
    is_empty: bool
    base_snapshot_ids: list[str] = []


class SyncDone(Struct):
    """What a sync did."""

    snapshot_id: str | None
    manifest_hash: str | None
    files_updated: int
    files_added: int
    files_deleted: int
    source_moved: bool = False


class SyncUndone(Struct):
    """Where undoing a sync has led to; None where the workspace has no snapshot, as before the sync."""

    restored_snapshot_id: str | None
    previous_snapshot_id: str | None
    manifest_hash: str | None


class DeviceGrant(Struct):
    """An open sign-in of the device flow (Fastest 2.1)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class TokenAnswer(Struct):
    """The answer to a poll of the device flow: a token, or the `error` of RFC 8628."""

    access_token: str | None = None
    expires_in: int | None = None
    user: User | None = None
    error: str | None = None
    error_description: str | None = None
