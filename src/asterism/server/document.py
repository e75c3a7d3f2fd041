"""The OpenAPI document of a server: its faces, and what is served beside them."""

from typing import Any

import msgspec

from asterism import __version__
from asterism.asgi.openapi import document, require_tags
from asterism.faces.local import endpoints as local
from asterism.faces.v1 import endpoints as v1

HEALTH = {
    "get": {
        "operationId": "health",
        "summary": "Say that the server is up.",
        "tags": ["health"],
        "security": [],
        "responses": {
            "200": {
                "description": "It is up.",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "properties": {"status": {"type": "string"}, "timestamp": {"type": "string"}},
                            "required": ["status", "timestamp"],
                        },
                        "example": {"status": "ok", "timestamp": "2026-02-04T12:00:00.000Z"},
                    }
                },
            },
            "403": {
                "description": "Host is not of this machine, where `/api` is served.",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "error": {
                                    "type": "object",
                                    "properties": {"message": {"type": "string"}},
                                    "required": ["message"],
                                }
                            },
                            "required": ["error"],
                        }
                    }
                },
            },
        },
    }
}


def described(*, serves_api: bool) -> list[Any]:
    """Return the faces with their endpoints, `/api` where that is served. Raises LookupError for one without a tag."""
    mounted: list[Any] = [(v1.DESCRIPTION, v1.ENDPOINTS)]
    if serves_api:
        mounted.append((local.DESCRIPTION, local.ENDPOINTS))
    for face, endpoints in mounted:
        require_tags(face, endpoints)
    return mounted


def build_document(*, serves_api: bool) -> dict[str, Any]:
    """Return the document as a JSON-able object; with `/api` where that is served."""
    mounted = described(serves_api=serves_api)
    return msgspec.to_builtins(document(mounted, version=__version__, more={"/health": HEALTH}))  # type: ignore[no-any-return]
