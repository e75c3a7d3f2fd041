"""Deployments and people: asked for by agents, told in conversations, begun by themselves, waiting over a restart."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.base.clock import ManualClock
from asterism.base.ids import ulid
from asterism.kernel.agents import Wait
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.deploying import APP, TREE, Place, answer_of, until
from tests.support.server import TestServer
from tests.support.trees import error, ok, push
from tests.support.turns import Scripts, scripted_server

SCRIPTS = Scripts()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestServer]:
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    with scripted_server(tmp_path_factory.mktemp("data"), url, SCRIPTS, sandbox="plain") as running:
        yield running


class Agent:
    """An agent at work in a conversation, and the token that it was given."""

    def __init__(self, client: httpx.Client, place: Place) -> None:
        self.client, self.place = client, place
        prompt = f"deploy {ulid()}"  # the other engine's run has jobs of its own
        SCRIPTS[prompt] = lambda _: (Wait(asyncio.Event()),)
        made = ok(client.post("/v1/conversations", json={"workspace_id": place.workspace}))
        self.path = f"/v1/conversations/{made['conversation']['id']}"
        ok(client.post(f"{self.path}/messages", json={"prompt": prompt}))
        job = until(lambda: [one for one in SCRIPTS.agents.jobs if one.prompt == prompt])[-1]
        self.token = job.environment["ASTERISM_TOKEN"]

    def deploy(self, **body: Any) -> httpx.Response:
        path = f"{str(self.client.base_url).rstrip('/')}/v1/infrastructure/projects/{self.place.project}/deploy"
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.post(path, json=body, headers=headers, timeout=120, trust_env=False)

    def question(self) -> Any:
        return until(lambda: ok(self.client.get(f"{self.path}/opencode-questions"))["questions"])[0]

    def frames(self, kind: str) -> list[Any]:
        return [one for one in ok(self.client.get(f"{self.path}/events"))["events"] if one["type"] == kind]


def test_an_agent_deploys_when_a_person_says_yes(alice: httpx.Client) -> None:
    agent = Agent(alice, Place(alice))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(agent.deploy, source="chat")
        question = agent.question()
        (asked,) = question["questions"]
        name = ok(alice.get(f"/v1/projects/{agent.place.project}"))["project"]["name"]
        assert asked["question"] == f"Deploy {name} from this conversation?"
        assert [one["label"] for one in asked["options"]] == ["Deploy", "Not now"]
        assert agent.place.list() == []
        ok(alice.post(f"{agent.path}/opencode-questions/{question['id']}/reply", json={"answers": [["Deploy"]]}))
        done = waiting.result(120).json()
    assert (done["success"], answer_of(done["url"])) == (True, "one")
    (found,) = agent.place.list()
    assert (found["trigger"], found["conversation_id"]) == ("chat", agent.path.rpartition("/")[2])
    (started,), (ended,) = agent.frames("deployment_started"), agent.frames("deployment_complete")
    assert started["deployment"]["status"] == "deploying"
    assert ended["deployment"] == started["deployment"] | {
        "url": done["url"], "status": "success", "completedAt": found["completed_at"],
    }  # fmt: skip
    said = [one["entry"]["content"] for one in agent.frames("deployment_log")]
    assert f"Running at {done['url']}" in said
    assert max(one["seq"] for one in agent.frames("deployment_log")) < ended["seq"]


@pytest.mark.parametrize("how", ["no", "reject", "cancel"])
def test_nothing_is_deployed_when_nobody_says_yes(alice: httpx.Client, how: str) -> None:
    agent = Agent(alice, Place(alice))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(agent.deploy)
        question = agent.question()
        path = f"{agent.path}/opencode-questions/{question['id']}"
        if how == "no":
            ok(alice.post(f"{path}/reply", json={"answers": [["Not now"]]}))
        elif how == "reject":
            ok(alice.post(f"{path}/reject"))
        else:
            ok(alice.post(f"{agent.path}/cancel", json={}))
        answer = waiting.result(120)
    if how != "cancel" or answer.status_code != 401:  # a cancelled turn takes the agent's token with it
        error(answer, 409, "NOT_APPROVED")
    assert agent.place.list() == []


def test_the_cause_of_a_failure_is_stored(alice: httpx.Client) -> None:
    place = Place(alice, TREE | {"main.py": b"import os\n\n\ndef broken(:\n"})
    done = place.deploy()
    assert done["success"] is False
    (found,) = place.list()
    cause = found["cause"]
    assert (cause["path"], cause["line"], cause["column"], cause["tool"]) == ("main.py", 4, None, "python")
    assert "SyntaxError" in cause["excerpt"]


def test_new_heads_are_deployed_by_themselves_once_they_have_settled(
    sqlite_factory: SqliteFactory, tmp_path: Path
) -> None:
    clock = ManualClock()
    with (
        TestServer(tmp_path / "data", sqlite_factory.url(), sandbox="plain", clock=clock) as server,
        server.person() as alice,
    ):
        place = Place(alice)
        settings = f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings"

        def look() -> float | None:
            return server.run(server.rt.deployments.deploy_new_heads(place.project))

        assert look() is None
        ok(alice.put(settings, json={"auto_deploy": True}))
        clock.advance(60)
        assert look() is None  # what was there before is no new snapshot
        for text in (b"two", b"three"):
            push(alice, place.project, place.workspace, {"main.py": APP.replace(b"VERSION", text)})
            clock.advance(6)
            assert look() == pytest.approx(4)
        assert place.list() == []
        clock.advance(4)
        for _ in range(2):
            assert look() is None
        done = until(lambda: [one for one in place.list() if one["status"] != "deploying"])
        assert [(one["trigger"], one["status"]) for one in done] == [("auto", "success")]
        assert answer_of(done[0]["url"]) == "three"
        ok(alice.put(settings, json={"auto_deploy": False}))
        push(alice, place.project, place.workspace, TREE)
        clock.advance(60)
        assert look() is None
        assert len(place.list()) == 1


def test_a_waiting_deployment_begins_after_a_restart(sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    url = sqlite_factory.url()
    with TestServer(tmp_path / "data", url, sandbox="plain") as server, server.person("a@example.org") as client:
        place = Place(client)
        settings = f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings"
        ok(client.put(settings, json={"build_command": "sleep 600"}))
        running = ok(client.post(f"/v1/workspaces/{place.workspace}/deploy"))["deployment_id"]
        until(lambda: [line for line in place.log(running) if line.startswith("$ sleep")])
        ok(client.put(settings, json={"build_command": None}))
        conversation = ok(client.post("/v1/conversations", json={"workspace_id": place.workspace}))["conversation"]
        replaced = ok(client.post(f"/v1/conversations/{conversation['id']}/deploy"))["deployment_id"]
        waiting = ok(client.post(f"/v1/workspaces/{place.workspace}/deploy"))["deployment_id"]
    with TestServer(tmp_path / "data", url, sandbox="plain") as server, server.person("a@example.org") as client:
        place.client = client
        until(lambda: len(place.list()) == 3 and all(one["status"] != "deploying" for one in place.list()))
        found = {one["id"]: one for one in place.list()}
        assert (found[running]["status"], found[running]["error"]) == ("failed", "Interrupted")
        assert (found[replaced]["status"], found[replaced]["error"]) == ("failed", "Superseded")
        assert found[waiting]["status"] == "success"
        assert answer_of(found[waiting]["url"]) == "one"
