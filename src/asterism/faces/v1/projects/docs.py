"""`/v1/projects/:projectId/docs`."""

from typing import Self

import msgspec

from asterism.base.errors import TooLarge
from asterism.faces.shapes import copied
from asterism.faces.v1.call import Call, get
from asterism.features.versions import docs, storage


class DocFile(msgspec.Struct):
    """A documentation file; it names its workspace as well."""

    path: str
    workspace_id: str
    workspace_name: str
    size: int
    hash: str


class WorkspaceDocs(msgspec.Struct):
    """The documentation files of one workspace."""

    workspace_id: str
    workspace_name: str
    files: list[DocFile]

    @classmethod
    def of(cls, found: docs.WorkspaceDocs) -> Self:
        """Write the files of one workspace."""
        place = (found.workspace_id, found.workspace_name)
        return cls(*place, [DocFile(file.path, *place, file.size, file.hash) for file in found.files])


class ProjectDocs(msgspec.Struct):
    """The documentation files of every workspace; `truncated` when there are more."""

    workspaces: list[WorkspaceDocs]
    total_files: int
    truncated: bool


class Asked(msgspec.Struct):
    """The file to read."""

    workspace: str
    path: str


class Document(msgspec.Struct):
    """A text file of a workspace; `size` is in bytes."""

    content: str
    path: str
    workspace_id: str
    workspace_name: str
    size: int

    @classmethod
    def of(cls, found: docs.Document) -> Self:
        """Write a file."""
        return copied(cls, found)


@get("/v1/projects/{project_id:str}/docs")
def index(call: Call, project_id: str) -> ProjectDocs:
    """GET /v1/projects/:projectId/docs: the documentation files of every workspace."""
    found = docs.list_docs(call.tx, call.caller, project_id)
    total = sum(len(one.files) for one in found)
    return ProjectDocs([WorkspaceDocs.of(one) for one in found], total, any(one.truncated for one in found))


@get("/v1/projects/{project_id:str}/docs/content", errors=(TooLarge, docs.NotText, storage.BlobsMissing))
def content(call: Call, project_id: str, query: Asked) -> Document:
    """GET /v1/projects/:projectId/docs/content: one text file of a workspace."""
    found = docs.read_document(call.tx, call.rt.blobs, call.caller, project_id, query.workspace, query.path)
    return Document.of(found)
