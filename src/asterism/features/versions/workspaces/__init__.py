"""Workspaces: places of work, their heads and working trees (Fastest 3.2, 4, 6.2, 6.5).

Everything that moves a head goes through `push_snapshot`, `restore_workspace` or `move_head`, so unsaved work is never
lost and every move is logged. `move_head` wants the workspace from `workspace_and_project(..., lock=True)`. Who has to
follow moves listens to `MOVED` (about: a project) and keeps `follow` up to date.
"""

from asterism.features.versions.workspaces.autosave import autosave
from asterism.features.versions.workspaces.errors import HeadMoved, MainStays, NoTree, UnknownWorkspace
from asterism.features.versions.workspaces.followers import MOVED, follow, projects_behind
from asterism.features.versions.workspaces.histories import Step, push_history
from asterism.features.versions.workspaces.models import (
    Cause,
    ManifestMove,
    NewWorkspace,
    Pushed,
    Restored,
    Workspace,
    WorkspaceType,
)
from asterism.features.versions.workspaces.moves import (
    move_head,
    register_aside,
    save_unsaved,
    show_tree,
    tell_out_of_date,
)
from asterism.features.versions.workspaces.pushes import (
    list_workspace_snapshots,
    note_git_export,
    push_snapshot,
    restore_workspace,
)
from asterism.features.versions.workspaces.service import (
    ROOTS,
    all_live,
    bases,
    create_workspace,
    current_tree,
    delete_workspace,
    find_in_project,
    find_live,
    get_workspace,
    heartbeat,
    list_workspaces,
    main_of,
    note_seen,
    purge_deleted,
    set_as_main,
    set_current_manifest,
    update_workspace,
    workspace_and_project,
)
from asterism.features.versions.workspaces.working_tree import head_manifest, latest_tree, working_manifest

__all__ = [
    "MOVED",
    "ROOTS",
    "Cause",
    "HeadMoved",
    "MainStays",
    "ManifestMove",
    "NewWorkspace",
    "NoTree",
    "Pushed",
    "Restored",
    "Step",
    "UnknownWorkspace",
    "Workspace",
    "WorkspaceType",
    "all_live",
    "autosave",
    "bases",
    "create_workspace",
    "current_tree",
    "delete_workspace",
    "find_in_project",
    "find_live",
    "follow",
    "get_workspace",
    "head_manifest",
    "heartbeat",
    "latest_tree",
    "list_workspace_snapshots",
    "list_workspaces",
    "main_of",
    "move_head",
    "note_git_export",
    "note_seen",
    "projects_behind",
    "purge_deleted",
    "push_history",
    "push_snapshot",
    "register_aside",
    "restore_workspace",
    "save_unsaved",
    "set_as_main",
    "set_current_manifest",
    "show_tree",
    "tell_out_of_date",
    "update_workspace",
    "working_manifest",
    "workspace_and_project",
]
