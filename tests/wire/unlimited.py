"""Servers without rate limits, for tests that send more in a second than anybody would."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.server import TestServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestServer]:
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    with TestServer(tmp_path_factory.mktemp("data"), url, rate_limits="off") as running:
        yield running


@pytest.fixture(scope="module")
def alice(server: TestServer) -> Iterator[httpx.Client]:
    with server.person() as client:
        yield client


@pytest.fixture(scope="module")
def bob(server: TestServer) -> Iterator[httpx.Client]:
    with server.person() as client:
        yield client


@pytest.fixture(scope="module")
def anonymous(server: TestServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client
