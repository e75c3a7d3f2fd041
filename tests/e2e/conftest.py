"""Fixtures of the end-to-end tests."""

from collections.abc import Iterator

import pytest

from tests.support.databases import SqliteFactory
from tests.support.server import TestServer


@pytest.fixture(scope="session")
def sqlite_server(sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """Run one embedded server for the session: what the command line talks to does not depend on the engine."""
    with TestServer(tmp_path_factory.mktemp("data"), sqlite_factory.url()) as running:
        yield running


@pytest.fixture
def signed_in(sqlite_server: TestServer) -> dict[str, str]:
    """Return the environment of a person of their own who is signed in at the server."""
    with sqlite_server.person() as client:
        token = client.headers["Authorization"].split()[1]
    return {"ASTERISM_URL": sqlite_server.url, "ASTERISM_TOKEN": token}
