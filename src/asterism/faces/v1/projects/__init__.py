"""`/v1/projects`: the resource itself, and one module per collection below it."""

from asterism.faces.v1.projects import (
    brief,
    chats,
    docs,
    env_vars,
    forecast,
    git_exports,
    memory,
    root,
    snapshots,
    tags,
    workspaces,
)

MODULES = (root, workspaces, snapshots, tags, env_vars, brief, docs, chats, memory, git_exports, forecast)
