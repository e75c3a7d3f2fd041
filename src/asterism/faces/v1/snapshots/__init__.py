"""`/v1/snapshots`."""

from asterism.faces.v1.snapshots import files, root

MODULES = (root, files)
