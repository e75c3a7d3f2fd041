"""A server whose provider `local` is the fake model server."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, running_in_thread
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.server import TestServer
from tests.support.talk import Talk


@pytest.fixture(scope="session")
def fake() -> Iterator[FakeModelServer]:
    """Run a fake model server."""
    with running_in_thread() as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def chat_server(
    request: pytest.FixtureRequest,
    fake: FakeModelServer,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestServer]:
    """Run a server per engine for the session."""
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    options: dict[str, Any] = {"local_base_url": fake.url, "local_model": "demo", "openai_base_url": fake.url}
    with TestServer(tmp_path_factory.mktemp("chats"), url, rate_limits="off", **options) as running:
        yield running


@pytest.fixture
def make_talk(chat_server: TestServer, fake: FakeModelServer) -> Iterator[Callable[..., Talk]]:
    """Make users with chats."""
    clients: list[httpx.Client] = []
    fake.calls.clear()

    def make(**chat: Any) -> Talk:
        client = chat_server.person()
        clients.append(client)
        project = client.post("/v1/projects", json={"name": "Pro"}).json()["project"]["id"]
        made = client.post(f"/v1/projects/{project}/chats", json=chat)
        assert made.status_code == 201, made.text
        return Talk(client, project, made.json()["chat"]["id"])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def talk(make_talk: Callable[..., Talk]) -> Talk:
    """Make one user with an empty chat."""
    return make_talk()
