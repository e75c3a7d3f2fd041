"""Servers whose agents follow scripts."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.server import TestServer
from tests.support.turns import Person, Scripts, scripted_server


@pytest.fixture(scope="session")
def scripts() -> Scripts:
    """What agents do; each test uses prompts of its own."""
    return Scripts()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def turn_server(
    request: pytest.FixtureRequest,
    scripts: Scripts,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestServer]:
    """Run a server per engine for the session."""
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    with scripted_server(tmp_path_factory.mktemp("turns"), url, scripts) as running:
        yield running


@pytest.fixture
def person(turn_server: TestServer) -> Iterator[Person]:
    """Somebody with a conversation."""
    with turn_server.person() as client:
        yield Person(client)


class Gate:
    """Something that agents wait for until a test opens it, from its own thread."""

    def __init__(self, server: TestServer) -> None:
        self.event = asyncio.Event()
        self._server = server

    def open(self) -> None:
        """Let those go on who wait."""

        async def opened() -> None:
            self.event.set()

        self._server.run(opened())


@pytest.fixture
def gate(turn_server: TestServer) -> Iterator[Gate]:
    """Make a gate; it is open when the test has ended."""
    made = Gate(turn_server)
    yield made
    made.open()
