"""`/v1/projects/:projectId/tags` (ours)."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from asterism.faces.v1.call import Call, delete, get, post
from asterism.faces.v1.wire import Done
from asterism.features.versions import projects, snapshots


class NewTag(msgspec.Struct):
    """A name to give to a snapshot."""

    name: str
    snapshot_id: str


class Tag(msgspec.Struct):
    """A name for a snapshot."""

    name: str
    snapshot_id: str
    created_at: str

    @classmethod
    def of(cls, found: snapshots.Tag) -> Self:
        """Write a tag."""
        return cls(found.name, found.snapshot_id, found.created_at)


class TagAnswer(msgspec.Struct):
    """A tag."""

    tag: Tag


class TagPage(msgspec.Struct):
    """A page of tags; `next_cursor` is null on the last one."""

    tags: list[Tag]
    next_cursor: str | None


class TagsAsked(msgspec.Struct):
    """Which page of tags to read."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    cursor: str | None = None


@get("/v1/projects/{project_id:str}/tags")
def index(call: Call, project_id: str, query: TagsAsked) -> TagPage:
    """GET /v1/projects/:projectId/tags: the names of snapshots, newest first."""
    project = projects.get_project(call.tx, call.caller, project_id)
    page = snapshots.list_tags(call.tx, project, limit=query.limit, cursor=query.cursor or None)
    return TagPage([Tag.of(found) for found in page.items], page.next_cursor)


@post("/v1/projects/{project_id:str}/tags", errors=(snapshots.TagTaken,))
def create(call: Call, project_id: str, body: NewTag) -> TagAnswer:
    """POST /v1/projects/:projectId/tags: give a snapshot a name."""
    project = projects.get_project(call.tx, call.caller, project_id)
    return TagAnswer(Tag.of(snapshots.create_tag(call.tx, project, body.name, body.snapshot_id)))


@delete("/v1/projects/{project_id:str}/tags/{name:str}")
def remove(call: Call, project_id: str, name: str) -> Done:
    """DELETE /v1/projects/:projectId/tags/:name: take a name away."""
    project = projects.get_project(call.tx, call.caller, project_id)
    snapshots.delete_tag(call.tx, project, name)
    return Done()
