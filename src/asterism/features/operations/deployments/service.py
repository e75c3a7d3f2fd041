"""Use cases of deployments: asking for one, reading them, telling how one ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from asterism.base import ids
from asterism.base.clock import parse, stamp
from asterism.base.errors import Invalid
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.operations import infrastructure
from asterism.features.operations.deployments import store
from asterism.features.operations.deployments.env import open_version
from asterism.features.operations.deployments.errors import (
    AlreadyEnded,
    NoSnapshot,
    NotApproved,
    NothingToRollBackTo,
    UnknownDeployment,
)
from asterism.features.operations.deployments.frames import tell_ended, tell_started
from asterism.features.operations.deployments.models import Deployment, Log, Plan, Status, Trigger
from asterism.features.operations.infrastructure import NewHead
from asterism.features.talk import conversations
from asterism.features.versions import project_log, projects, snapshots, storage, workspaces
from asterism.features.versions.project_log import DeploymentEnded, DeploymentStarted
from asterism.features.versions.project_log import Told as ProjectTold
from asterism.features.versions.projects import Project
from asterism.features.versions.storage import ManifestNotFound
from asterism.features.versions.workspaces import UnknownWorkspace, Workspace
from asterism.kernel.db import Tx
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams

MAX_TEXT = 10_000  # characters of a callback's url or error
AUTO_TITLE = "Deployment"
KEPT_LOGS, PRUNED_AT_ONCE = 50, 500
MOST_OF_TREE = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be deployed: the head of a workspace, or a tree that is named."""

    trigger: Trigger = Trigger.MANUAL
    workspace_id: str | None = None
    manifest_hash: str | None = None
    force: bool = False
    conversation_id: str | None = None


def begin_workspace(tx: Tx, streams: Streams, caller: Caller, workspace_id: str) -> Deployment:
    """Write the deployment of a workspace's head. Raises UnknownWorkspace, NoSnapshot, BlobsMissing or NotApproved."""
    workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
    head = workspaces.head_manifest(tx, project, workspace)
    if head is None:
        raise NoSnapshot
    conversation_id = _conversation(tx, streams, caller, workspace.id)
    new = New(project, workspace, head, Trigger.MANUAL, conversation_id)
    return _write(tx, streams, caller, new)


def _conversation(tx: Tx, streams: Streams, caller: Caller, workspace_id: str) -> str:
    """Return the workspace's newest conversation, a new one when it has none: people look for the log there."""
    known = conversations.list_conversations(tx, caller, limit=1, offset=0, workspace_id=workspace_id)
    if known:
        return known[0].conversation.id
    return conversations.create_conversation(tx, streams, caller, workspace_id, title=AUTO_TITLE).id


def begin_conversation(tx: Tx, streams: Streams, caller: Caller, conversation_id: str) -> Deployment:
    """Write the deployment of a conversation's working tree. Raises UnknownConversation and as `begin_workspace`."""
    conversation = conversations.get_conversation(tx, caller, conversation_id)
    workspace, project = workspaces.workspace_and_project(tx, caller, conversation.workspace_id)
    tree = workspaces.working_manifest(tx, project, workspace)
    if tree is None:
        raise NoSnapshot
    return _write(tx, streams, caller, New(project, workspace, tree, Trigger.CHAT, conversation.id))


def begin_project(tx: Tx, streams: Streams, caller: Caller, project_id: str, asked: Asked) -> Deployment:
    """Write the deployment of a tree of a project (default: the head of the workspace, of main without one).

    Raises UnknownProject, UnknownWorkspace, ManifestNotFound, NoSnapshot, BlobsMissing or NotApproved.
    """
    project, workspace, tree = find_tree(tx, caller, project_id, asked)
    return _write(tx, streams, caller, New(project, workspace, tree, asked.trigger, asked.conversation_id))


def begin_by_itself(tx: Tx, streams: Streams, new: NewHead) -> Deployment | None:
    """Write the deployment of a workspace's new head, which its settings want (Fastest 10.2); once for each head.

    None when the head has moved on, was dealt with, or nobody wants that any more.
    Raises UnknownWorkspace or BlobsMissing.
    """
    caller = on_behalf_of(new.owner_user_id)
    workspace, project = workspaces.workspace_and_project(tx, caller, new.workspace_id)
    tree = workspaces.head_manifest(tx, project, workspace)
    if tree is None or not infrastructure.take_head(tx, caller, new.workspace_id, new.head):
        return None
    known = conversations.list_conversations(tx, caller, limit=1, offset=0, workspace_id=workspace.id)
    conversation_id = known[0].conversation.id if known else None
    return _write(tx, streams, caller, New(project, workspace, tree, Trigger.AUTO, conversation_id))


def on_behalf_of(user_id: str) -> Caller:
    """Return a user as the one on whose behalf the server works."""
    return Caller(user_id, "", "s", "system")


def slot_of_workspace(tx: Tx, caller: Caller, workspace_id: str) -> str:
    """Return the place of a workspace's app. Raises UnknownWorkspace."""
    return _slot(workspaces.get_workspace(tx, caller, workspace_id))


def slot_of_conversation(tx: Tx, caller: Caller, conversation_id: str) -> str:
    """Return the place of the app of a conversation's workspace. Raises UnknownConversation."""
    return slot_of_workspace(tx, caller, conversations.get_conversation(tx, caller, conversation_id).workspace_id)


def slot_of_project(tx: Tx, caller: Caller, project_id: str, workspace_id: str | None) -> str:
    """Return the place of the app of a workspace, of main without one. Raises UnknownProject or UnknownWorkspace."""
    workspace = _workspace(tx, caller, projects.get_project(tx, caller, project_id), workspace_id)
    return f"{project_id}/" if workspace is None else _slot(workspace)


def _slot(workspace: Workspace) -> str:
    return f"{workspace.project_id}/{workspace.id}"


def find_tree(tx: Tx, caller: Caller, project_id: str, asked: Asked) -> tuple[Project, Workspace | None, str]:
    """Return project, workspace and tree that are meant.

    Raises UnknownProject, UnknownWorkspace, ManifestNotFound or NoSnapshot.
    """
    project = projects.get_project(tx, caller, project_id)
    workspace = _workspace(tx, caller, project, asked.workspace_id)
    tree = asked.manifest_hash
    if tree is not None and storage.find_manifest(tx, project.owner_user_id, tree) is None:
        raise ManifestNotFound
    if tree is None:
        tree = None if workspace is None else workspaces.head_manifest(tx, project, workspace)
    if tree is None:
        raise NoSnapshot
    return project, workspace, tree


def begin_rollback(tx: Tx, streams: Streams, secrets: Secrets, caller: Caller, deployment_id: str) -> Deployment:
    """Write a deployment of exactly the tree, values and plan of an older one (Beyond 8).

    Raises UnknownDeployment, NothingToRollBackTo, BlobsMissing or InsufficientScope.
    """
    old = get_deployment(tx, caller, deployment_id)
    if old.plan is None or old.env_version is None:
        raise NothingToRollBackTo
    open_version(tx, secrets, old.project_id, old.env_version)
    project = projects.get_project(tx, caller, old.project_id)
    workspace = _workspace(tx, caller, project, old.workspace_id) if old.workspace_id else None
    new = New(project, workspace, old.manifest_hash, Trigger.MANUAL, old.conversation_id, old)
    return _write(tx, streams, caller, new)


def _workspace(tx: Tx, caller: Caller, project: Project, workspace_id: str | None) -> Workspace | None:
    if workspace_id is None:
        return workspaces.main_of(tx, project)
    found = workspaces.find_in_project(tx, caller, project, workspace_id)
    if found is None:
        raise UnknownWorkspace
    return found


@dataclass(frozen=True, slots=True)
class New:
    """A deployment to be; `old` is the one that it repeats."""

    project: Project
    workspace: Workspace | None
    tree: str
    trigger: Trigger
    conversation_id: str | None = None
    old: Deployment | None = None


def _write(tx: Tx, streams: Streams, caller: Caller, new: New) -> Deployment:
    project, workspace, tree, old = new.project, new.workspace, new.tree, new.old
    if caller.scope.name == "agent":
        raise NotApproved
    storage.require_complete(tx, project.owner_user_id, tree)
    head = workspace.current_snapshot_id if workspace else None
    known = snapshots.find_many(tx, project.id, [head]) if head else {}
    clean = head is not None and head in known and known[head].manifest_hash == tree
    made = Deployment(
        id=ids.ulid(),
        workspace_id=workspace.id if workspace else None,
        project_id=project.id,
        owner_user_id=project.owner_user_id,
        snapshot_id=head if clean else old.snapshot_id if old else None,
        manifest_hash=tree,
        conversation_id=new.conversation_id,
        status=Status.DEPLOYING,
        trigger=new.trigger,
        url=None,
        error=None,
        provider=old.provider if old else None,
        env_version=old.env_version if old else None,
        plan=old.plan if old else None,
        plan_hash=old.plan_hash if old else None,
        rollback_of=old.id if old else None,
        started_at=tx.now(),
        completed_at=None,
    )
    store.insert(tx, made)
    _tell(tx, made, DeploymentStarted(str(new.trigger)), "A deployment has begun.", actor=caller.client)
    tell_started(tx, streams, made)
    return made


def get_deployment(tx: Tx, caller: Caller, deployment_id: str) -> Deployment:
    """Return a deployment of the caller. Raises UnknownDeployment, for another user's as well, or InsufficientScope."""
    found = store.find(tx, deployment_id)
    if found is None or found.owner_user_id != caller.user_id:
        raise UnknownDeployment
    caller.scope.reach(found.project_id, found.workspace_id)
    return found


def list_deployments(
    tx: Tx, caller: Caller, workspace_id: str, *, limit: int, cursor: str | None = None
) -> Page[Deployment]:
    """Return deployments of a workspace, newest first. Raises UnknownWorkspace."""
    workspaces.get_workspace(tx, caller, workspace_id)
    scope = f"deployments:{workspace_id}"
    before = None if cursor is None else decode_cursor(scope, cursor, tuple[str])[0]
    found = store.of_workspace(tx, workspace_id, limit=limit + 1, before=before)
    return Page(found[:limit], encode_cursor(scope, [found[limit - 1].id]) if len(found) > limit else None)


def prune_logs(tx: Tx) -> int:
    """Remove a batch of logs: those of all but the newest 50 deployments of a place. For the retention job (12.6)."""
    return store.prune_logs(tx, keep=KEPT_LOGS, limit=PRUNED_AT_ONCE)


def newest_failures(tx: Tx, user_id: str) -> list[Deployment]:
    """Return those deployments of a user that failed and are the newest of their workspace."""
    return store.newest_failures(tx, user_id)


def list_of_conversation(tx: Tx, caller: Caller, conversation_id: str) -> list[Deployment]:
    """Return the deployments that a conversation named, oldest first. Raises UnknownConversation."""
    conversations.get_conversation(tx, caller, conversation_id)
    return store.of_conversation(tx, conversation_id)


def list_of_snapshot(tx: Tx, caller: Caller, snapshot_id: str) -> list[Deployment]:
    """Return the newest twenty deployments of a snapshot's tree in its project (beyond 12). Raises UnknownSnapshot."""
    snapshot = snapshots.get_snapshot(tx, caller, snapshot_id)
    only = caller.scope.only_workspace
    return store.of_tree(tx, snapshot.project_id, snapshot.manifest_hash, only, MOST_OF_TREE)


def read_log(tx: Tx, caller: Caller, deployment_id: str, conversation_id: str | None = None) -> Log:
    """Return what a deployment said so far, while it runs too.

    In a conversation only deployments that it named are known. Raises UnknownDeployment or UnknownConversation.
    """
    if conversation_id is not None:
        conversations.get_conversation(tx, caller, conversation_id)
    found = get_deployment(tx, caller, deployment_id)
    if conversation_id is not None and found.conversation_id != conversation_id:
        raise UnknownDeployment
    return Log(found, store.log(tx, deployment_id))


@dataclass(frozen=True, slots=True)
class Told:
    """How a deployment ended, as somebody outside tells it."""

    status: str
    url: str | None = None
    error: str | None = None
    completed_at: str | None = None


def take_status(tx: Tx, streams: Streams, caller: Caller, deployment_id: str, told: Told) -> bool:
    """Give a deployment its end; return whether it had none. The same end again is no error.

    Raises UnknownDeployment, AlreadyEnded, Invalid, or InsufficientScope for an agent's token.
    """
    status, moment = _checked(told)
    found = get_deployment(tx, caller, deployment_id)
    if status is Status.DEPLOYING or found.status is status:
        return False
    values: dict[str, Any] = {"status": status, "completed_at": moment or tx.now()}
    values |= {name: text for name, text in (("url", told.url), ("error", told.error)) if text is not None}
    if not end_deployment(tx, streams, found, values):
        raise AlreadyEnded(found.status)
    return True


def _checked(told: Told) -> tuple[Status, str | None]:
    if told.status not in set(Status):
        raise Invalid.field("status", f"must be one of {', '.join(Status)}")
    for name, text in (("url", told.url), ("error", told.error)):
        if text is not None and len(text) > MAX_TEXT:
            raise Invalid.field(name, f"must have at most {MAX_TEXT} characters")
    if told.url is not None and not _is_web_address(told.url):
        raise Invalid.field("url", "must be an http or https address")
    try:
        return Status(told.status), None if told.completed_at is None else stamp(parse(told.completed_at))
    except ValueError as error:
        raise Invalid.field("completed_at", "must be an RFC 3339 time") from error


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def end_deployment(tx: Tx, streams: Streams, found: Deployment, values: Mapping[str, Any]) -> bool:
    """Give a deployment its one end, with the event of its project; return False when it has one."""
    if not store.end(tx, found.id, values):
        return False
    url, error = values.get("url"), values.get("error")
    tell_ended(tx, streams, found.id)
    succeeded = values["status"] == Status.SUCCESS
    title = f"A deployment runs{f' at {url}' if url else ''}." if succeeded else f"A deployment failed: {error}"
    _tell(tx, found, DeploymentEnded(str(values["status"]), found.snapshot_id, url, error), title)
    return True


def _tell(tx: Tx, found: Deployment, told: ProjectTold, title: str, *, actor: str = "system") -> None:
    project_log.append(
        tx,
        found.project_id,
        told,
        title=title,
        subject=("deployment", found.id),
        actor=actor,
        workspace_id=found.workspace_id,
        tree=found.manifest_hash,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """How two deployments differ: files, keys of variables, members of the plan."""

    files: list[tuple[str, str]]
    added: list[str]
    removed: list[str]
    changed: list[str]
    plan: dict[str, tuple[Any, Any]]


def compare_deployments(tx: Tx, secrets: Secrets, caller: Caller, one_id: str, other_id: str) -> Difference:
    """Tell how two deployments of a project differ (Beyond 8). Raises UnknownDeployment."""
    one, other = get_deployment(tx, caller, one_id), get_deployment(tx, caller, other_id)
    if one.project_id != other.project_id:
        raise UnknownDeployment
    changes = storage.changes(tx, one.owner_user_id, one.manifest_hash, other.manifest_hash)
    before, after = _variables(tx, secrets, one), _variables(tx, secrets, other)
    both = before.keys() & after.keys()
    return Difference(
        files=[(change.path, change.kind) for change in changes],
        added=sorted(after.keys() - before.keys()),
        removed=sorted(before.keys() - after.keys()),
        changed=sorted(key for key in both if before[key] != after[key]),
        plan=_plan_changes(one.plan, other.plan),
    )


def _variables(tx: Tx, secrets: Secrets, found: Deployment) -> Mapping[str, tuple[str, bool]]:
    return {} if found.env_version is None else open_version(tx, secrets, found.project_id, found.env_version)


def _plan_changes(one: Plan | None, other: Plan | None) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (getattr(one, name, None), getattr(other, name, None)) for name in Plan.__struct_fields__}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the trees that deployments name, which keeps them from being collected."""
    return store.manifests(tx, user_id)


ROOTS = storage.Roots(manifests=manifest_roots, columns=("deployments.manifest_hash",))
