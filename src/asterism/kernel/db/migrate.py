"""Bringing the schema up to date.

A database that is already at the newest revision is recognised by one query, so an ordinary start does not pay for
importing Alembic. Revisions are the files `migrations/versions/NNNN_name.py`, one line of history.

An empty SQLite file is given the newest schema at once, from `migrations/newest.sql`, which is generated from what the
migrations make: a first start needs no Alembic either (ADR 0220).

A revision that only adds says `serves_since = "NNNN"`: programs from that one on work with what it makes. What the
whole history comes to is kept in the database, so that an older program can tell whether it may start beside newer ones
(ADR 0192).
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from asterism.base.errors import Unavailable
from asterism.kernel.db.database import Database, Tx

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION = "alembic_version"
COPYING = "copying/"
NEWEST = "newest.sql"


class NewerSchema(Unavailable):
    """The database is of a newer version, with which this one does not work."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The database is of a newer version of Asterism (schema {found}, here {newest_revision()}).",
            hint="Install that version, or restore a backup from before it.",
        )


def newest_revision(migrations: Path = MIGRATIONS) -> str:
    """Return the id of the newest revision: the number that its file name starts with."""
    return max(path.name[:4] for path in (migrations / "versions").glob("[0-9]*.py"))


def current_revision(db: Database) -> str | None:
    """Return the revision that the database is at, None for an empty one. Raises Unavailable.

    It is the first thing that a start asks of its database, so here the error names the database's own reason.
    """
    try:
        return _current(db)
    except Unavailable as error:
        reason = str(getattr(error.__cause__, "orig", "")).strip().partition("\n")[0]
        raise Unavailable(f"{error.message} ({reason})" if reason else error.message, hint=error.hint) from error


def _current(db: Database) -> str | None:
    with db.read() as tx:
        if not sa.inspect(tx.connection).has_table(VERSION):
            return None
        found = tx.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return str(found) if found else None


def serves_this(db: Database, found: str) -> bool:
    """Whether a schema at revision `found`, newer than this program, is one that this program works with."""
    with db.read() as tx:
        if not any(column["name"] == "serves_since" for column in sa.inspect(tx.connection).get_columns(VERSION)):
            return False
        query = sa.text("SELECT serves_since FROM alembic_version WHERE version_num = :found")
        since = tx.scalar(query.bindparams(found=found))
        return since is not None and str(since) <= newest_revision()


def copying_mark() -> str:
    """Return what stands in the place of the revision as long as a copy (`table_copy`) is not complete."""
    return COPYING + newest_revision()


def set_revision(tx: Tx, revision: str) -> None:
    """Say which revision the database is at."""
    tx.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def upgrade(db: Database, migrations: Path = MIGRATIONS) -> bool:
    """Run what is missing, in one transaction that holds the write lock; return whether anything ran.

    A newer schema that this program works with stays as it is. Raises Unavailable, also for any other newer one. Safe
    to call from several processes at once: the second waits and then finds nothing to do.
    """
    found, newest = current_revision(db), newest_revision(migrations)
    if found == newest:
        return False
    if found is not None and found.startswith(COPYING):
        raise Unavailable(
            "The database is a copy that was not finished.",
            hint="Run `asterism db copy` again with the same target, or name another database.",
        )
    if found is not None and found > newest:
        if serves_this(db, found):
            return False
        raise NewerSchema(found)
    if found is None and _begin(db, migrations):
        found = current_revision(db)
    if found != newest:
        migrate(db, migrations)
    return True


def migrate(db: Database, migrations: Path = MIGRATIONS) -> None:
    """Run the migrations that are missing, in one transaction that holds the write lock."""
    from alembic import command  # half a second that an ordinary start does not need

    with db.write() as tx:
        if tx.dialect == "postgresql":
            tx.execute(sa.text("SELECT pg_advisory_xact_lock(7276423)"))
        config = alembic_config(tx.connection, migrations)
        command.upgrade(config, "head")
        tx.execute(sa.text("UPDATE alembic_version SET serves_since = :since"), {"since": _serves_since(config)})


def _begin(db: Database, migrations: Path) -> bool:
    """Give an empty SQLite file the schema of the script; return whether it was one."""
    script = migrations / NEWEST
    with db.write() as tx:
        if tx.dialect != "sqlite" or not script.exists() or sa.inspect(tx.connection).get_table_names():
            return False
        for statement in statements(script.read_text(encoding="utf-8")):
            tx.connection.exec_driver_sql(statement)
    return True


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script in SQLite's syntax."""
    lines: list[str] = []
    for line in script.splitlines():
        lines.append(line)
        if sqlite3.complete_statement(text := "\n".join(lines)):
            yield text
            lines.clear()


def require_newest(db: Database) -> None:
    """Raise NewerSchema when the schema is newer than this program, even if it can serve it: it knows only a part."""
    found = current_revision(db)
    if found is not None and found > newest_revision():
        raise NewerSchema(found)


def _serves_since(config: Any) -> str:
    """Return the oldest revision whose program works with all that the history has made."""
    from alembic.script import ScriptDirectory  # as above

    history = ScriptDirectory.from_config(config).walk_revisions()
    return max(str(getattr(one.module, "serves_since", one.revision)) for one in history)


def alembic_config(connection: sa.Connection | None = None, migrations: Path = MIGRATIONS) -> Any:
    """Return Alembic's configuration for our migrations, bound to `connection`."""
    from alembic.config import Config  # as above

    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
