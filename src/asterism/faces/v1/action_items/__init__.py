"""`/v1/action-items`: what there is to look at, and the runs that work on it (Fastest 9)."""

from asterism.faces.v1.action_items import root, runs

MODULES = (root, runs)
