"""The tables that the code declares are the tables that the migrations make, on both engines."""

import ast
from collections.abc import Set
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from asterism.kernel.db import Database, metadata, open_database
from asterism.kernel.db.migrate import MIGRATIONS, alembic_config, current_revision, migrate, newest_revision, upgrade
from tools.reference.tables import all_modules

WRITTEN_AS_SQL = ("search_fts",)  # the full-text index: a virtual table of SQLite, an expression index of PostgreSQL


@pytest.fixture(scope="module", autouse=True)
def all_tables() -> None:
    for _ in all_modules("asterism.features"):
        pass
    for _ in all_modules("asterism.kernel"):
        pass


def is_declared(name: str | None, _kind: str, _parents: object) -> bool:
    """Leave out what is written as SQL in a migration, since no table object can say it."""
    return not (name or "").startswith(WRITTEN_AS_SQL)


def test_schema_equals_migrations(db: Database) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_declared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_a_fresh_database_is_at_the_newest_revision(db: Database) -> None:
    assert current_revision(db) == newest_revision()


def test_an_empty_file_is_made_into_what_all_migrations_make(tmp_path: Path) -> None:
    made, migrated = (open_database(f"sqlite:///{tmp_path}/{name}.db") for name in ("made", "migrated"))
    upgrade(made)
    migrate(migrated)
    objects = [described(db) for db in (made, migrated)]
    assert objects[0] == objects[1]
    assert len(objects[0]) > 100


def described(db: Database) -> list[tuple[str, ...]]:
    """Return all that a database holds: how its objects were made, whatever the layout, and the rows of its tables."""
    with db.read() as tx:
        made = tx.all(sa.text("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"))
        objects = [(row["type"], row["name"], " ".join((row["sql"] or "").split())) for row in made]
        tables = [name for kind, name, _ in objects if kind == "table" and not name.startswith(WRITTEN_AS_SQL)]
        rows = [
            (name, str([tuple(row.values()) for row in tx.all(sa.text(f'SELECT * FROM "{name}"'))])) for name in tables
        ]
    db.close()
    return [*objects, *rows]


def test_the_history_is_one_line_named_by_number() -> None:
    revisions = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
    assert [r.revision for r in revisions] == sorted((r.revision for r in revisions), reverse=True)
    assert len(revisions) == len(list((MIGRATIONS / "versions").glob("[0-9]*.py")))
    assert all(not isinstance(r.down_revision, tuple) for r in revisions)


def is_op(call: ast.Call, name: str) -> bool:
    return ast.unparse(call.func) == f"op.{name}"


def adds_only(call: ast.Call, made: Set[str]) -> bool:
    """Whether a migration's call does something that an older program does not notice; `made` are tables it makes."""
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    match call.func:
        case ast.Attribute(value=ast.Name(id="op"), attr="create_table"):
            return True
        case ast.Attribute(value=ast.Name(id="op"), attr="create_index"):
            return given.get("unique", "False") == "False" or ast.unparse(call.args[1]) in made
        case ast.Attribute(value=ast.Name(id="op"), attr="drop_index"):
            return str(ast.literal_eval(call.args[0])).startswith("ix_")  # no rule, so nobody misses it
        case ast.Attribute(value=ast.Name(id="op"), attr="add_column"):
            column = call.args[1]
            assert isinstance(column, ast.Call)
            told = {word.arg: ast.unparse(word.value) for word in column.keywords}
            return told.get("nullable", "True") == "True" or "server_default" in told
    return not ast.unparse(call.func).startswith("op.")


def test_a_migration_that_serves_older_programs_only_adds() -> None:
    for script in ScriptDirectory.from_config(alembic_config()).walk_revisions():
        since = getattr(script.module, "serves_since", script.revision)
        assert since <= script.revision
        if since < script.revision:
            calls = [node for node in ast.walk(ast.parse(Path(script.path).read_text())) if isinstance(node, ast.Call)]
            made = {ast.unparse(call.args[0]) for call in calls if is_op(call, "create_table")}
            assert all(adds_only(call, made) for call in calls), script.path


def leading_columns(table: sa.Table) -> set[str]:
    """Return the columns that an index, a unique constraint or the primary key starts with.

    A reference of several columns is served by its first one.
    """
    keys = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]
    return {next(iter(key.columns)).name for key in [*table.indexes, *keys] if len(key.columns)}


def test_every_table_has_a_primary_key() -> None:
    assert not [name for name, table in metadata.tables.items() if not table.primary_key.columns]


def test_every_reference_to_another_table_is_indexed() -> None:
    missing = [
        f"{table.name}.{key.column_keys[0]}"
        for table in metadata.tables.values()
        for key in table.foreign_key_constraints
        if key.column_keys[0] not in leading_columns(table)
    ]
    assert not missing
