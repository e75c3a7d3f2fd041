"""One server with scripted agents and one browser for all tests of the console."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, running_in_thread
from asterism.kernel.llm.loader import load_wire
from tests.support.browser import Browser
from tests.support.console import World
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer
from tests.support.turns import Scripts, scripted_server
from tools import console


@pytest.fixture(scope="package")
def scripts() -> Scripts:
    """What agents do, by prompt."""
    return Scripts()


@pytest.fixture(scope="package")
def fake() -> Iterator[FakeModelServer]:
    """The models of chats, with the libraries loaded that talk to them: on a busy machine that takes a minute."""
    load_wire("openai")
    with running_in_thread() as running:
        yield running


@pytest.fixture(scope="package")
def server(
    scripts: Scripts,
    fake: FakeModelServer,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestServer]:
    console.build()  # `make test` has done it
    with scripted_server(
        tmp_path_factory.mktemp("console"),
        sqlite_factory.url(),
        scripts,
        sandbox="plain",
        local_base_url=fake.url,
        sse_heartbeat=1.0,
    ) as running:
        yield running


@pytest.fixture(scope="package")
def tab(server: TestServer) -> Iterator[Browser]:
    """One tab; it is closed before the server, which would wait for its streams."""
    with Browser() as running:
        yield running


@pytest.fixture(scope="module")
def world(server: TestServer, tab: Browser) -> Iterator[World]:
    """Somebody with a project, signed in: another one for each module."""
    with server.person() as client:
        made = World(server, client)
        made.sign_in(tab)
        yield made


@pytest.fixture
def browser(tab: Browser, world: World) -> Iterator[Browser]:
    """The signed-in browser; nothing may throw in the page, break its policy, or reach beyond the server."""
    tab.shape(1280, 800)
    yield tab
    complaints, requested = tab.complaints[:], tab.requested[:]
    tab.complaints.clear()
    tab.requested.clear()
    assert complaints == []
    assert all(url.startswith((world.server.url, "about:", "data:", f"blob:{world.server.url}")) for url in requested)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path, since pictures show it."""
    with tempfile.TemporaryDirectory(prefix="orbit-") as folder:
        yield Path(folder)
