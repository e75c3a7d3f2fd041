"""`/v1/projects`: the resource itself, and one module per collection below it."""

from asterism.faces.v1.projects import root, snapshots, workspaces

MODULES = (root, workspaces, snapshots)
