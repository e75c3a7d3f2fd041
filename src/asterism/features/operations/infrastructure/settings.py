"""How a workspace is deployed (Fastest 10.2)."""

from dataclasses import replace
from typing import Any

from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.operations.detection import Runtime
from asterism.features.operations.infrastructure import store
from asterism.features.operations.infrastructure.models import DeploymentSettings, NewHead
from asterism.features.versions import workspaces
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.db import Tx
from asterism.vcs.rules import path_reasons

MAX_COMMAND = 2000  # characters
RUNTIMES = (Runtime.NODE, Runtime.PYTHON, Runtime.GO, Runtime.STATIC)
_COMMANDS = frozenset({"build_command", "start_command"})


def get_settings(tx: Tx, caller: Caller, workspace_id: str) -> DeploymentSettings:
    """Return the settings of a workspace, the defaults when none are stored. Raises UnknownWorkspace."""
    return settings_of(tx, workspaces.get_workspace(tx, caller, workspace_id))


def settings_of(tx: Tx, workspace: Workspace) -> DeploymentSettings:
    """Return the settings of a workspace, the defaults when none are stored."""
    born = workspace.created_at
    return store.settings(tx, workspace.id) or DeploymentSettings(
        workspace.id,
        auto_deploy=False,
        runtime_override=None,
        build_command=None,
        start_command=None,
        root=None,
        created_at=born,
        updated_at=born,
    )


def change_settings(tx: Tx, caller: Caller, workspace_id: str, changes: dict[str, Any]) -> DeploymentSettings:
    """Change what is given; None or a blank text clears. Raises UnknownWorkspace or Invalid."""
    workspace = workspaces.get_workspace(tx, caller, workspace_id)
    cleaned = {name: _clean(name, value) for name, value in changes.items()}
    tx.take_turns("deployment settings", workspace_id)
    old = settings_of(tx, workspace)
    now = tx.now()
    stored = store.settings(tx, workspace_id) is not None
    new = replace(old, **cleaned, updated_at=now, created_at=old.created_at if stored else now)
    if new.auto_deploy and not old.auto_deploy:
        new = replace(new, auto_seen=workspace.current_snapshot_id)  # what comes after this is new
    store.put_settings(tx, new)
    return new


def take_head(tx: Tx, caller: Caller, workspace_id: str, head: str) -> bool:
    """Note that a head is being deployed by itself; False when that is not wanted, was done, or it is no head now."""
    workspace = workspaces.get_workspace(tx, caller, workspace_id)
    tx.take_turns("deployment settings", workspace_id)
    settings = settings_of(tx, workspace)
    if not settings.auto_deploy or head in (None, settings.auto_seen) or workspace.current_snapshot_id != head:
        return False
    store.put_settings(tx, replace(settings, auto_seen=head))
    return True


def heads_to_deploy(tx: Tx, project_id: str | None = None) -> list[NewHead]:
    """Return heads that are to be deployed by themselves and were not: of a project, or of all."""
    return store.heads_to_deploy(tx, project_id)


def _clean(name: str, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip() or None
    if value is None or name == "auto_deploy":
        return value
    if name == "runtime_override":
        if value not in RUNTIMES:
            raise Invalid.field(name, f"must be one of {', '.join(RUNTIMES)}, or null")
        return Runtime(value)
    if len(value) > MAX_COMMAND or "\0" in value:
        raise Invalid.field(name, f"must have at most {MAX_COMMAND} characters and no U+0000")
    if name == "root":
        value = value.strip("/")
        if any(path_reasons(value)):
            raise Invalid.field(name, "must be a folder of the tree, as apps/web")
    return value
