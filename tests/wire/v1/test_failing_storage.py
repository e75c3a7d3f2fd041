"""A store that fails under a download: refused as 503 before the first byte, cut and named in the log after it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.base.errors import Unavailable
from asterism.faces.runtime import Runtime
from asterism.kernel.blobs import Blobs
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer
from tests.support.trees import error, name_of

CONTENT = os.urandom(5 * 1024 * 1024)


class Failing:
    """A store that gives so many pieces of an object, then fails as a disk or a network does."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.pieces: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        for number, piece in enumerate(self._blobs.read(key, start, end)):
            if number == self.pieces:
                raise Unavailable("The server's storage cannot be reached.")
            yield piece


@pytest.fixture
def failing(sqlite_factory: SqliteFactory, tmp_path: Path) -> Iterator[tuple[TestServer, Failing]]:
    stores: list[Failing] = []

    def alter(rt: Runtime) -> None:
        stores.append(Failing(rt.blobs))
        rt.blobs = stores[0]  # type: ignore[assignment]

    with TestServer(tmp_path, sqlite_factory.url(), alter=alter) as server:
        yield server, stores[0]


@pytest.mark.parametrize("route", ["one", "batch"])
def test_a_store_that_fails_at_once_is_a_503(failing: tuple[TestServer, Failing], route: str) -> None:
    server, store = failing
    with server.person() as client:
        client.put(f"/v1/blobs/upload/{name_of(CONTENT)}", content=CONTENT)
        store.pieces = 0
        error(fetch(client, route), 503, "UNAVAILABLE")
        store.pieces = None
        assert fetch(client, route).content.endswith(CONTENT)


@pytest.mark.parametrize("route", ["one", "batch"])
def test_a_store_that_fails_later_cuts_the_answer_and_the_log_says_so(
    failing: tuple[TestServer, Failing], route: str, capfd: pytest.CaptureFixture[str]
) -> None:
    server, store = failing
    with server.person() as client:
        client.put(f"/v1/blobs/upload/{name_of(CONTENT)}", content=CONTENT)
        store.pieces = 2
        with pytest.raises(httpx.RemoteProtocolError):
            fetch(client, route)
    said = capfd.readouterr()
    assert "cut off" in said.out + said.err


def fetch(client: httpx.Client, route: str) -> httpx.Response:
    if route == "one":
        return client.get(f"/v1/blobs/download/{name_of(CONTENT)}")
    return client.post("/v1/blobs/batch-download", json={"hashes": [name_of(CONTENT)]})
