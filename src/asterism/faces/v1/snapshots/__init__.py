"""`/v1/snapshots`."""

from asterism.faces.v1.snapshots import blame, diff, files, root

MODULES = (root, files, diff, blame)
