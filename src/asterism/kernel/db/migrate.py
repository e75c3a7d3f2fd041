"""Bringing the schema up to date.

A database that is already at the newest revision is recognised by one query, so an ordinary start does not pay for
importing Alembic. Revisions are the files `migrations/versions/NNNN_name.py`, one line of history.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from asterism.base.errors import Unavailable
from asterism.kernel.db.database import Database, Tx

MIGRATIONS = Path(__file__).parent / "migrations"
COPYING = "copying/"


def newest_revision() -> str:
    """Return the id of the newest revision: the number that its file name starts with."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


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
        if not sa.inspect(tx.connection).has_table("alembic_version"):
            return None
        found = tx.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return str(found) if found else None


def copying_mark() -> str:
    """Return what stands in the place of the revision as long as a copy (`table_copy`) is not complete."""
    return COPYING + newest_revision()


def set_revision(tx: Tx, revision: str) -> None:
    """Say which revision the database is at."""
    tx.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def upgrade(db: Database) -> bool:
    """Run what is missing, in one transaction that holds the write lock; return whether anything ran.

    Raises Unavailable, also when the database is newer than this program. Safe to call from several processes at once:
    the second waits and then finds nothing to do.
    """
    found = current_revision(db)
    if found == newest_revision():
        return False
    if found is not None and found.startswith(COPYING):
        raise Unavailable(
            "The database is a copy that was not finished.",
            hint="Run `asterism db copy` again with the same target, or name another database.",
        )
    if found is not None and found > newest_revision():
        raise Unavailable(
            f"The database is of a newer version of Asterism (schema {found}, here {newest_revision()}).",
            hint="Install that version, or restore a backup from before it.",
        )
    from alembic import command  # half a second that an ordinary start does not need

    with db.write() as tx:
        if tx.dialect == "postgresql":
            tx.execute(sa.text("SELECT pg_advisory_xact_lock(7276423)"))
        command.upgrade(alembic_config(tx.connection), "head")
    return True


def alembic_config(connection: sa.Connection | None = None) -> Any:
    """Return Alembic's configuration for our migrations, bound to `connection`."""
    from alembic.config import Config  # as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
