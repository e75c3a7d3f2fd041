"""Every column that may hold the hash of a manifest keeps that manifest from being collected."""

import json
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects
from asterism.kernel.db import Database, Tx, metadata, open_database
from asterism.server.roots import ROOTS
from asterism.server.schema import declare_tables
from tests.support.databases import SqliteFactory

declare_tables()
SAYS_SO = re.compile(r"manifest|(^|_)tree(_|$)")
NO_ROOTS = {
    "analyses.manifest_hash": "what was analysed last; once it is gone, everything is looked at anew",
    "atlas_indexes.manifest_hash": "which tree the kept map is of; the map is whole without it",
    "decisions.tree": "what a decision was made on, to be told; what it cites is kept by content",
    "drift_reports.source_manifest_hash": "what was compared; nothing reads it again",
    "drift_reports.workspace_manifest_hash": "what was compared; nothing reads it again",
    "finding_trees.tree": "in which tree findings were looked up; once it is gone, they are looked up by their paths",
    "forecast_pairs.a_tree": "what the workspace showed; nothing reads it again",
    "forecast_pairs.b_tree": "what the workspace showed; nothing reads it again",
    "missing_blobs.manifest_hash": "goes with its manifest",
    "sync_previews.workspace_manifest_hash": "what the workspace shows; a preview is of no use once it shows another",
    "tracked_findings.first_tree": "where a finding was found, to be told; what names it is kept with it",
    "tracked_findings.gone_tree": "where a finding was missed, to be told",
    "user_storage.manifest_bytes": "a number",
    "user_storage.manifest_count": "a number",
}
TREE = "7e" * 32


@pytest.fixture
def embedded(sqlite_factory: SqliteFactory) -> Iterator[Database]:
    """An SQLite database: rows of filler need foreign keys switched off."""
    db = open_database(sqlite_factory.url())
    yield db
    db.close()


def columns() -> dict[str, sa.Column[object]]:
    return {str(column): column for table in metadata.tables.values() for column in table.columns}


def covered() -> list[str]:
    return [name for source in ROOTS for name in source.columns]


def test_no_column_is_forgotten() -> None:
    named = {name for name, column in columns().items() if SAYS_SO.search(column.name)}
    assert named - set(covered()) == NO_ROOTS.keys(), "declare it in the ROOTS of its feature, or say why it is none"


def row_for(table: sa.Table, column: str, ids: dict[str, str], tx: Tx) -> dict[str, object]:
    """Make a row that belongs to the user, with the tree in one column; everything else is filler."""
    row: dict[str, object] = {}
    for one in table.columns:
        if one.name in ids:
            row[one.name] = ids[one.name]
        elif not one.nullable and one.server_default is None:
            row[one.name] = {"TEXT": "x", "BOOLEAN": False, "BLOB": b""}.get(str(one.type), 0)
    row[column] = (
        json.dumps({"workspace_id": "w", "snapshot_id": None, "manifest_hash": TREE})
        if (table.name, column) == ("runs", "tree")
        else TREE
    )
    return row


@pytest.mark.parametrize("name", covered())
def test_what_stands_in_a_column_is_kept(name: str, embedded: Database) -> None:
    db = embedded
    column = columns()[name]
    with db.write() as tx:
        user = identity.add_user(tx, "someone@example.org")
        project = projects.create_project(tx, Caller(user.id, "token", "u", "cli"), name="p")
    ids = {"user_id": user.id, "owner_user_id": user.id, "project_id": project.id, "workspace_id": "w"}
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        tx = Tx(connection, db.clock)
        if column.table.name != "workspaces":
            workspaces = metadata.tables["workspaces"]
            tx.execute(
                sa.insert(workspaces).values(row_for(workspaces, "current_manifest_hash", ids, tx) | {"id": "w"})
            )
            tx.execute(sa.update(workspaces).values(current_manifest_hash=None))
        if "conversation_id" in column.table.columns:
            conversations = metadata.tables["conversations"]
            tx.execute(sa.insert(conversations).values(row_for(conversations, "title", ids, tx)))  # its id is "x"
        tx.execute(sa.insert(column.table).values(row_for(column.table, column.name, ids, tx)))
        found = {
            root
            for source in ROOTS
            for read in (source.manifests, source.maybe)
            if name in source.columns and read is not None
            for root in read(tx, user.id)
        }
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.exec_driver_sql("BEGIN")
    assert TREE in found
