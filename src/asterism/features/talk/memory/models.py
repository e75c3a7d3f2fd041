"""Memory documents and their versions."""

from dataclasses import dataclass
from typing import Literal

MAX_BYTES = 262_144
KEPT_VERSIONS = 200
KEPT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Place:
    """The project or workspace that a document belongs to; `born_at` is when it was made."""

    owner_user_id: str
    project_id: str
    workspace_id: str | None
    born_at: str

    @property
    def id(self) -> str:
        """The id of the project or workspace."""
        return self.workspace_id or self.project_id


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is now; version 0 was never written."""

    content: str
    updated_at: str
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document; `content` is None in lists."""

    version: int
    updated_at: str
    bytes: int
    source: Literal["user", "proposal"]
    run_id: str | None
    proposal_id: str | None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that matches a search."""

    chunk_id: str
    scope: Literal["project", "workspace"]
    workspace_id: str | None
    heading: str
    text: str
    score: float
    updated_at: str
