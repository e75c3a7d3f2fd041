"""Fixtures for everybody: databases of both engines and a clock that stands still."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from asterism.base.clock import ManualClock
from asterism.kernel.db import Database, open_database
from tests.support.databases import SqliteFactory, drop_postgres, fresh_postgres_url
from tests.support.deploying import node_on_path
from tests.support.memory import folder_in_memory
from tests.support.s3 import S3Server, s3_server
from tests.support.server import TestServer

gc.disable()  # what is collected lives to the end: looking for garbage in it takes a quarter of the collection

ENGINES = ["sqlite", "postgresql"]

settings.register_profile("any machine", deadline=None)  # a busy one is slow, which says nothing about an example
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """Look for garbage again, but no more in what was collected."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep this process away from what the machine's user has set up: their settings, their data folder, their keys."""
    folder = tmp_path_factory.mktemp("nobody")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("ASTERISM_")]:
            patch.delenv(name)
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        yield


@pytest.fixture(scope="session")
def sqlite_factory(tmp_path_factory: pytest.TempPathFactory) -> SqliteFactory:
    """Make fresh SQLite databases by copying a migrated one."""
    return SqliteFactory(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, sqlite_factory: SqliteFactory) -> Iterator[str]:
    """Return the address of a fresh, migrated database; each test runs once on either engine."""
    if request.param == "sqlite":
        yield sqlite_factory.url()
        return
    url = fresh_postgres_url()
    yield url
    drop_postgres(url)


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


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """Return a folder like `tmp_path`, in memory where there is room: for stores that sync at each write."""
    with folder_in_memory() as folder:
        yield folder


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """Return a real S3 server, which the environment of this test names."""
    found = s3_server()
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have servers find a Node for the apps that they deploy."""
    with node_on_path(tmp_path_factory.mktemp("node") / "bin"):
        yield


@pytest.fixture(scope="session", params=ENGINES)
def server(request: pytest.FixtureRequest, sqlite_factory: SqliteFactory, node: None) -> Iterator[TestServer]:
    """Run one real server per engine for the whole session; tests are kept apart by using users of their own."""
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    with folder_in_memory() as data, TestServer(data, url) as running:
        yield running


@pytest.fixture
def alice(server: TestServer) -> Iterator[httpx.Client]:
    """Return a client of a user who exists for this test alone."""
    with server.person() as client:
        yield client


@pytest.fixture
def bob(server: TestServer) -> Iterator[httpx.Client]:
    """Return a client of another such user."""
    with server.person() as client:
        yield client


@pytest.fixture
def anonymous(server: TestServer) -> Iterator[httpx.Client]:
    """Return a client without a token."""
    with server.client() as client:
        yield client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in the last lines when browser tests were left out, so that nobody takes silence for success."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests were SKIPPED: no Chromium is installed here.")
