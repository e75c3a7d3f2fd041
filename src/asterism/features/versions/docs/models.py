"""Documentation files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocFile:
    """A documentation file in a workspace; `size` in bytes."""

    path: str
    size: int
    hash: str


@dataclass(frozen=True, slots=True)
class WorkspaceDocs:
    """The documentation files of one workspace, root readmes first; `truncated` when there are more."""

    workspace_id: str
    workspace_name: str
    files: list[DocFile]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A text file of a workspace; `size` is the bytes of the blob."""

    content: str
    path: str
    workspace_id: str
    workspace_name: str
    size: int
