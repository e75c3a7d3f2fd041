"""Use cases of documentation."""

from asterism.base.errors import TooLarge
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, storage, workspaces
from asterism.features.versions.docs.doc_files import MAX_FILES, find
from asterism.features.versions.docs.errors import NotText, UnknownDocument
from asterism.features.versions.docs.models import Document, WorkspaceDocs
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.vcs.text_diff import decode_text

MAX_DOCUMENT_BYTES = 2 * 1024 * 1024


def list_docs(tx: Tx, caller: Caller, project_id: str) -> list[WorkspaceDocs]:
    """Return the documentation of each workspace that has any: main first, then by name. Raises UnknownProject."""
    project = projects.get_project(tx, caller, project_id)
    found: list[WorkspaceDocs] = []
    for workspace in sorted(workspaces.list_workspaces(tx, caller, project), key=_order):
        shown = workspaces.working_manifest(tx, project, workspace)
        if shown is None:
            continue
        root = storage.manifest(tx, caller.user_id, shown).root
        files = find(root, lambda names: storage.tree_records(tx, caller.user_id, names))
        if files:
            found.append(WorkspaceDocs(workspace.id, workspace.name, files[:MAX_FILES], len(files) > MAX_FILES))
    return found


def _order(workspace: Workspace) -> tuple[bool, str, str]:
    return (not workspace.is_main, workspace.name.lower(), workspace.id)


def read_document(tx: Tx, blobs: Blobs, caller: Caller, project_id: str, workspace_id: str, path: str) -> Document:
    """Return any text file of a workspace's working tree, by its exact path.

    Raises UnknownProject, UnknownDocument, BlobsMissing, TooLarge or NotText.
    """
    project = projects.get_project(tx, caller, project_id)
    workspace = workspaces.find_in_project(tx, caller, project, workspace_id)
    shown = workspaces.working_manifest(tx, project, workspace) if workspace else None
    if workspace is None or shown is None:
        raise UnknownDocument
    node = storage.find_node(tx, caller.user_id, storage.manifest(tx, caller.user_id, shown).root, path)
    if node is None or node.type != "file":
        raise UnknownDocument
    if node.size > MAX_DOCUMENT_BYTES:
        raise TooLarge.bytes(MAX_DOCUMENT_BYTES, path)
    content = storage.content(tx, blobs, caller.user_id, node.hash)
    if len(content) > MAX_DOCUMENT_BYTES:
        raise TooLarge.bytes(MAX_DOCUMENT_BYTES, path)
    text = decode_text(content)
    if text is None:
        raise NotText(path)
    return Document(text.removeprefix("\ufeff"), path, workspace.id, workspace.name, len(content))
