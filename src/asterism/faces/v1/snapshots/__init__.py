"""`/v1/snapshots`."""

from asterism.faces.v1.snapshots import root

MODULES = (root,)
