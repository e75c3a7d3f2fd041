"""`/v1/blobs`: content, one by one and in batches, and manifests."""

from asterism.faces.v1.blobs import batch, download, gc, manifests, root, upload

MODULES = (root, upload, download, batch, manifests, gc)
