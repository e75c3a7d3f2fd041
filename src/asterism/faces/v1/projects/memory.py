"""`/v1/projects/:projectId/memory`: the project's memory document, its history, and search."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get, post, put
from asterism.features.talk import memory
from asterism.kernel.db import Tx

MAX_BODY = 2 * 1024 * 1024  # JSON escaping never counts against the document's own limit


class NewContent(msgspec.Struct):
    """The new text; with `expected_updated_at` only if nobody changed it meanwhile, with `base_updated_at` merged."""

    content: str
    expected_updated_at: str | None = None
    base_updated_at: str | None = None

    def save(self, tx: Tx, place: memory.Place, actor: str) -> "MemoryDocument":
        """Write the document."""
        expected, base = self.expected_updated_at, self.base_updated_at
        written = memory.write(tx, place, self.content, expected_updated_at=expected, base_updated_at=base, actor=actor)
        return MemoryDocument.of(written.document, merged=written.merged)


class Search(msgspec.Struct):
    """What to look for."""

    query: str
    workspace_id: str | None = None
    limit: int | None = None


class Newest(msgspec.Struct):
    """How many of the newest to list."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class MemoryDocument(msgspec.Struct):
    """A memory document: exactly the contract's keys, and `merged` when a write was merged with another one's."""

    content: str
    updated_at: str
    merged: bool | UnsetType = UNSET

    @classmethod
    def of(cls, found: memory.Document, *, merged: bool = False) -> Self:
        """Write a document."""
        return cls(found.content, found.updated_at, True if merged else UNSET)


class ListedVersion(msgspec.Struct):
    """A version of a memory document as lists show it."""

    version: int
    updated_at: str
    bytes: int
    source: Literal["user", "proposal"]
    run_id: str | None
    proposal_id: str | None

    @classmethod
    def of(cls, found: memory.Version) -> Self:
        """Write a version."""
        return copied(cls, found)


class MemoryVersion(msgspec.Struct):
    """A version of a memory document with its content."""

    version: int
    updated_at: str
    content: str
    source: Literal["user", "proposal"]
    run_id: str | None
    proposal_id: str | None

    @classmethod
    def of(cls, found: memory.Version) -> Self:
        """Write a version."""
        return copied(cls, found, content=found.content or "")


class MemoryVersions(msgspec.Struct):
    """The newest versions of a document."""

    versions: list[ListedVersion]


class MemoryLine(msgspec.Struct):
    """A line and the version that brought it; `actor` is `model` for what an approved proposal wrote."""

    text: str
    version: int
    source: Literal["user", "proposal"]
    actor: Literal["user", "model"]
    at: str
    chat_id: str | UnsetType = UNSET
    run_id: str | UnsetType = UNSET


class MemoryBlame(msgspec.Struct):
    """The lines of a document, in order."""

    lines: list[MemoryLine]

    @classmethod
    def of(cls, found: Sequence[memory.BlamedLine]) -> Self:
        """Write the lines of a document."""
        return cls(
            [
                MemoryLine(
                    one.text,
                    one.version,
                    one.source,
                    "model" if one.source == "proposal" else "user",
                    one.at,
                    one.chat_id or UNSET,
                    one.run_id or UNSET,
                )
                for one in found
            ]
        )


class MemoryHit(msgspec.Struct):
    """A piece of a memory document that matches; `score` is from 0 to 1."""

    chunk_id: str
    scope: Literal["project", "workspace"]
    workspace_id: str | None
    heading: str
    text: str
    score: float
    updated_at: str

    @classmethod
    def of(cls, found: memory.Found) -> Self:
        """Write a hit."""
        return copied(cls, found)


class MemoryHits(msgspec.Struct):
    """What matches, best first."""

    results: list[MemoryHit]


@get("/v1/projects/{project_id:str}/memory")
def read(call: Call, project_id: str) -> MemoryDocument:
    """GET /v1/projects/:projectId/memory: the document."""
    place = memory.place_of_project(call.tx, call.caller, project_id)
    return MemoryDocument.of(memory.read(call.tx, place))


@put("/v1/projects/{project_id:str}/memory", max_body=MAX_BODY, errors=(memory.MemoryConflict,))
def write(call: Call, project_id: str, body: NewContent) -> MemoryDocument:
    """PUT /v1/projects/:projectId/memory: replace the document."""
    place = memory.place_of_project(call.tx, call.caller, project_id)
    return body.save(call.tx, place, call.caller.client)


@get("/v1/projects/{project_id:str}/memory/versions")
def versions(call: Call, project_id: str, query: Newest) -> MemoryVersions:
    """GET /v1/projects/:projectId/memory/versions: the document's history, newest first."""
    place = memory.place_of_project(call.tx, call.caller, project_id)
    return MemoryVersions([ListedVersion.of(one) for one in memory.list_versions(call.tx, place, query.limit)])


@get("/v1/projects/{project_id:str}/memory/versions/{version:str}")
def version(call: Call, project_id: str, version: str) -> MemoryVersion:
    """GET /v1/projects/:projectId/memory/versions/:version: one version with its content."""
    place = memory.place_of_project(call.tx, call.caller, project_id)
    return MemoryVersion.of(memory.get_version(call.tx, place, version))


@get("/v1/projects/{project_id:str}/memory/blame")
def blame(call: Call, project_id: str) -> MemoryBlame:
    """GET /v1/projects/:projectId/memory/blame: the document's lines, each with the version that brought it."""
    return MemoryBlame.of(memory.blame(call.tx, memory.place_of_project(call.tx, call.caller, project_id)))


@post("/v1/projects/{project_id:str}/memory/search", tx="read")
def search(call: Call, project_id: str, body: Search) -> MemoryHits:
    """POST /v1/projects/:projectId/memory/search: find text in the memories of a project and its workspaces."""
    found = memory.search(
        call.tx,
        call.caller,
        project_id,
        body.query,
        workspace_id=body.workspace_id,
        limit=memory.search_limit(body.limit),
    )
    return MemoryHits([MemoryHit.of(one) for one in found])
