"""`/v1/runs`: one run, and its events."""

from asterism.faces.v1.runs import events, root

MODULES = (root, events)
