"""`/v1/projects`: the resource itself, and one module per collection below it."""

from asterism.faces.v1.projects import (
    atlas,
    brief,
    chats,
    decisions,
    docs,
    env_vars,
    forecast,
    git_exports,
    log,
    memory,
    next_steps,
    root,
    snapshots,
    tags,
    workspaces,
)

MODULES = (
    root,
    workspaces,
    snapshots,
    tags,
    env_vars,
    brief,
    docs,
    chats,
    memory,
    git_exports,
    log,
    forecast,
    atlas,
    decisions,
    next_steps,
)
