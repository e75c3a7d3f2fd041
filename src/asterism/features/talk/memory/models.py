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
class Written:
    """A document as it was written; `merged` when it holds what somebody else wrote meanwhile."""

    document: Document
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """Where a version comes from: a person, or a proposal that a run made in a chat and a person approved."""

    source: Literal["user", "proposal"] = "user"
    run_id: str | None = None
    chat_id: str | None = None
    proposal_id: str | None = None


BY_USER = Cause()


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line of a document, without its end, and the version that brought it."""

    text: str
    version: int
    source: Literal["user", "proposal"]
    chat_id: str | None
    run_id: str | None
    at: str


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a document; `content` is None in lists."""

    version: int
    updated_at: str
    bytes: int
    source: Literal["user", "proposal"]
    run_id: str | None
    chat_id: str | None
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
