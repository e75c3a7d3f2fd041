"""Memory documents: one per project and one per workspace, with their history (Starbot 3)."""

from asterism.features.talk.memory.errors import MemoryConflict, UnknownVersion
from asterism.features.talk.memory.models import MAX_BYTES, Document, Found, Place, Version
from asterism.features.talk.memory.service import (
    get_version,
    hold,
    list_versions,
    place_of_project,
    place_of_workspace,
    read,
    search,
    search_limit,
    write,
)

__all__ = [
    "MAX_BYTES",
    "Document",
    "Found",
    "MemoryConflict",
    "Place",
    "UnknownVersion",
    "Version",
    "get_version",
    "hold",
    "list_versions",
    "place_of_project",
    "place_of_workspace",
    "read",
    "search",
    "search_limit",
    "write",
]
