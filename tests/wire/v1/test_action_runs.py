"""`/v1/action-items/…/runs`: an agent works on an item, checks judge it, a person applies it (Fastest 9.3, 9.4)."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from asterism.base.ids import ulid, uuid4
from asterism.cli.main import app
from asterism.faces.runtime import Runtime
from asterism.features.operations.action_runs import store
from asterism.kernel.agents import AgentJob, Ask, Fail, Inquiry, Option, ScriptedAgents, Step, Wait, Write
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.dying import work_and_die
from tests.support.facts import until
from tests.support.killable import KillableServer
from tests.support.server import TestServer, free_port
from tests.support.trees import Tree, error, make_project, make_workspace, ok, push

CODE: Tree = {f"src/m{number}.py": b"x = 1\n" for number in range(6)}
CHECKED: Tree = {**CODE, "package.json": b'{"scripts": {"test": "sh check.sh"}}', "check.sh": b"grep good answer\n"}
NPM = b'#!/bin/sh\n[ "$1 $2" = "run test" ] && exec sh check.sh\n'
MEMBERS = {"id", "action_item_id", "workspace_id", "project_id", "status", "attempt_count", "max_attempts",
           "base_manifest_hash", "created_at", "updated_at"}  # fmt: skip


class Agent:
    """What agents do, by project: `does[name]` gets the job and how often that project was worked on."""

    def __init__(self) -> None:
        self.does: dict[str, Callable[[AgentJob, int], Sequence[Step]]] = {}
        self.jobs: dict[str, list[AgentJob]] = {}
        self.agents = ScriptedAgents(self._steps)

    def _steps(self, job: AgentJob) -> Sequence[Step]:
        name = (job.tree / "name").read_text()
        before = self.jobs.setdefault(name, [])
        before.append(job)
        return self.does[name](job, len(before))


@pytest.fixture(scope="module")
def agent() -> Agent:
    return Agent()


@contextmanager
def scripted(folder: Path, url: str, agent: Agent, **settings: Any) -> Iterator[TestServer]:
    """Run a server whose agents follow scripts, and that finds an `npm`."""
    tools = folder / "tools"
    folder.mkdir(mode=0o700, exist_ok=True)
    tools.mkdir(exist_ok=True)
    (tools / "npm").write_bytes(NPM)
    (tools / "npm").chmod(0o755)

    def alter(rt: Runtime) -> None:
        bench = rt.actions.runs.bench
        bench.agents = agent.agents
        bench.tools = replace(bench.tools, path=(str(tools), *bench.tools.path))

    options: dict[str, Any] = {
        "local_base_url": "http://127.0.0.1:9",
        "local_model": "demo",
        "sandbox": "plain",
    } | settings
    with TestServer(folder, url, alter=alter, rate_limits="off", **options) as running:
        yield running


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
    agent: Agent,
) -> Iterator[TestServer]:
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    with scripted(tmp_path_factory.mktemp("data"), url, agent) as running:
        yield running


class Item:
    """A project whose analysis has found that it has no tests."""

    def __init__(self, server: TestServer, client: httpx.Client, agent: Agent, tree: Tree = CHECKED) -> None:
        self.server, self.client, self.agent, self.name = server, client, agent, ulid()
        self.project = make_project(client)
        self.workspace = make_workspace(client, self.project, name="main")
        self.tree = {**tree, "name": self.name.encode()}
        self.push(self.tree)
        server.run(replace(server.rt.actions.analyst, checks=()).analyze(self.project))
        found = ok(client.get("/v1/action-items"))["items"]
        (item,) = [one for one in found if one["workspace_id"] == self.workspace]
        self.id = str(item["id"])

    def push(self, tree: Tree) -> None:
        push(self.client, self.project, self.workspace, tree)

    def does(self, *attempts: Sequence[Step]) -> None:
        """Say what the agent does in each attempt; later ones do as the last."""
        self.agent.does[self.name] = lambda _job, number: attempts[min(number, len(attempts)) - 1]

    @property
    def prompts(self) -> list[str]:
        return [job.prompt for job in self.agent.jobs[self.name]]

    def start(self, **body: Any) -> dict[str, Any]:
        return dict(ok(self.client.post(f"/v1/action-items/{self.id}/runs", json=body))["run"])

    def run(self, run_id: str) -> dict[str, Any]:
        return dict(ok(self.client.get(f"/v1/action-items/runs/{run_id}"))["run"])

    def ended(self, run_id: str) -> dict[str, Any]:
        until(lambda: self.run(run_id)["status"] not in ("queued", "running"))
        return self.run(run_id)

    def apply(self, run_id: str, **body: Any) -> httpx.Response:
        return self.client.post(f"/v1/action-items/runs/{run_id}/apply", json=body)

    def shown(self) -> dict[str, str]:
        found = ok(self.client.get(f"/v1/projects/{self.project}/current-manifest"))["manifest_hash"]
        files = self.client.get(f"/v1/blobs/manifests/{found}").json()["files"]
        return {entry["path"]: entry["hash"] for entry in files}

    def content(self, path: str) -> bytes:
        return self.client.get(f"/v1/blobs/download/{self.shown()[path]}").content


@pytest.fixture
def item(server: TestServer, alice: httpx.Client, agent: Agent) -> Item:
    return Item(server, alice, agent)


def test_a_run_from_the_item_to_the_applied_patch(item: Item) -> None:
    item.does((Write("answer", "good\n"), "Made it good.\nBy writing.\nThree.\nFour."))
    begun = item.start()
    assert begun.keys() >= MEMBERS
    assert (begun["action_item_id"], begun["max_attempts"]) == (item.id, 3)
    assert not {"summary", "report", "patch", "checks", "error"} & begun.keys(), "absent, not null"
    run = item.ended(begun["id"])
    assert (run["status"], run["attempt_count"]) == ("ready", 1), run
    assert run["summary"] == "Made it good.\nBy writing.\nThree."
    assert run["report"].endswith("Four.")
    assert run["checks"] == [{"kind": "test", "command": "npm run test", "success": True, "output": "good"}]
    assert "+++ b/answer\n" in run["patch"]
    assert item.prompts[0].startswith("6 code files")
    assert "answer" not in item.shown(), "nothing is applied before somebody says so"
    assert item.start()["id"] == run["id"], "the View button posts again"

    applied = ok(item.apply(run["id"]))
    assert item.content("answer") == b"good\n"
    assert applied.keys() == {"success", "manifest_hash", "snapshot_id"}
    (newest, *_) = ok(item.client.get(f"/v1/workspaces/{item.workspace}/snapshots"))["snapshots"]
    assert (newest["id"], newest["source"], newest["is_current"]) == (applied["snapshot_id"], "web", True)
    assert newest["summary"] == run["summary"]
    assert ok(item.apply(run["id"])) == applied, "applied once, answered again"
    assert item.run(run["id"])["status"] == "applied"
    assert item.start()["id"] == run["id"]
    assert [one["id"] for one in ok(item.client.get(f"/v1/action-items/{item.id}/runs"))["runs"]] == [run["id"]]
    assert ok(item.client.get("/v1/action-items"))["items"] == []

    told = ok(item.client.get(f"/v1/projects/{item.project}/log", params={"kinds": "action_item.*,run.*"}))["entries"]
    assert [(one["kind"], one["subject"]["id"]) for one in told] == [
        ("action_item.new", item.id),
        ("run.started", run["id"]),
        ("run.ended", run["id"]),
        ("action_item.resolved", item.id),
    ]


def test_a_check_that_fails_is_told_to_the_next_attempt_which_goes_on_from_there(item: Item) -> None:
    item.does((Write("answer", "bad\n"), Write("kept", "k\n"), "First."), (Write("answer", "good\n"), "Second."))
    run = item.ended(item.start()["id"])
    assert (run["status"], run["attempt_count"], run["report"]) == ("ready", 2, "Second.")
    assert "`npm run test` failed" in item.prompts[1]
    assert "exit code 1" in item.prompts[1]
    assert "+++ b/kept\n" in run["patch"]


def test_after_three_attempts_it_has_failed_and_the_item_can_be_run_again(item: Item) -> None:
    item.does((Write("answer", "bad\n"), "Tried."), (Fail("The model is tired."),), ("Only talk.",))
    run = item.ended(item.start()["id"])
    assert (run["status"], run["attempt_count"], len(item.prompts)) == ("failed", 3, 3)
    assert "The model is tired." in item.prompts[2]
    assert run["error"] == "`npm run test` failed."
    error(item.apply(run["id"]), 409, "INVALID_STATE")
    item.does((Write("answer", "good\n"),))
    again = item.ended(item.start()["id"])
    assert (again["status"], again["id"] != run["id"]) == ("ready", True)
    assert item.start(force=True)["id"] != again["id"], "force makes another beside one that is ready"


def test_an_agent_that_asks_is_told_to_decide(item: Item) -> None:
    heard: list[str] = []
    where = Inquiry("Where?", "Where", [Option("here"), Option("there")], custom=True)
    item.does((Ask((where,)), Write("answer", "good\n"), lambda job: heard.append(job.prompt)))
    assert item.ended(item.start()["id"])["status"] == "ready"
    assert heard


def test_a_run_joins_what_others_did_and_clashes_are_refused_whole(item: Item) -> None:
    item.does((Write("answer", "good\n"), Write("src/m0.py", "x = 2\n"), "Done."))
    run = item.ended(item.start()["id"])
    item.push({**item.tree, "src/m0.py": b"x = 3\n"})
    refused = error(item.apply(run["id"]), 409, "PATCH_CONFLICT")
    assert refused["details"]["paths"] == ["src/m0.py"]
    assert "answer" not in item.shown()
    item.push({**item.tree, "theirs": b"t\n"})
    ok(item.apply(run["id"]))
    assert {"answer", "theirs"} <= item.shown().keys()
    assert item.content("src/m0.py") == b"x = 2\n"


def test_deleting_the_workspace_ends_its_run(item: Item) -> None:
    other = make_workspace(item.client, item.project, name="other")
    item.agent.does[item.name] = lambda _job, _number: (Wait(asyncio.Event()),)
    run = item.start()["id"]
    until(lambda: item.run(run)["status"] == "running" and item.name in item.agent.jobs)
    ok(item.client.post(f"/v1/workspaces/{other}/set-as-main"))
    assert item.client.delete(f"/v1/workspaces/{item.workspace}").status_code in (200, 204)

    def gone() -> bool:
        with item.server.rt.db.read() as tx:
            found = store.find(tx, run)
        return found is not None and found.status == "failed" and "deleted" in (found.error or "")

    until(gone)


def test_processes_share_the_queue_and_one_that_dies_in_an_attempt_gives_it_back(agent: Agent, tmp_path: Path) -> None:
    """The other process takes up what this one has no room for; when it is killed, the attempt begins again here."""
    url, data, gate = fresh_postgres_url(), tmp_path / "data", asyncio.Event()
    with scripted(data, url, agent, agent_concurrency=1) as here, here.person() as one, here.person() as other:
        held, shared = Item(here, one, agent, CODE), Item(here, other, agent, CODE)
        held.does((Wait(gate), Write("answer", "good\n")))
        shared.does((Write("answer", "good\n"), "Done."))
        first = held.start()["id"]
        until(lambda: held.name in agent.jobs)
        options: dict[str, Any] = {"local_base_url": "http://127.0.0.1:9", "local_model": "demo", "sandbox": "plain"}
        there = KillableServer(data, free_port(), work_and_die, database_url=url, **options)
        second = shared.start()["id"]
        there.process.join(60)
        assert there.process.exitcode == -9, "it took the run, and died in it"
        assert shared.name not in agent.jobs

        async def opened() -> None:
            gate.set()

        here.run(opened())
        assert held.ended(first)["status"] == "ready"
        run = shared.ended(second)
        assert (run["status"], run["attempt_count"], run["report"]) == ("ready", 1, "Done.")
        assert (len(agent.jobs[held.name]), len(agent.jobs[shared.name])) == (1, 1)


def test_two_runs_of_a_person_are_worked_on_at_once(server: TestServer, alice: httpx.Client, agent: Agent) -> None:
    gate, items = asyncio.Event(), [Item(server, alice, agent) for _ in range(3)]
    for one in items:
        one.does((Wait(gate), Write("answer", "good\n")))
    runs = [one.start()["id"] for one in items]
    until(lambda: sum(one.name in agent.jobs for one in items) == 2)
    shown = [one.run(run)["status"] for one, run in zip(items, runs, strict=True)]
    assert sorted(shown) == ["queued", "running", "running"]

    async def opened() -> None:
        gate.set()

    server.run(opened())
    assert [one.ended(run)["status"] for one, run in zip(items, runs, strict=True)] == ["ready"] * 3


def test_what_cannot_be_run_says_why(item: Item, bob: httpx.Client) -> None:
    path = f"/v1/action-items/{item.id}/runs"
    error(bob.post(path), 404, "NOT_FOUND")
    error(bob.get(path), 404, "NOT_FOUND")
    error(item.client.post(f"/v1/action-items/{uuid4()}/runs"), 404, "NOT_FOUND")
    error(item.client.post(f"/v1/action-items/drift-{item.workspace}/runs"), 409, "INVALID_OPERATION")
    error(bob.post(f"/v1/action-items/drift-{item.workspace}/runs"), 404, "NOT_FOUND")
    error(item.client.get(f"/v1/action-items/runs/{uuid4()}"), 404, "NOT_FOUND")
    error(item.client.post(f"/v1/action-items/runs/{uuid4()}/apply"), 404, "NOT_FOUND")
    ok(item.client.post(f"/v1/action-items/{item.id}/dismiss"))
    error(item.client.post(path), 409, "INVALID_STATE")


BROKEN = b"raise RuntimeError('the compiler says no')\n"


def test_a_failed_deployment_is_run_under_the_id_that_was_asked_for(
    server: TestServer, alice: httpx.Client, agent: Agent
) -> None:
    name, project = ulid(), make_project(alice)
    workspace = make_workspace(alice, project, name="main")
    push(alice, project, workspace, {"main.py": BROKEN, "name": name.encode()})
    deployed = ok(alice.post(f"/v1/infrastructure/projects/{project}/deploy", json={}, timeout=120))
    asked = f"deploy-{deployed['deployment_id']}"
    (item,) = ok(alice.get("/v1/action-items"))["items"]
    assert (item["id"], item["type"], item["severity"]) == (asked, "build_failure", "warning")
    assert (item["title"], item["action_label"], item["icon"]) == ("The newest deployment failed", "Analyze", "alert")
    assert item["action_data"]["deployment_id"] == deployed["deployment_id"]
    cause = item["action_data"]["cause"]
    assert (cause["path"], cause["line"], cause["tool"]) == ("main.py", 1, "python")
    agent.does[name] = lambda _job, _number: (Write("main.py", "print('fine')\n"), "Mended.")
    path = f"/v1/action-items/{asked}/runs"
    run = ok(alice.post(path))["run"]
    assert run["action_item_id"] == asked
    until(lambda: ok(alice.get(path))["runs"][0]["status"] == "ready")
    assert "python names main.py:1 as the cause" in agent.jobs[name][0].prompt
    assert "the compiler says no" in agent.jobs[name][0].prompt
    assert [one["id"] for one in ok(alice.get("/v1/action-items"))["items"]] == [asked], "listed once"
    assert ok(alice.post(path))["run"]["id"] == run["id"]
    ok(alice.post(f"/v1/action-items/{asked}/dismiss"))
    assert ok(alice.get("/v1/action-items"))["items"] == []
    error(alice.post(path), 409, "INVALID_STATE")
    applied = ok(alice.post(f"/v1/action-items/runs/{run['id']}/apply", json={"redeploy": True}))
    again = ok(alice.get(f"/v1/infrastructure/deployments/{applied['deployment_id']}"))["deployment"]
    assert again["manifest_hash"] == applied["manifest_hash"]


def test_a_run_outlives_its_server(sqlite_factory: SqliteFactory, tmp_path: Path, agent: Agent) -> None:
    url, data = sqlite_factory.url(), tmp_path / "data"
    begun = threading.Event()

    def hang(_job: AgentJob, _number: int) -> Sequence[Step]:
        begun.set()
        return (Wait(asyncio.Event()),)

    with scripted(data, url, agent) as first, first.person("someone@example.org") as client:
        item = Item(first, client, agent, CODE)
        agent.does[item.name] = hang
        run = item.start()["id"]
        assert begun.wait(60)
    item.does((Write("answer", "good\n"), "Done."))
    with scripted(data, url, agent) as second, second.person("someone@example.org") as client:
        item.client = client
        ended = item.ended(run)
    assert (ended["status"], ended["attempt_count"], ended["report"]) == ("ready", 1, "Done.")


def command(item: Item, *words: str) -> Result:
    """Run `asterism actions …` for the item's user."""
    token = item.client.headers["authorization"].removeprefix("Bearer ")
    settings = {"ASTERISM_URL": str(item.client.base_url), "ASTERISM_TOKEN": token}
    return CliRunner().invoke(app, ["actions", *words], env=settings)


def printed(result: Result) -> Any:
    """Return the one object of `--json`; the server of this process writes its log beside it."""
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("{")]
    return json.loads(line)


def test_the_command_line_lists_runs_shows_and_applies(item: Item) -> None:
    item.does((Write("answer", "good\n"), "Made it good."))
    listed = command(item, "list")
    assert item.id in listed.stdout
    assert "demo/main: No tests found" in listed.stdout
    ran = command(item, "run", item.id[-12:], "--wait")
    assert (ran.exit_code, "Made it good." in ran.stdout, "npm run test" in ran.stdout) == (0, True, True), ran.output
    assert "+++ b/answer" in command(item, "show", item.id, "--patch").stdout
    applied = command(item, "apply", item.id, "--json")
    assert printed(applied)["snapshot_id"]
    assert printed(command(item, "list", "--json")) == {"items": []}
    assert command(item, "dismiss", item.id).exit_code == 4, "it is not listed any more"


def test_the_command_line_dismisses_what_is_listed(item: Item) -> None:
    done = command(item, "dismiss", item.id[-12:])
    assert (done.exit_code, "Dismissed: No tests found" in done.output) == (0, True), done.output
    assert printed(command(item, "list", "--json")) == {"items": []}
