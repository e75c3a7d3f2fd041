"""Documentation files of a project: found in the working trees of its workspaces (Fastest 3.4)."""

from asterism.features.versions.docs.errors import NotText, UnknownDocument
from asterism.features.versions.docs.models import DocFile, Document, WorkspaceDocs
from asterism.features.versions.docs.service import list_docs, read_document

__all__ = ["DocFile", "Document", "NotText", "UnknownDocument", "WorkspaceDocs", "list_docs", "read_document"]
