"""The OpenAPI 3.1 document, made from what endpoints declare and from nothing else."""

from asterism.asgi.openapi.document import Described, document, require_tags
from asterism.asgi.openapi.names import operation_id, request_path, resource

__all__ = ["Described", "document", "operation_id", "request_path", "require_tags", "resource"]
