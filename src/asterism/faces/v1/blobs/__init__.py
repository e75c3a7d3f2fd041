"""`/v1/blobs`: content, one by one and in batches, and manifests."""

from asterism.faces.v1.blobs import batches, collection, manifests, root, transfer

MODULES = (root, transfer, batches, manifests, collection)
