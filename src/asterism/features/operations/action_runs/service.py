"""Use cases of runs that touch the database alone: asking for one, reading them, noting how one went on."""

from asterism.base import ids
from asterism.features.accounts.identity import Caller
from asterism.features.operations import action_items
from asterism.features.operations.action_items import DRIFT, StoredItem
from asterism.features.operations.action_items import Status as ItemStatus
from asterism.features.operations.action_runs import project_events, store
from asterism.features.operations.action_runs.errors import ItemClosed, NothingToRun, NoTreeYet, UnknownRun
from asterism.features.operations.action_runs.models import STANDING, ActionRun, Status
from asterism.features.operations.deployments import Deployment
from asterism.features.operations.deployments import Status as DeploymentStatus
from asterism.features.versions import storage, workspaces
from asterism.kernel.db import Tx

NEWEST = 20


def add_run(tx: Tx, caller: Caller, item_id: str, *, force: bool) -> tuple[ActionRun, bool]:
    """Return the run of an item and whether it is new (Fastest 9.3).

    One that is under way, ready or applied is answered again; `force` makes another beside one that is ready. Raises
    UnknownItem, UnknownDeployment, UnknownWorkspace, NothingToRun, ItemClosed, NoTreeYet or BlobsMissing.
    """
    if item_id.startswith(DRIFT):
        workspaces.workspace_and_project(tx, caller, item_id.removeprefix(DRIFT))
        raise NothingToRun
    tx.take_turns("action runs", caller.user_id)
    found = action_items.find_item(tx, caller, item_id)
    if action_items.is_dismissed(tx, caller, found):
        raise ItemClosed("was dismissed")
    if isinstance(found, StoredItem):
        standing = next(iter(store.of_item(tx, found.id, 1, STANDING)), None)
        if standing is not None and not (force and standing.status is Status.READY):
            return standing, False
    item = _open_item(tx, found)
    workspace, project = workspaces.workspace_and_project(tx, caller, item.workspace_id)
    tree = workspaces.working_manifest(tx, project, workspace)
    if tree is None:
        raise NoTreeYet
    storage.require_complete(tx, project.owner_user_id, tree)
    run = _new_run(tx, item, item_id, tree)
    store.insert(tx, run)
    return run, True


def _open_item(tx: Tx, found: StoredItem | Deployment) -> StoredItem:
    if isinstance(found, Deployment):
        if found.status is not DeploymentStatus.FAILED:
            raise ItemClosed("is about a deployment that has not failed")
        return action_items.store_deployment(tx, found)
    if found.status is ItemStatus.RESOLVED:
        raise ItemClosed("is resolved")
    return found


def _new_run(tx: Tx, item: StoredItem, asked_id: str, tree: str) -> ActionRun:
    now = tx.now()
    return ActionRun(
        id=ids.uuid4(),
        item_id=item.id,
        asked_id=asked_id,
        owner_user_id=item.owner_user_id,
        workspace_id=item.workspace_id,
        project_id=item.project_id,
        status=Status.QUEUED,
        attempt_count=0,
        base_manifest_hash=tree,
        result_manifest_hash=None,
        summary=None,
        report=None,
        patch=None,
        checks=(),
        error=None,
        applied_manifest_hash=None,
        applied_snapshot_id=None,
        launch=0,
        hosted=False,
        started_at=None,
        completed_at=None,
        created_at=now,
        updated_at=now,
    )


def list_runs(tx: Tx, caller: Caller, item_id: str) -> list[ActionRun]:
    """Return the newest 20 runs of an item. Raises UnknownItem, UnknownDeployment or UnknownWorkspace."""
    if item_id.startswith(DRIFT):
        workspaces.workspace_and_project(tx, caller, item_id.removeprefix(DRIFT))
        return []
    found = action_items.find_item(tx, caller, item_id)
    return store.of_item(tx, found.id, NEWEST) if isinstance(found, StoredItem) else []


def get_run(tx: Tx, caller: Caller, run_id: str) -> ActionRun:
    """Return a run of the caller. Raises UnknownRun, UnknownWorkspace or InsufficientScope."""
    found = store.find(tx, run_id)
    if found is None or found.owner_user_id != caller.user_id:
        raise UnknownRun
    workspaces.workspace_and_project(tx, caller, found.workspace_id)
    return found


def end_run(tx: Tx, run_id: str, status: Status, values: dict[str, object]) -> Status | None:
    """Give a run that is under way its end; return where it stands, None when it was deleted."""
    found = store.find(tx, run_id, lock=True)
    if found is None:
        return None
    if found.status not in store.ACTIVE:
        return found.status
    store.update(tx, run_id, {"hosted": False, "status": status, "completed_at": tx.now(), **values})
    project_events.run_ended(tx, found, status)
    return status


def give_back(tx: Tx, run_id: str) -> Status | None:
    """Let a run wait for another process, which begins its attempt again; None when it was deleted."""
    found = store.find(tx, run_id, lock=True)
    if found is None:
        return None
    if found.status in store.ACTIVE:
        again = max(0, found.attempt_count - 1)
        store.update(tx, run_id, {"hosted": False, "status": Status.QUEUED, "attempt_count": again})
        return Status.QUEUED
    return found.status


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests that the user's runs keep from being collected."""
    return store.manifests(tx, user_id)


ROOTS = storage.Roots(
    manifests=manifest_roots,
    columns=(
        "action_item_runs.base_manifest_hash",
        "action_item_runs.result_manifest_hash",
        "action_item_runs.applied_manifest_hash",
    ),
)
