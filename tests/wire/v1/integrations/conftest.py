"""A server whose Notion and GitHub are fakes on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from joserfc import jwk

from asterism.kernel.llm.fake_server import FakeModelServer, running_in_thread
from asterism.kernel.loopback import in_thread
from asterism.kernel.upstreams.fakes import FakeGitHub, FakeNotion
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.server import TestServer
from tests.support.talk import Talk
from tests.support.trees import ok


@pytest.fixture(scope="session")
def model() -> Iterator[FakeModelServer]:
    """Run a fake model server."""
    with running_in_thread() as running:
        yield running


@pytest.fixture(scope="session")
def shared_github() -> Iterator[FakeGitHub]:
    """Run a GitHub whose API has a path of its own, as an Enterprise Server has."""
    with in_thread(FakeGitHub(prefix="/api/v3")) as running:
        yield running


@pytest.fixture(scope="session")
def shared_notion() -> Iterator[FakeNotion]:
    """Run a Notion."""
    with in_thread(FakeNotion()) as running:
        yield running


@pytest.fixture
def github(shared_github: FakeGitHub) -> FakeGitHub:
    """Return a GitHub that nobody has used yet."""
    shared_github.reset()
    return shared_github


@pytest.fixture
def notion(shared_notion: FakeNotion) -> FakeNotion:
    """Return a Notion that nobody has used yet."""
    shared_notion.reset()
    return shared_notion


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module on its `ENGINES`; what is about a service and hardly about rows runs on one."""
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", getattr(metafunc.module, "ENGINES", ["sqlite"]), scope="session")


@pytest.fixture(scope="session")
def server(
    engine: str,
    model: FakeModelServer,
    shared_github: FakeGitHub,
    shared_notion: FakeNotion,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestServer]:
    """Run a server per engine for the session."""
    url = sqlite_factory.url() if engine == "sqlite" else fresh_postgres_url()
    options: dict[str, Any] = {
        "rate_limits": "off",
        "cors_origins": "https://console.example",
        "local_base_url": model.url,
        "local_model": "demo",
        "github_base_url": shared_github.url,
        "github_login_url": shared_github.login_url,
        "github_client_id": shared_github.client[0],
        "github_client_secret": shared_github.client[1],
        "github_app_id": "4711",
        "github_app_private_key": jwk.RSAKey.generate_key(2048).as_pem(private=True).decode(),
        "notion_base_url": shared_notion.url,
        "notion_client_id": shared_notion.client[0],
        "notion_client_secret": shared_notion.client[1],
    }
    with TestServer(tmp_path_factory.mktemp("integrations"), url, **options) as running:
        yield running


@dataclass
class Member:
    """A user with short ways to connect."""

    client: httpx.Client

    def connect(self, provider: str, **body: Any) -> httpx.Response:
        return self.client.post(f"/v1/integrations/{provider}/connect", json=body)

    def tool(self, name: str, **body: Any) -> httpx.Response:
        return self.client.post(f"/v1/tools/{name}", json=body)

    def of(self, provider: str) -> dict[str, Any]:
        found = ok(self.client.get("/v1/integrations"))["integrations"]
        return next(one for one in found if one["provider"] == provider)

    def talk(self, **chat: Any) -> Talk:
        """Make a chat in a project of its own."""
        project = ok(self.client.post("/v1/projects", json={"name": "P"}), 201)["project"]["id"]
        made = ok(self.client.post(f"/v1/projects/{project}/chats", json=chat), 201)["chat"]["id"]
        return Talk(self.client, project, made)


@pytest.fixture
def make_member(server: TestServer, github: FakeGitHub, notion: FakeNotion) -> Iterator[Callable[[], Member]]:
    """Make users who have connected nothing."""
    clients: list[httpx.Client] = []

    def make() -> Member:
        clients.append(server.person())
        return Member(clients[-1])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def member(make_member: Callable[[], Member]) -> Member:
    """Make a user who has connected nothing."""
    return make_member()


@pytest.fixture
def connected(member: Member) -> Member:
    """Make a user who has connected both services by token."""
    ok(member.connect("github", token="ghp-canary-1"))
    ok(member.connect("notion", token="ntn-canary-1"))
    return member
