"""Fresh, migrated databases of both engines, cheap enough for one per test."""

import itertools
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from asterism.base.clock import Clock
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import upgrade
from tests.support.postgres import PostgresServer

_numbers = itertools.count(1)


@cache
def postgres() -> PostgresServer:
    """Return this process's PostgreSQL, started at the first call."""
    return PostgresServer()


@cache
def postgres_template() -> str:
    """Return the name of a migrated database that fresh ones are copied from."""
    db = open_database(postgres().create_database("template_asterism"))
    upgrade(db)
    db.close()
    return "template_asterism"


def fresh_postgres_url() -> str:
    """Create a migrated, empty PostgreSQL database and return its address."""
    template, name = postgres_template(), f"test_{next(_numbers)}"
    return postgres().create_database(name, template)


def drop_postgres(url: str) -> None:
    """Remove a database that `fresh_postgres_url` made."""
    postgres().drop_database(sa.make_url(url).database or "")


class SqliteFactory:
    """Copies one migrated file; migrating anew for each test would cost half a second."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.db"
        db = open_database(f"sqlite:///{self.template}")
        upgrade(db)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def url(self) -> str:
        """Create a migrated, empty SQLite database and return its address."""
        path = self.folder / f"test_{next(_numbers)}.db"
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"


def opener(url: str) -> Callable[[Clock | None], Database]:
    """Return a function that opens the database at `url` with a clock."""
    return lambda clock: open_database(url, clock=clock)
