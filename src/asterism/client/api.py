"""The calls of the API that the client makes, one method each, with typed answers.

Errors are those of `http.py`; what a status means for a call stands in the contract.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from asterism.base.errors import NotFound, TooLarge
from asterism.client.http import TRANSFER_SECONDS, Http
from asterism.client.models import (
    DeviceGrant,
    Difference,
    Project,
    Snapshot,
    SyncDone,
    SyncPreview,
    SyncUndone,
    Tag,
    TokenAnswer,
    User,
    Workspace,
)
from asterism.vcs import batch
from asterism.vcs.manifest import Entry

T = TypeVar("T")

EXISTS_AT_ONCE = 10_000
PAGE = 100


class Api:
    """The API of one server, spoken for the owner of one token."""

    def __init__(self, http: Http) -> None:
        self.http = http

    # who

    def me(self) -> User:
        """Return the user behind the token."""
        return self.http.json("GET", "/v1/auth/me", _Me).user

    def start_sign_in(self, client_name: str) -> DeviceGrant:
        """Open a device grant that a person then approves in a browser."""
        return self.http.json("POST", "/v1/oauth/device", DeviceGrant, body={"client_name": client_name})

    def poll_sign_in(self, device_code: str) -> TokenAnswer:
        """Ask once whether the grant was approved; `error` of the answer says why there is no token (RFC 8628)."""
        return self.http.json(
            "POST",
            "/v1/oauth/token",
            TokenAnswer,
            body={"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device_code},
            tolerate=(400,),
        )

    def sign_out(self) -> None:
        """Revoke the token."""
        self.http.json("POST", "/v1/auth/logout", dict[str, Any], body={})

    # projects and workspaces

    def projects(self, *, deleted: bool = False) -> list[dict[str, Any]]:
        """Return all projects, or the deleted ones, as the server shows them, most recently changed first."""
        chosen = {"deleted": "true"} if deleted else {}
        return list(self._pages("/v1/projects", "projects", dict[str, Any], limit=1000, **chosen))

    def project(self, project_id: str) -> Project:
        """Return one project. Raises NotFound."""
        return self.http.json("GET", f"/v1/projects/{_segment(project_id)}", _OneProject).project

    def find_projects(self, name_or_id: str) -> list[Project]:
        """Return the project with that id, else every project of that name, most recently changed first."""
        if _could_be_id(name_or_id):
            try:
                return [self.project(name_or_id)]
            except NotFound:
                pass
        return [p for p in self._pages("/v1/projects", "projects", Project, limit=1000) if p.name == name_or_id]

    def create_project(self, name: str) -> Project:
        """Make a project."""
        return self.http.json("POST", "/v1/projects", _OneProject, body={"name": name}).project

    def rename_project(self, project_id: str, name: str) -> Project:
        """Give a project another name. Raises NotFound or Invalid."""
        path = f"/v1/projects/{_segment(project_id)}"
        return self.http.json("PATCH", path, _OneProject, body={"name": name}).project

    def delete_project(self, project_id: str) -> None:
        """Delete a project; it can be restored for 30 days. Raises NotFound."""
        self.http.json("DELETE", f"/v1/projects/{_segment(project_id)}", dict[str, Any])

    def restore_project(self, project_id: str) -> Project:
        """Bring a deleted project back. Raises NotFound, or Conflict when it is not deleted."""
        return self.http.json("POST", f"/v1/projects/{_segment(project_id)}/restore", _OneProject, body={}).project

    def workspaces(self, project_id: str) -> list[Workspace]:
        """Return the workspaces of a project, newest first."""
        return self.http.json("GET", f"/v1/projects/{_segment(project_id)}/workspaces", _Workspaces).workspaces

    def workspaces_as_shown(self, project_id: str) -> list[dict[str, Any]]:
        """Return the workspaces of a project with every member that the server shows."""
        return self.http.json(
            "GET", f"/v1/projects/{_segment(project_id)}/workspaces", dict[str, list[dict[str, Any]]]
        )["workspaces"]

    def workspace(self, workspace_id: str) -> Workspace:
        """Return one workspace. Raises NotFound."""
        return self.http.json("GET", f"/v1/workspaces/{_segment(workspace_id)}", _OneWorkspace).workspace

    def create_workspace(
        self,
        project_id: str,
        name: str,
        *,
        local_path: str | None = None,
        machine_id: str | None = None,
        base_snapshot_id: str | None = None,
    ) -> Workspace:
        """Make a workspace."""
        body = {
            "name": name,
            "local_path": local_path,
            "machine_id": machine_id,
            "base_snapshot_id": base_snapshot_id,
        }
        return self.http.json(
            "POST",
            f"/v1/projects/{_segment(project_id)}/workspaces",
            _OneWorkspace,
            body={key: value for key, value in body.items() if value is not None},
        ).workspace

    def change_workspace(self, workspace_id: str, name: str) -> Workspace:
        """Give a workspace another name. Raises NotFound or Invalid."""
        path = f"/v1/workspaces/{_segment(workspace_id)}"
        return self.http.json("PATCH", path, _OneWorkspace, body={"name": name}).workspace

    def archive_workspace(self, workspace_id: str) -> None:
        """Hide a workspace; its snapshots stay. Raises NotFound, or Conflict for main while there are others."""
        self.http.json("DELETE", f"/v1/workspaces/{_segment(workspace_id)}", dict[str, Any])

    def set_main_workspace(self, workspace_id: str) -> None:
        """Make a workspace its project's main one. Raises NotFound."""
        self.http.json("POST", f"/v1/workspaces/{_segment(workspace_id)}/set-as-main", dict[str, Any], body={})

    # snapshots

    def snapshot(self, snapshot_id: str, *, project_id: str | None = None) -> Snapshot:
        """Return one snapshot. Raises NotFound."""
        return self.http.json(
            "GET",
            f"/v1/snapshots/{_segment(snapshot_id)}",
            _OneSnapshot,
            query={"project_id": project_id} if project_id else None,
        ).snapshot

    def register_snapshot(self, project_id: str, body: dict[str, Any]) -> tuple[Snapshot, bool]:
        """Register a snapshot; returns it and whether it is new. `body` names its id, so repeating does no harm."""
        answer = self.http.json(
            "POST", f"/v1/projects/{_segment(project_id)}/snapshots", _Registered, body=body, safe="snapshot_id" in body
        )
        return answer.snapshot, answer.created

    def register_snapshots(self, project_id: str, bodies: Sequence[Mapping[str, object]]) -> list[str]:
        """Register the snapshots of an import, parents first: all or none. Returns the ids of those that are new."""
        path = f"/v1/projects/{_segment(project_id)}/snapshots/batch"
        body = {"snapshots": bodies}
        return self.http.json("POST", path, _History, body=body, safe=True, seconds=TRANSFER_SECONDS).created

    def snapshots(self, project_id: str) -> Iterator[Snapshot]:
        """Return every snapshot of a project, newest registration first, page by page."""
        return self._pages(f"/v1/projects/{_segment(project_id)}/snapshots", "snapshots", Snapshot, limit=PAGE)

    def workspace_snapshots(self, workspace_id: str, *, scope: str = "history") -> Iterator[dict[str, Any]]:
        """Return a workspace's snapshots as the server shows them, newest first; `scope` as in Fastest 6.4."""
        path = f"/v1/workspaces/{_segment(workspace_id)}/snapshots"
        return self._pages(path, "snapshots", dict[str, Any], limit=PAGE, scope=scope)

    def tags(self, project_id: str) -> list[Tag]:
        """Return the tags of a project."""
        return list(self._pages(f"/v1/projects/{_segment(project_id)}/tags", "tags", Tag, limit=PAGE))

    def create_tag(self, project_id: str, name: str, snapshot_id: str) -> Tag:
        """Give a snapshot a name."""
        body = {"name": name, "snapshot_id": snapshot_id}
        return self.http.json("POST", f"/v1/projects/{_segment(project_id)}/tags", _OneTag, body=body).tag

    def delete_tag(self, project_id: str, name: str) -> None:
        """Take a name away; the snapshot stays. Raises NotFound."""
        self.http.json("DELETE", f"/v1/projects/{_segment(project_id)}/tags/{_segment(name)}", dict[str, Any])

    def move_head(self, workspace_id: str, snapshot_id: str) -> None:
        """Make a snapshot of the project the head of a workspace; unsaved work is saved first (Fastest 6.5)."""
        path = f"/v1/workspaces/{_segment(workspace_id)}/restore"
        self.http.json("POST", path, dict[str, Any], body={"snapshot_id": snapshot_id}, safe=True)

    def note_git_export(self, project_id: str, workspace_id: str, snapshot_id: str) -> None:
        """Write into the project's activity that its history went to git."""
        body = {"workspace_id": workspace_id, "snapshot_id": snapshot_id}
        path = f"/v1/projects/{_segment(project_id)}/git-exports"
        self.http.json("POST", path, dict[str, Any], body=body)

    # drift and sync

    def drift(self, workspace_id: str, source_id: str | None) -> dict[str, Any]:
        """Compare a workspace's head with that of another one (default: main), as the server shows it (Fastest 4.6)."""
        query = {"source_workspace_id": source_id} if source_id else None
        path = f"/v1/workspaces/{_segment(workspace_id)}/drift/compare"
        return self.http.json("GET", path, dict[str, Any], query=query)

    def prepare_sync(self, workspace_id: str, source_id: str | None, tree: str | None) -> SyncPreview:
        """Show what a sync would do; `tree`, a stored manifest, stands for the workspace's own (Fastest 5.8)."""
        given = {"source_workspace_id": source_id, "workspace_manifest_hash": tree}
        body = {name: value for name, value in given.items() if value is not None}
        path = f"/v1/workspaces/{_segment(workspace_id)}/sync/prepare"
        return self.http.json("POST", path, _OnePreview, body=body, safe=True, seconds=TRANSFER_SECONDS).preview

    def execute_sync(self, workspace_id: str, preview_id: str, decisions: Mapping[str, object]) -> SyncDone:
        """Do what a preview showed; the same call again is answered alike. Raises Conflict when a side moved."""
        body = {"preview_id": preview_id, "decisions": decisions}
        path = f"/v1/workspaces/{_segment(workspace_id)}/sync/execute"
        return self.http.json("POST", path, SyncDone, body=body, safe=True, seconds=TRANSFER_SECONDS)

    def undo_sync(self, workspace_id: str) -> SyncUndone:
        """Undo the newest sync of a workspace. Raises Conflict when there is none, or when work came after it."""
        path = f"/v1/workspaces/{_segment(workspace_id)}/sync/undo"
        return self.http.json("POST", path, SyncUndone, body={})

    # where lines come from, and going back

    def blame(self, snapshot_id: str, path: str) -> dict[str, list[dict[str, Any]]]:
        """Return the `lines` of a file, each with what brought it, and the `deployments` of the snapshot (beyond 12).

        Raises NotFound or Invalid.
        """
        where = f"/v1/snapshots/{_segment(snapshot_id)}/blame"
        return self.http.json("GET", where, dict[str, list[dict[str, Any]]], query={"path": path})

    def checkpoints(self, conversation_id: str) -> list[dict[str, Any]]:
        """Return the checkpoints of a conversation, oldest first (beyond 2)."""
        path = f"/v1/conversations/{_segment(conversation_id)}/checkpoints"
        return list(self._pages(path, "checkpoints", dict[str, Any], limit=PAGE))

    def rewind(self, conversation_id: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Go back to an earlier moment of a conversation (beyond 2). Raises Conflict while a turn runs."""
        path = f"/v1/conversations/{_segment(conversation_id)}/rewind"
        return self.http.json("POST", path, dict[str, Any], body=body)

    def undo_rewind(self, conversation_id: str, rewind_id: str) -> dict[str, Any]:
        """Come back from where a rewind went. Raises Conflict once a later turn exists."""
        path = f"/v1/conversations/{_segment(conversation_id)}/rewind/undo"
        return self.http.json("POST", path, dict[str, Any], body={"rewind_id": rewind_id})

    def fork(self, conversation_id: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Go on from a moment of a conversation in a new one (beyond 2)."""
        path = f"/v1/conversations/{_segment(conversation_id)}/fork"
        return self.http.json("POST", path, dict[str, Any], body=body)

    # the map

    def atlas(self, project_id: str) -> dict[str, Any]:
        """Return the map that was indexed, and whether the project has a newer tree (Fastest 11.1)."""
        path = f"/v1/projects/{_segment(project_id)}/atlas"
        return self.http.json("GET", path, dict[str, Any], seconds=TRANSFER_SECONDS)

    def index_atlas(self, project_id: str) -> None:
        """Have the map of the newest tree made; the same call again does no harm."""
        path = f"/v1/projects/{_segment(project_id)}/atlas/index"
        self.http.json("POST", path, dict[str, Any], body={}, safe=True, seconds=TRANSFER_SECONDS)

    def search_atlas(self, project_id: str, query: str, limit: int) -> dict[str, Any]:
        """Return what the map of a project finds, best first (Fastest 11.4)."""
        path = f"/v1/projects/{_segment(project_id)}/atlas/search"
        return self.http.json("POST", path, dict[str, Any], body={"query": query, "limit": limit}, safe=True)

    # content

    def missing_blobs(self, hashes: Sequence[str]) -> list[str]:
        """Return which of the hashes (at most `EXISTS_AT_ONCE`) the server does not store."""
        return self.http.json("POST", "/v1/blobs/batch-exists", _Exists, body={"hashes": hashes}, safe=True).missing

    def put_blob(self, blob: str, chunks: Callable[[], Iterable[bytes]], size: int | None = None) -> None:
        """Store one blob of `size` bytes; `chunks` is called once per attempt.

        A size is announced, so one that is too large is refused before it is sent. Raises Invalid with HASH_MISMATCH,
        or TooLarge.
        """
        self.http.raw("PUT", f"/v1/blobs/upload/{blob}", chunks, seconds=TRANSFER_SECONDS, size=size)

    def put_batch(self, frames: Callable[[], Iterable[bytes]]) -> tuple[int, int]:
        """Store many blobs in one body (`vcs.batch`), each verified; return how many of them were new, and their bytes.

        Not repeated by itself: after a break the caller asks first what has arrived.
        """
        answer = self.http.raw(
            "POST", "/v1/blobs/batch", frames, kind=batch.MEDIA_TYPE, safe=False, seconds=TRANSFER_SECONDS
        )
        done = msgspec.json.decode(answer, type=_StoredBatch)
        return done.stored, done.bytes

    @contextmanager
    def get_batch(self, hashes: Sequence[str]) -> Iterator[Iterator[bytes]]:
        """Fetch many blobs as one batch (`vcs.batch`), in the order asked for."""
        body = msgspec.json.encode({"hashes": hashes})
        with self.http.stream("POST", "/v1/blobs/batch-download", body) as pieces:
            yield pieces

    @contextmanager
    def get_blob(self, blob: str) -> Iterator[Iterator[bytes]]:
        """Fetch one blob piece by piece."""
        with self.http.stream("GET", f"/v1/blobs/download/{blob}") as pieces:
            yield pieces

    def put_manifest(self, name: str, data: bytes) -> None:
        """Store a manifest."""
        self.http.raw("PUT", f"/v1/blobs/manifests/{name}", data, kind="application/json", seconds=TRANSFER_SECONDS)

    def edit_manifest(self, base: str, changes: Mapping[str, Entry | None]) -> str | None:
        """Store a manifest by what differs from a stored one; return its hash, None when the server lacks the base."""
        body = {"base_hash": base, **_changes(changes)}
        try:
            return self.http.json("POST", "/v1/manifests/delta", _Stored, body=body, safe=True).hash
        except (NotFound, TooLarge):  # the former is also what an older server says
            return None

    def edit_manifests(self, edits: Mapping[str, tuple[str, Mapping[str, Entry | None]]]) -> None:
        """Store manifests, given by name, each by what differs from the one named beside it: all or none."""
        rows = [{"hash": name, "base_hash": base, **_changes(changes)} for name, (base, changes) in edits.items()]
        body = {"manifests": rows}
        self.http.json("POST", "/v1/manifests/batch", dict[str, Any], body=body, safe=True, seconds=TRANSFER_SECONDS)

    def manifest_differences(self, pairs: Sequence[tuple[str | None, str]]) -> list[Difference]:
        """Return what leads from one stored manifest (None: the empty tree) to another, for the first of the pairs."""
        body = {"pairs": [{"base_hash": base, "hash": name} for base, name in pairs]}
        path = "/v1/manifests/differences"
        return self.http.json("POST", path, _Differences, body=body, safe=True, seconds=TRANSFER_SECONDS).differences

    def get_manifest(self, name: str) -> bytes:
        """Return the bytes of a manifest. Raises NotFound."""
        return self.http.raw("GET", f"/v1/blobs/manifests/{name}", seconds=TRANSFER_SECONDS)

    def _pages(self, path: str, member: str, kind: type[T], **query: str | int) -> Iterator[T]:
        while True:
            page = self.http.json("GET", path, dict[str, Any], query=query)
            yield from msgspec.convert(page.get(member, []), list[kind])  # type: ignore[valid-type]
            cursor = page.get("next_cursor")
            if not cursor:
                return
            query = {**query, "cursor": cursor}


def _changes(changes: Mapping[str, Entry | None]) -> dict[str, object]:
    changed = [entry for entry in changes.values() if entry is not None]
    return {"changed": changed, "removed": [path for path, entry in changes.items() if entry is None]}


class _Differences(msgspec.Struct):
    differences: list[Difference]


class _History(msgspec.Struct):
    created: list[str]


class _Stored(msgspec.Struct):
    hash: str


class _Me(msgspec.Struct):
    user: User


class _OneProject(msgspec.Struct):
    project: Project


class _OneWorkspace(msgspec.Struct):
    workspace: Workspace


class _Workspaces(msgspec.Struct):
    workspaces: list[Workspace]


class _OneSnapshot(msgspec.Struct):
    snapshot: Snapshot


class _Registered(msgspec.Struct):
    snapshot: Snapshot
    created: bool


class _OneTag(msgspec.Struct):
    tag: Tag


class _OnePreview(msgspec.Struct):
    preview: SyncPreview


class _StoredBatch(msgspec.Struct):
    stored: int
    bytes: int


class _Exists(msgspec.Struct):
    missing: list[str]


def _could_be_id(text: str) -> bool:
    return len(text) == 26 and text.isascii() and text.isalnum()


def _segment(text: str) -> str:
    """Write any text as one segment of a path."""
    from urllib.parse import quote

    if not text.strip("."):  # an empty segment, `.` and `..` would lead elsewhere
        return "%20"
    return quote(text, safe="")
