"""SQL of memory documents."""

from collections.abc import Sequence

import sqlalchemy as sa

from asterism.features.talk.memory.models import Document, Place, Version
from asterism.features.talk.memory.tables import memory_documents, memory_versions
from asterism.kernel.db import Prepared, Tx, insert_ignore

_HEAD = [memory_versions.c[name] for name in Version.__slots__ if name != "content"]


_DOCUMENT = Prepared(
    sa.select(memory_documents.c.content, memory_documents.c.updated_at, memory_documents.c.version).where(
        memory_documents.c.id == sa.bindparam("id")
    )
)


def document(tx: Tx, document_id: str) -> Document | None:
    """Return a document, None when it was never written."""
    row = _DOCUMENT.first(tx, id=document_id)
    return Document(*row) if row and row[2] else None


def lock(tx: Tx, place: Place) -> None:
    """Hold the row of a document, making an empty one first, so that two writers take turns."""
    row = {"id": place.id, "project_id": place.project_id, "workspace_id": place.workspace_id}
    insert_ignore(tx, memory_documents, [row | {"content": "", "version": 0, "updated_at": place.born_at}])
    tx.one(sa.select(memory_documents.c.id).where(memory_documents.c.id == place.id).with_for_update())


def save(tx: Tx, place: Place, new: Document, version: Version) -> None:
    """Store a new state of a document and the version that keeps it."""
    tx.execute(
        sa.update(memory_documents)
        .where(memory_documents.c.id == place.id)
        .values(content=new.content, version=new.version, updated_at=new.updated_at)
    )
    row = {name: getattr(version, name) for name in version.__slots__}
    tx.execute(sa.insert(memory_versions).values(row | {"document_id": place.id}))


def versions(tx: Tx, document_id: str, limit: int) -> Sequence[Version]:
    """Return the newest versions, newest first, without their content."""
    query = sa.select(*_HEAD).where(memory_versions.c.document_id == document_id)
    return [Version(**row) for row in tx.all(query.order_by(memory_versions.c.version.desc()).limit(limit))]


def version(tx: Tx, document_id: str, number: int) -> Version | None:
    """Return one version with its content."""
    query = sa.select(*_HEAD, memory_versions.c.content).where(
        memory_versions.c.document_id == document_id, memory_versions.c.version == number
    )
    row = tx.one(query)
    return Version(**row) if row else None


def version_at(tx: Tx, document_id: str, updated_at: str) -> Version | None:
    """Return the version that was written at a stamp, with its content."""
    row = tx.one(
        sa.select(*_HEAD, memory_versions.c.content).where(
            memory_versions.c.document_id == document_id, memory_versions.c.updated_at == updated_at
        )
    )
    return Version(**row) if row else None


def versions_below(tx: Tx, document_id: str, number: int, limit: int) -> Sequence[Version]:
    """Return the newest versions below a number, newest first, with their content."""
    query = sa.select(*_HEAD, memory_versions.c.content).where(
        memory_versions.c.document_id == document_id, memory_versions.c.version < number
    )
    return [Version(**row) for row in tx.all(query.order_by(memory_versions.c.version.desc()).limit(limit))]


def prune(tx: Tx, document_id: str, up_to: int, before: str) -> None:
    """Remove versions numbered at most `up_to` that were written before the stamp."""
    tx.execute(
        sa.delete(memory_versions).where(
            memory_versions.c.document_id == document_id,
            memory_versions.c.version <= up_to,
            memory_versions.c.updated_at < before,
        )
    )
