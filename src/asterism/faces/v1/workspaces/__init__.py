"""`/v1/workspaces`: the resource itself, and one module per group of routes below it."""

from asterism.faces.v1.workspaces import deploy, drift, forecast, memory, reviews, root, sync

MODULES = (root, deploy, drift, forecast, sync, memory, reviews)
