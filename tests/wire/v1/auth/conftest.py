"""A server without rate limits whose clock the tests move, and providers on loopback."""

from collections.abc import Iterator

import httpx
import pytest

from asterism.base.clock import ManualClock
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.issuer import Issuer
from tests.support.server import TestServer


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture(scope="session")
def still_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def still(
    request: pytest.FixtureRequest,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
    still_clock: ManualClock,
) -> Iterator[TestServer]:
    """A server whose time stands still, without rate limits."""
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    folder = tmp_path_factory.mktemp("still")
    with TestServer(folder, url, clock=still_clock, rate_limits="off", cors_origins="https://app.example") as server:
        yield server


@pytest.fixture
def ada(still: TestServer) -> Iterator[httpx.Client]:
    with still.person() as client:
        yield client


@pytest.fixture
def device(still: TestServer) -> Iterator[httpx.Client]:
    """A client that is not signed in."""
    with still.client() as client:
        yield client
