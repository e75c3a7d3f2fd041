"""`/v1/projects`: the resource itself, and one module per collection below it."""

from asterism.faces.v1.projects import brief, docs, env_vars, root, snapshots, tags, workspaces

MODULES = (root, workspaces, snapshots, tags, env_vars, brief, docs)
