"""Fixtures for everybody: databases of both engines and a clock that stands still."""

from collections.abc import Iterator

import pytest

from asterism.base.clock import ManualClock
from asterism.kernel.db import Database, open_database
from tests.support.databases import SqliteFactory, fresh_postgres_url

ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def sqlite_factory(tmp_path_factory: pytest.TempPathFactory) -> SqliteFactory:
    """Make fresh SQLite databases by copying a migrated one."""
    return SqliteFactory(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, sqlite_factory: SqliteFactory) -> str:
    """Return the address of a fresh, migrated database; each test runs once on either engine."""
    return sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that moves only when told to."""
    return ManualClock()


@pytest.fixture
def db(database_url: str, clock: ManualClock) -> Iterator[Database]:
    """Open the fresh database with the manual clock."""
    database = open_database(database_url, clock=clock)
    yield database
    database.close()
