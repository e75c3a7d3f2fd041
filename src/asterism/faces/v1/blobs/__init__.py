"""`/v1/blobs`: content, one by one and in batches, and manifests."""

from asterism.faces.v1.blobs import batch, gc, manifests, root

MODULES = (root, batch, manifests, gc)
