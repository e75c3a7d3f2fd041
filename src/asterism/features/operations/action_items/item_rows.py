"""How items are worded and ordered (Fastest 9.2). Pure."""

from collections.abc import Iterable
from typing import Final

from asterism.features.operations.action_items.models import (
    DEPLOY,
    DRIFT,
    SEVERITIES,
    ActionItem,
    BuildData,
    DriftData,
    Named,
    PromptData,
    Severity,
    StoredItem,
)
from asterism.features.operations.deployments import Deployment
from asterism.features.versions.drift import MainDrift

MANY_OVERLAPS: Final = 5
_STORED: Final = {
    "refactoring": ("lightbulb", "Refactor"),
    "security": ("shield", "Fix"),
    "test_coverage": ("check", "Add"),
    "build_failure": ("alert", "Analyze"),
}
FAILED_TITLE: Final = "The newest deployment failed"
INVESTIGATE: Final = "Find out why the deployment fails"


def of_drift(found: MainDrift, place: Named) -> ActionItem:
    """Word how far a workspace and main are apart."""
    compared = found.origin == "compare"
    noun = "1 file" if found.total == 1 else f"{found.total:,} files"
    told = (
        f"{found.files_added:,} only there, {found.files_modified:,} different here"
        if compared
        else f"{found.files_added:,} added, {found.files_modified:,} modified, {found.files_deleted:,} deleted"
    )
    return ActionItem(
        id=DRIFT + place.id,
        type="drift",
        severity=_severity(found.files_modified),
        workspace_id=place.id,
        workspace_name=place.name,
        project_id=place.project_id,
        project_name=place.project_name,
        title=f"{noun} to take from main" if compared else f"{noun} changed locally",
        description=told,
        icon="sync",
        action_label="Sync" if compared else "Open",
        action_type="sync" if compared else "navigate",
        action_data=DriftData(place.id, found.total, found.files_added, found.files_modified, found.origin),
        created_at=found.reported_at,
    )


def _severity(overlaps: int) -> Severity:
    if overlaps > MANY_OVERLAPS:
        return "critical"
    return "warning" if overlaps else "info"


def of_stored(found: StoredItem, place: Named) -> ActionItem:
    """Word an item that has a row."""
    note = found.note
    icon, label = _STORED[note.type]
    return ActionItem(
        id=found.id,
        type=note.type,
        severity=note.severity,
        workspace_id=place.id,
        workspace_name=place.name,
        project_id=place.project_id,
        project_name=place.project_name,
        title=note.title,
        description=note.description,
        icon=icon,
        action_label=label,
        action_type="prompt",
        action_data=PromptData(note.prompt, note.files, note.metadata),
        created_at=found.created_at,
    )


def of_deployment(found: Deployment, place: Named) -> ActionItem:
    """Word a deployment that failed and is the newest of its workspace."""
    icon, label = _STORED["build_failure"]
    return ActionItem(
        id=DEPLOY + found.id,
        type="build_failure",
        severity="warning",
        workspace_id=place.id,
        workspace_name=place.name,
        project_id=place.project_id,
        project_name=place.project_name,
        title=FAILED_TITLE,
        description=first_line(found.error) or None,
        icon=icon,
        action_label=label,
        action_type="prompt",
        action_data=BuildData(found.id, found.started_at, found.completed_at, prompt_of(found), found.cause),
        created_at=found.completed_at or found.started_at,
    )


def prompt_of(found: Deployment) -> str:
    """Return what an agent is asked about a failed deployment."""
    cause = found.cause
    place = (
        "" if cause is None else f"\n\n{cause.tool} names {cause.path}:{cause.line} as the cause:\n\n{cause.excerpt}"
    )
    return (
        f"{INVESTIGATE}, and mend the project so that it builds and starts. The deployment ended with: "
        f"{first_line(found.error) or 'no error that was noted'}{place}"
    )


def first_line(text: str | None) -> str:
    """Return the first line that says something."""
    return next((line.strip() for line in (text or "").splitlines() if line.strip()), "")


def ordered(items: Iterable[ActionItem], limit: int) -> list[ActionItem]:
    """Sort: the worst first, then those with the most drift, then the newest."""
    newest = sorted(items, key=lambda item: (item.created_at, item.id), reverse=True)
    return sorted(newest, key=lambda item: (SEVERITIES.index(item.severity), -_drift(item)))[:limit]


def _drift(item: ActionItem) -> int:
    return item.action_data.drift_count if isinstance(item.action_data, DriftData) else 0
