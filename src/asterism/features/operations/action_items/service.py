"""Use cases of action items: listing, dismissing, and finding the one that a run is to work on (Fastest 9)."""

from dataclasses import replace

from asterism.base import ids
from asterism.features.accounts.identity import Caller
from asterism.features.operations import deployments
from asterism.features.operations.action_items import item_rows, project_events, store
from asterism.features.operations.action_items.errors import UnknownItem
from asterism.features.operations.action_items.models import (
    DEPLOY,
    DRIFT,
    ActionItem,
    Dismissal,
    Note,
    Status,
    StoredItem,
)
from asterism.features.operations.deployments import Deployment
from asterism.features.versions import drift, workspaces
from asterism.kernel.db import Tx

NEWEST_STORED = 50


def list_items(tx: Tx, caller: Caller, *, limit: int) -> list[ActionItem]:
    """Return what there is to look at in all workspaces of the caller, the worst first (Fastest 9.2). Reads only."""
    user_id = caller.user_id
    places = store.workspaces_of(tx, user_id)
    dismissed = store.dismissals_of(tx, user_id)
    found = [
        item_rows.of_drift(one, places[one.workspace_id])
        for one in drift.drift_from_main(tx, user_id)
        if one.workspace_id in places and Dismissal(one.workspace_id, "drift", one.fingerprint) not in dismissed
    ]
    found += [
        item_rows.of_stored(one, places[one.workspace_id])
        for one in store.pending(tx, user_id, NEWEST_STORED)
        if one.workspace_id in places
    ]
    for one in deployments.newest_failures(tx, user_id):
        workspace_id = one.workspace_id or ""
        if workspace_id in places and Dismissal(workspace_id, "deploy", one.id) not in dismissed:
            found.append(item_rows.of_deployment(one, places[workspace_id]))
    return item_rows.ordered(found, limit)


def dismiss_item(tx: Tx, caller: Caller, item_id: str) -> None:
    """Let an item be seen no more until its cause changes (Fastest 9.3).

    Raises UnknownItem, UnknownWorkspace or UnknownDeployment. A workspace of the caller without an item is fine.
    """
    if item_id.startswith(DRIFT):
        workspace, _ = workspaces.workspace_and_project(tx, caller, item_id.removeprefix(DRIFT))
        for one in drift.drift_from_main(tx, caller.user_id, workspace.id):
            store.put_dismissal(tx, Dismissal(workspace.id, "drift", one.fingerprint))
        return
    if item_id.startswith(DEPLOY):
        _dismiss_deployment(tx, deployments.get_deployment(tx, caller, item_id.removeprefix(DEPLOY)))
        return
    found = _find(tx, caller, item_id)
    if found.status is Status.PENDING:
        store.set_status(tx, found.id, Status.DISMISSED)
    if found.deployment_id is not None:
        _dismiss_deployment(tx, deployments.get_deployment(tx, caller, found.deployment_id))


def _dismiss_deployment(tx: Tx, found: Deployment) -> None:
    if found.workspace_id is None:
        return
    store.put_dismissal(tx, Dismissal(found.workspace_id, "deploy", found.id))
    stored = store.of_deployment(tx, found.id)
    if stored is not None and stored.status is Status.PENDING:
        store.set_status(tx, stored.id, Status.DISMISSED)


def find_item(tx: Tx, caller: Caller, item_id: str) -> StoredItem | Deployment:
    """Return the row that an id stands for, or the failed deployment that has none yet.

    `drift-…` has none and is no concern of this. Raises UnknownItem or UnknownDeployment.
    """
    if not item_id.startswith(DEPLOY):
        return _find(tx, caller, item_id)
    deployment = deployments.get_deployment(tx, caller, item_id.removeprefix(DEPLOY))
    if deployment.workspace_id is None:
        raise UnknownItem
    workspaces.workspace_and_project(tx, caller, deployment.workspace_id)
    return store.of_deployment(tx, deployment.id) or deployment


def store_deployment(tx: Tx, found: Deployment) -> StoredItem:
    """Make the row that stands for a failed deployment, once: callers take turns."""
    known = store.of_deployment(tx, found.id)
    if known is not None:
        return known
    if found.workspace_id is None:
        raise UnknownItem
    note = Note(
        type="build_failure",
        severity="warning",
        rule=f"deployment:{found.id}",
        cause=found.id,
        title=item_rows.INVESTIGATE,
        description=item_rows.first_line(found.error) or None,
        prompt=item_rows.prompt_of(found),
        metadata={"deployment_id": found.id},
    )
    now = tx.now()
    made = StoredItem(
        id=ids.uuid4(),
        owner_user_id=found.owner_user_id,
        project_id=found.project_id,
        workspace_id=found.workspace_id,
        note=note,
        status=Status.PENDING,
        deployment_id=found.id,
        created_at=now,
        updated_at=now,
    )
    store.insert(tx, made)
    return made


def is_dismissed(tx: Tx, caller: Caller, found: StoredItem | Deployment) -> bool:
    """Say whether an item was dismissed."""
    if isinstance(found, StoredItem):
        return found.status is Status.DISMISSED
    return Dismissal(found.workspace_id or "", "deploy", found.id) in store.dismissals_of(tx, caller.user_id)


def stored_item(tx: Tx, caller: Caller, item_id: str) -> StoredItem:
    """Return an item that has a row. Raises UnknownItem."""
    return _find(tx, caller, item_id)


def resolve_item(tx: Tx, caller: Caller, item_id: str) -> None:
    """Note that an item's cause was mended; the next analysis looks whether it was. Raises UnknownItem."""
    item = _find(tx, caller, item_id)
    if item.status is Status.PENDING:
        _resolve(tx, item)


def _resolve(tx: Tx, item: StoredItem) -> None:
    store.set_status(tx, item.id, Status.RESOLVED)
    project_events.item_resolved(tx, item)


def take_notes(tx: Tx, project_id: str, owner_user_id: str, workspace_id: str, notes: list[Note]) -> None:
    """Bring the stored items of a project in line with what an analysis of a workspace found (Fastest 12.4).

    A pending item is updated, one whose cause is gone is resolved, a dismissed one comes back when its cause has
    changed.
    """
    tx.take_turns("action items", project_id)
    now = tx.now()
    known = {(item.workspace_id, item.note.type, item.note.rule): item for item in store.of_analysis(tx, project_id)}
    for note in notes:
        item = known.pop((workspace_id, note.type, note.rule), None)
        if item is None:
            made = StoredItem(
                ids.uuid4(), owner_user_id, project_id, workspace_id, note, Status.PENDING, None, now, now
            )
            store.insert(tx, made)
            project_events.item_new(tx, made)
        elif item.status is Status.PENDING:
            if item.note != note:
                store.replace(tx, replace(item, note=note, updated_at=now))
        elif item.status is Status.RESOLVED or item.note.cause != note.cause:
            again = replace(item, note=note, status=Status.PENDING, created_at=now, updated_at=now)
            store.replace(tx, again)
            project_events.item_new(tx, again)
    for item in known.values():
        if item.status is Status.PENDING:
            _resolve(tx, item)


def _find(tx: Tx, caller: Caller, item_id: str) -> StoredItem:
    found = store.find(tx, caller.user_id, item_id)
    if found is None:
        raise UnknownItem
    caller.scope.reach(found.project_id, found.workspace_id)
    return found
