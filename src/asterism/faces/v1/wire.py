"""The objects of projects, workspaces and snapshots as `/v1` answers them: the union of both contracts' fields."""

from typing import Any

from asterism.features.versions.projects import ActivityEvent, Project
from asterism.features.versions.snapshots import Snapshot
from asterism.features.versions.workspaces import Workspace


def project(found: Project) -> dict[str, Any]:
    """Write a project (Fastest 3.1)."""
    return {
        "id": found.id,
        "owner_user_id": found.owner_user_id,
        "name": found.name,
        "intent": found.intent,
        "brief": found.brief,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
        "last_snapshot_id": found.last_snapshot_id,
        "main_workspace_id": found.main_workspace_id,
        "archived_at": found.archived_at,
    }


def workspace(found: Workspace) -> dict[str, Any]:
    """Write a workspace (Fastest 4.1)."""
    return {
        "id": found.id,
        "project_id": found.project_id,
        "name": found.name,
        "type": found.type,
        "identifier": found.identifier,
        "machine_id": found.machine_id,
        "base_snapshot_id": found.base_snapshot_id,
        "current_snapshot_id": found.current_snapshot_id,
        "current_manifest_hash": found.current_manifest_hash,
        "local_path": found.local_path,
        "last_seen_at": found.last_seen_at,
        "created_at": found.created_at,
        "merge_history": None,
        "version": found.version,
        "is_main": found.is_main,
        "dirty": found.dirty,
    }


def snapshot(found: Snapshot) -> dict[str, Any]:
    """Write a snapshot (Fastest 6.1)."""
    return {
        "id": found.id,
        "project_id": found.project_id,
        "workspace_id": found.workspace_id,
        "manifest_hash": found.manifest_hash,
        "parent_snapshot_ids": found.parents,
        "source": found.source,
        "summary": found.summary,
        "created_at": found.created_at,
        "author_name": found.author_name,
        "author_email": found.author_email,
        "complete": found.missing == 0,
        "missing_blob_count": found.missing,
        "fast_forward": found.fast_forward,
        **({"origin": found.origin} if found.origin is not None else {}),
    }


def event(found: ActivityEvent) -> dict[str, Any]:
    """Write an activity event (Fastest 0.10)."""
    return {
        "id": found.id,
        "project_id": found.project_id,
        "workspace_id": found.workspace_id,
        "actor": found.actor,
        "type": found.type,
        "snapshot_id": found.snapshot_id,
        "message": found.message,
        "created_at": found.created_at,
    }
