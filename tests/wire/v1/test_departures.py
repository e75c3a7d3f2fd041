"""What runs in a project ends with it, and with its workspace (Fastest 3.1, 4.4, ADR 0196)."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from asterism.base.ids import ulid
from asterism.features.accounts import identity
from asterism.features.operations import deployments
from asterism.features.operations.deployments.presence_store import orphans
from asterism.features.talk.conversations import store as conversation_store
from asterism.features.talk.runs import store as run_store
from asterism.features.versions import projects
from asterism.kernel.agents import Wait
from asterism.kernel.db import Tx, open_database
from asterism.kernel.llm.fake_server import FakeModelServer, Script, running_in_thread
from asterism.kernel.llm.scenario import Scenario
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.deploying import Place, answer_of
from tests.support.facts import until
from tests.support.server import TestServer
from tests.support.sockets import Stream
from tests.support.trees import make_workspace, ok
from tests.support.turns import Scripts, scripted_server

SCRIPTS = Scripts()
DELETED = "Cancelled, since its workspace or project was deleted."


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeModelServer]:
    with running_in_thread() as running:
        yield running


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
    fake: FakeModelServer,
) -> Iterator[TestServer]:
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    options: dict[str, Any] = {"sandbox": "plain", "local_base_url": fake.url, "sse_heartbeat": 1}
    with scripted_server(tmp_path_factory.mktemp("data"), url, SCRIPTS, **options) as running:
        yield running


class Busy:
    """A project with an app that answers, in whose workspace everything that can is at work and waits."""

    def __init__(self, server: TestServer, client: httpx.Client, fake: FakeModelServer) -> None:
        self.server, self.client, self.place = server, client, Place(client)
        self.app = self.place.deploy()["url"]
        assert answer_of(self.app) == "one"
        self.turns = self._talk()
        self.run = self._chat(fake)
        self.deployments = self._deploy()

    def _talk(self) -> list[str]:
        prompt = f"work {ulid()}"
        SCRIPTS[prompt] = lambda _: (Wait(asyncio.Event()),)
        made = ok(self.client.post("/v1/conversations", json={"workspace_id": self.place.workspace}))
        self.conversation = made["conversation"]["id"]
        path = f"/v1/conversations/{self.conversation}/messages"
        sent = [ok(self.client.post(path, json={"prompt": one}))["messageId"] for one in (prompt, "wait")]
        until(lambda: prompt in SCRIPTS.prompts())
        return sent

    def _chat(self, fake: FakeModelServer) -> str:
        chat = ok(self.client.post(f"/v1/projects/{self.place.project}/chats", json={}), 201)["chat"]["id"]
        asked = f"Tell me {ulid()}"  # what else asks the model meanwhile, for a title, say, does not take its answer
        ok(self.client.post(f"/v1/chats/{chat}/messages", json={"role": "user", "content": asked}), 201)
        fake.act(Scenario({asked: [Script(("one ",), hold=threading.Event())]}, None))
        with self.client.stream("POST", f"/v1/chats/{chat}/run", json={}) as answer:
            return str(answer.headers["x-run-id"])

    def _deploy(self) -> list[str]:
        settings = f"/v1/infrastructure/workspaces/{self.place.workspace}/deployment-settings"
        ok(self.client.put(settings, json={"build_command": "sleep 600"}))
        path = f"/v1/workspaces/{self.place.workspace}/deploy"
        running = str(ok(self.client.post(path))["deployment_id"])
        until(lambda: "$ sleep 600" in self.place.log(running))
        return [running, str(ok(self.client.post(path))["deployment_id"])]

    def states(self) -> list[tuple[str | None, ...]]:
        """Return how everything stands, whoever may still see it."""
        user = ok(self.client.get("/v1/auth/me"))["user"]["id"]

        def read(tx: Tx) -> list[tuple[str | None, ...]]:
            turns = [conversation_store.message(tx, one) for one in self.turns]
            run = run_store.of_user(tx, user, self.run)
            found = [deployments.get_deployment(tx, identity.acting_for(user), one) for one in self.deployments]
            return [
                *((one.status, one.cancelled_by) for one in turns if one is not None),
                (run and run.status,),
                *((one.status, one.error) for one in found),
            ]

        with self.server.rt.db.read() as tx:
            return read(tx)

    def ended(self, *, run: str = "cancelled") -> bool:
        ends = [("cancelled", "system")] * 2 + [(run,)] + [("failed", DELETED)] * 2
        return self.states() == ends

    def answers(self) -> bool:
        try:
            return answer_of(self.app) == "one"
        except httpx.HTTPError:
            return False


def test_everything_in_a_deleted_project_ends_and_its_app_comes_back_with_it(
    server: TestServer, alice: httpx.Client, fake: FakeModelServer
) -> None:
    busy = Busy(server, alice, fake)
    kept = server.settings.data_dir / "apps" / "dependencies" / busy.place.project
    kept.mkdir(parents=True, exist_ok=True)
    project = f"/v1/projects/{busy.place.project}"
    with Stream(alice, busy.conversation) as socket:
        ok(alice.delete(project))
        until(busy.ended)
        until(lambda: not busy.answers())
        assert socket.end() == 1000
    server.run(server.rt.deployments.tidy())
    assert not kept.exists()
    ok(alice.post(f"{project}/restore"))
    until(busy.answers)
    assert busy.ended()


def test_everything_in_a_deleted_workspace_ends_and_chats_of_the_project_go_on(
    server: TestServer, alice: httpx.Client, fake: FakeModelServer
) -> None:
    busy = Busy(server, alice, fake)
    other = make_workspace(alice, busy.place.project, name="other")
    ok(alice.post(f"/v1/workspaces/{other}/set-as-main"))
    ok(alice.delete(f"/v1/workspaces/{busy.place.workspace}"))
    until(lambda: busy.ended(run="running"))
    until(lambda: not busy.answers())
    ok(alice.delete(f"/v1/projects/{busy.place.project}"))
    until(busy.ended)


def test_what_nobody_was_told_of_is_found(server: TestServer, alice: httpx.Client, fake: FakeModelServer) -> None:
    busy = Busy(server, alice, fake)
    user = ok(alice.get("/v1/auth/me"))["user"]["id"]
    another_process = open_database(server.settings.database_url or "")
    with another_process.write() as tx:
        projects.delete_project(tx, identity.acting_for(user), busy.place.project)
        assert [one.id for one in orphans(tx)] == busy.deployments[::-1], "what waits would begin when the other ends"
    another_process.close()
    for runner in (server.rt.turns, server.rt.runs, server.rt.deployments, server.rt.actions.runs):
        server.run(runner.end_orphans())
    assert busy.ended()
    assert not busy.answers()
