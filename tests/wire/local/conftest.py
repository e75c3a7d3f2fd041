"""A server of the local face per engine, with a scripted model and a keyring in memory, wiped before each test."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from asterism.faces.runtime import Runtime
from asterism.features.review.local_chats import SessionRuns
from asterism.features.review.trust import SessionTrust
from asterism.kernel.credentials import MemoryCredentials
from asterism.kernel.db import metadata
from asterism.kernel.llm import RetryPolicy, ScriptedModels
from tests.conftest import ENGINES
from tests.support.checkouts import git, make_repository, write
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.local_api import Api
from tests.support.server import TestServer

TABLES = ("local_messages", "local_sessions", "local_trust", "local_projects", "local_providers", "local_settings")


@pytest.fixture(scope="session", params=ENGINES)
def local_server(
    request: pytest.FixtureRequest, sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """Run one server per engine for all tests of the local face."""
    folder = tmp_path_factory.mktemp("local").resolve()
    models, keyring, environment = ScriptedModels(), MemoryCredentials(), dict[str, str]()

    def alter(rt: Runtime) -> None:
        rt.models = models
        rt.local.keys = replace(rt.local.keys, keyring=keyring, environment=environment)
        rt.reviews.services = replace(rt.reviews.services, models=models)
        retries = RetryPolicy(pauses=(0.01, 0.01))
        rt.local.answers = SessionRuns(rt.db, rt.streams, models, rt.host, retries=retries)

    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    root = make_repository(folder / "root", {"a.txt": "one\n"})
    with TestServer(folder / "data", url, alter=alter, project_root=root) as server, server.client() as client:
        yield Api(server, client, root, models, keyring, environment)


@pytest.fixture
def api(local_server: Api) -> Api:
    """Return the server with nothing saved in it and a clean default project."""
    with local_server.rt.db.write() as tx:
        for name in TABLES:
            tx.execute(sa.delete(metadata.tables[name]))
    local_server.rt.local.session_trust = SessionTrust()
    local_server.keyring.kept.clear()
    local_server.keyring.refuse.clear()
    local_server.environment.clear()
    local_server.models.requests.clear()
    local_server.models._queue.clear()
    credentials = local_server.server.settings.data_dir / "credentials.json"
    credentials.unlink(missing_ok=True)
    git(local_server.root, "reset", "-q", "--hard")
    git(local_server.root, "clean", "-q", "-fdx")
    return local_server


@pytest.fixture
def changed(api: Api) -> Api:
    """Return the server with one unstaged change and one untracked file in a trusted project."""
    write(api.root, {"a.txt": "two\n", "new.txt": "new\n"})
    api.trust()
    return api
