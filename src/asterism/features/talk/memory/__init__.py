"""Memory documents: one per project and one per workspace, with their history (Starbot 3)."""

from asterism.features.talk.memory.errors import MemoryConflict, UnknownVersion
from asterism.features.talk.memory.models import MAX_BYTES, BlamedLine, Cause, Document, Found, Place, Version, Written
from asterism.features.talk.memory.service import (
    blame,
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
    "BlamedLine",
    "Cause",
    "Document",
    "Found",
    "MemoryConflict",
    "Place",
    "UnknownVersion",
    "Version",
    "Written",
    "blame",
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
