"""Every row of the table of status codes (Starbot 9), read from the page itself: a row without a probe fails."""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.base.clock import ManualClock
from asterism.base.errors import ShuttingDown
from asterism.faces.runtime import IntegrationServices, Runtime
from asterism.features.accounts import audit
from asterism.features.accounts.identity import Caller
from asterism.features.talk.integrations import Connector
from asterism.kernel.llm import ToolCall
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.upstreams.fakes import FakeGitHub, FakeNotion
from tests.support.databases import SqliteFactory
from tests.support.memory import folder_in_memory
from tests.support.server import TestServer
from tests.support.talk import Talk
from tests.support.trees import error, make_workspace, ok
from tests.wire.v1.integrations.conftest import Member

pytestmark = pytest.mark.xdist_group("llm")

PAGE = Path(__file__).parents[4] / "docs" / "spec" / "starbot.md"
UNKNOWN = "0" * 26
MIB = 1024 * 1024
CALLBACK = "https://console.example/done"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FAILURES = ((403, {}), (404, {}), (409, {}), (422, {}), (429, {"retry-after": "3"}), (500, {}))
MAPPED = {403, 404, 409, 422, 429, 502}
PULL = {"repo": "octo/demo", "title": "t", "head": "x", "base": "main", "files": [{"path": "a", "content": "b"}]}
PAGE_ID = "a" * 32


@dataclass
class World:
    """Who asks whom, and the answers so far."""

    member: Member
    stranger: httpx.Client
    anonymous: httpx.Client
    talk: Talk
    server: TestServer
    plain: TestServer
    github: FakeGitHub
    notion: FakeNotion
    model: FakeModelServer
    seen: list[httpx.Response] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Any = None, *, by: httpx.Client | None = None, **more: Any) -> Any:
        """Ask, keep the answer, and return its body."""
        if body is not None:
            more["json"] = body
        answer = (by or self.member.client).request(method, f"/v1{path}", **more)
        self.seen.append(answer)
        return answer.json() if "json" in answer.headers.get("content-type", "") else None

    def without_a_token(self, method: str, path: str) -> None:
        self.ask(method, path, {} if method in {"POST", "PUT", "PATCH"} else None, by=self.anonymous)

    def sql(self, statement: str) -> None:
        with self.server.rt.db.write() as tx:
            tx.connection.exec_driver_sql(statement)

    def grant(self) -> dict[str, str]:
        found: dict[str, str] = self.ask("POST", "/auth/device/start", {}, by=self.anonymous)
        return found

    def late_grant(self) -> dict[str, str]:
        found = self.grant()
        name = hashlib.sha256(found["device_code"].encode()).hexdigest()
        self.sql(f"UPDATE device_grants SET expires_at = created_at WHERE device_code_hash = '{name}'")
        return found

    def signed_in(self) -> dict[str, str]:
        grant = self.grant()
        self.ask("POST", "/auth/device/confirm", {"user_code": grant["user_code"]})
        found: dict[str, str] = self.poll(grant)
        return found

    def poll(self, grant: dict[str, str]) -> Any:
        return self.ask("POST", "/auth/device/poll", {"device_code": grant["device_code"]}, by=self.anonymous)

    def upstream(self, fake: FakeGitHub | FakeNotion, path: str, send: Callable[[], Any]) -> None:
        """Have a call fail in each way of 8.5."""
        for status, headers in FAILURES:
            fake.fail(path, status, {"message": "m"}, headers=headers, times=2)
            self.member.connect("github", token="t")  # forgets the limits that were told
            self.member.connect("notion", token="t")
            send()
            fake.faults.clear()

    def proposal(self) -> str:
        self.talk.say("Write it down")
        call = ToolCall("c1", "memory_update", '{"scope": "project", "content": "x"}')
        self.model.play(Script(calls=(call,)), Script(("I proposed it.",)))
        frames = self.talk.run(tools=["memory_update"])
        return str(next(f.data["proposal_id"] for f in frames if f.event == "proposal.created"))


def device_start(w: World) -> None:
    w.grant()
    with w.plain.client() as client:
        while not w.seen or w.seen[-1].status_code != 429:
            w.ask("POST", "/auth/device/start", {}, by=client)


def device_poll(w: World) -> None:
    pending, denied = w.grant(), w.grant()
    w.ask("POST", "/auth/device/confirm", {"user_code": denied["user_code"], "action": "deny"})
    found = [w.poll(pending)["status"], w.poll(denied)["status"], w.poll(w.late_grant())["status"]]
    assert found == ["pending", "denied", "expired"]
    assert w.signed_in()["status"] == "authorized"
    w.ask("POST", "/auth/device/poll", {"device_code": "x"}, by=w.anonymous)
    w.ask("POST", "/auth/device/poll", {"device_code": 1}, by=w.anonymous)


def device_confirm(w: World) -> None:
    used = w.grant()["user_code"]
    for code in (used, used, w.late_grant()["user_code"], "ZZZZ-9999", 7):
        w.ask("POST", "/auth/device/confirm", {"user_code": code})
    w.without_a_token("POST", "/auth/device/confirm")


def device_pending(w: World) -> None:
    for code in (w.grant()["user_code"], w.late_grant()["user_code"], "ZZZZ-9999"):
        w.ask("GET", f"/auth/device/pending/{code}")
    w.without_a_token("GET", "/auth/device/pending/ZZZZ-9999")


def refresh(w: World) -> None:
    first = w.signed_in()["refresh_token"]
    second = w.ask("POST", "/auth/refresh", {"refresh_token": first}, by=w.anonymous)["refresh_token"]
    w.ask("POST", "/auth/refresh", {"refresh_token": second}, by=w.anonymous)
    for text in (first, "unknown", ""):
        w.ask("POST", "/auth/refresh", {"refresh_token": text}, by=w.anonymous)
    with w.plain.client() as client:
        while w.seen[-1].status_code != 429:
            w.ask("POST", "/auth/refresh", {"refresh_token": "x"}, by=client)


def logout(w: World) -> None:
    w.ask("POST", "/auth/logout", {"refresh_token": w.signed_in()["refresh_token"]}, by=w.anonymous)
    with w.server.client(w.signed_in()["access_token"]) as client:
        w.ask("POST", "/auth/logout", by=client)
    w.without_a_token("POST", "/auth/logout")


def devices(w: World) -> None:
    w.ask("GET", "/auth/devices")
    w.ask("DELETE", "/auth/devices")
    w.without_a_token("GET", "/auth/devices")


def device(w: World) -> None:
    with w.server.client(w.signed_in()["access_token"]) as client:
        [mine] = [one["id"] for one in w.ask("GET", "/auth/devices", by=client)["devices"] if one["current"]]
    w.ask("DELETE", f"/auth/devices/{mine}")
    w.ask("DELETE", f"/auth/devices/{mine}")
    w.without_a_token("DELETE", f"/auth/devices/{mine}")


def oauth_device(w: World) -> None:
    w.ask("POST", "/oauth/device", by=w.anonymous)
    with w.plain.client() as client:
        while w.seen[-1].status_code != 429:
            w.ask("POST", "/oauth/device", by=client)


def oauth_token(w: World) -> None:
    grant = w.grant()
    w.ask("POST", "/auth/device/confirm", {"user_code": grant["user_code"]})
    for _ in range(2):
        w.ask("POST", "/oauth/token", {"grant_type": GRANT, "device_code": grant["device_code"]}, by=w.anonymous)
    assert w.seen[-1].json()["error"] == "invalid_grant"


def oauth_decisions(w: World) -> None:
    used, denied = w.grant()["user_code"], w.grant()["user_code"]
    for code in (used, used, w.late_grant()["user_code"], "ZZZZ-9999", 7):
        w.ask("POST", "/oauth/device/authorize", {"user_code": code})
    for body in ({"user_code": denied}, {"user_code": 7}):
        w.ask("POST", "/oauth/device/deny", body, by=w.anonymous)


def projects(w: World) -> None:
    w.ask("GET", "/projects")
    w.ask("POST", "/projects", {"name": "P"})
    w.ask("POST", "/projects", {"name": 7})
    w.without_a_token("POST", "/projects")


def one_of_each(w: World) -> None:
    workspace = make_workspace(w.member.client, w.talk.project_id)
    for path in (f"/projects/{w.talk.project_id}", f"/workspaces/{workspace}"):
        w.ask("GET", path)
        w.ask("GET", path, by=w.stranger)
        w.without_a_token("GET", path)


def workspaces(w: World) -> None:
    for project in (w.talk.project_id, UNKNOWN):
        w.ask("GET", f"/projects/{project}/workspaces")
        w.ask("POST", f"/projects/{project}/workspaces", {"name": "w"})
    w.ask("POST", f"/projects/{w.talk.project_id}/workspaces", {"name": 7})
    w.without_a_token("GET", f"/projects/{UNKNOWN}/workspaces")


def memories(w: World) -> list[str]:
    return [
        f"/projects/{w.talk.project_id}/memory",
        f"/workspaces/{make_workspace(w.member.client, w.talk.project_id)}/memory",
    ]


def memory_read(w: World) -> None:
    for path in memories(w):
        w.ask("GET", path)
        w.ask("GET", path, by=w.stranger)
        w.without_a_token("GET", path)


def memory_write(w: World) -> None:
    for path in memories(w):
        for body in (
            {"content": "a"},
            {"content": "b", "expected_updated_at": "2020-01-01T00:00:00.000Z"},
            {"content": 7},
        ):
            w.ask("PUT", path, body)
        w.ask("PUT", path, {"content": "x" * (262_144 + 1)})
        w.ask("PUT", path, {"content": "a"}, by=w.stranger)
        w.without_a_token("PUT", path)


def memory_history(w: World) -> None:
    for path in memories(w):
        ok(w.member.client.put(f"/v1{path}", json={"content": "words"}))
        for query in ("/versions", "/versions?limit=0", "/versions/1", "/versions/99", "/blame"):
            w.ask("GET", path + query)
        w.without_a_token("GET", f"{path}/versions")
    search = f"/projects/{w.talk.project_id}/memory/search"
    for body in ({"query": "words"}, {"query": " "}):
        w.ask("POST", search, body)
    w.ask("POST", search, {"query": "words"}, by=w.stranger)


def chats_of_a_project(w: World) -> None:
    for project in (w.talk.project_id, UNKNOWN):
        w.ask("GET", f"/projects/{project}/chats")
        w.ask("POST", f"/projects/{project}/chats", {})
    w.ask("POST", f"/projects/{w.talk.project_id}/chats", {"title": 7})
    w.ask("GET", f"/projects/{w.talk.project_id}/chats?limit=0")
    w.without_a_token("GET", f"/projects/{UNKNOWN}/chats")


def one_chat(w: World) -> None:
    chat = f"/chats/{w.talk.chat_id}"
    for method in ("GET", "DELETE"):
        w.ask(method, chat, by=w.stranger)
        w.ask(method, chat)
    w.without_a_token("GET", chat)


def chat_change(w: World) -> None:
    chat, workspace = f"/chats/{w.talk.chat_id}", make_workspace(w.member.client, w.talk.project_id)
    w.ask("PATCH", chat, {"title": "T"})
    w.ask("PATCH", chat, {"title": 7})
    w.ask("PATCH", chat, {"title": "T"}, by=w.stranger)
    w.without_a_token("PATCH", chat)
    while_it_runs(w, lambda _run: w.ask("PATCH", chat, {"workspace_id": workspace}))


def messages(w: World) -> None:
    path = f"/chats/{w.talk.chat_id}/messages"
    w.ask("GET", path)
    w.ask("GET", f"{path}?limit=0")
    w.ask("GET", path, by=w.stranger)
    w.ask("POST", path, {"role": "user", "content": "hello"})
    w.ask("POST", path, {"role": "user", "content": 7})
    w.ask("POST", path, {"role": "user", "content": "x" * (2 * MIB)})
    w.ask("POST", path, {"role": "user", "content": "hello"}, by=w.stranger)
    w.without_a_token("POST", path)


def while_it_runs(w: World, act: Callable[[str], object]) -> None:
    """Act while a run of the chat has begun and not ended."""
    w.talk.say("Tell me")
    hold = threading.Event()
    w.model.play(Script(("one ",), hold=hold))
    with w.talk.client.stream("POST", f"/v1/chats/{w.talk.chat_id}/run", json={}) as streamed:
        try:
            w.seen.append(streamed)
            act(streamed.headers["x-run-id"])
        finally:
            hold.set()
        streamed.read()


def run(w: World) -> None:
    path = f"/chats/{w.talk.chat_id}/run"
    w.ask("POST", path, {})
    w.ask("POST", path, {}, by=w.stranger)
    w.without_a_token("POST", path)
    while_it_runs(w, lambda _run: w.ask("POST", path, {}))
    for body in ({"model": "nobody:demo"}, {"model": "anthropic:claude-haiku-4-5"}, {"mode": "odd"}):
        w.ask("POST", path, body)
    w.member.client.delete("/v1/integrations/github")
    w.ask("POST", path, {"tools": ["github_search"]})
    w.talk.say("遠" * 43_000)
    w.ask("POST", path, {"mode": "quick"})


def cancel(w: World) -> None:
    w.ask("POST", f"/chats/{w.talk.chat_id}/cancel")
    w.ask("POST", f"/chats/{w.talk.chat_id}/cancel", by=w.stranger)
    w.without_a_token("POST", f"/chats/{w.talk.chat_id}/cancel")


def runs(w: World) -> None:
    w.talk.say("Tell me")
    w.model.play("Yes.")
    w.talk.run()
    path = f"/chats/{w.talk.chat_id}/runs"
    [made] = w.ask("GET", path)["runs"]
    for asked in (path, f"/runs/{made['id']}"):
        w.ask("GET", asked, by=w.stranger)
        w.without_a_token("GET", asked)
    w.ask("GET", f"/runs/{made['id']}")
    w.ask("GET", f"{path}?status=odd")


def run_events(w: World) -> None:
    w.talk.say("Tell me")
    w.model.play("Yes.")
    last = w.talk.run()[-1].id
    [made] = w.talk.get(f"/v1/chats/{w.talk.chat_id}/runs")["runs"]
    path = f"/runs/{made['id']}/events"
    w.ask("GET", path)
    w.ask("GET", path, headers={"Last-Event-ID": str(last)})
    w.ask("GET", f"{path}?after=x")
    w.ask("GET", path, by=w.stranger)
    w.without_a_token("GET", path)
    w.sql(f"UPDATE streams SET expired = true WHERE id LIKE '%{made['id']}'")
    w.ask("GET", path)


def readings(w: World) -> None:
    for path in ("/models", "/usage", "/usage?days=x", "/usage?group_by=odd", "/integrations", "/auth/me"):
        w.ask("GET", path)
        w.without_a_token("GET", path)


def connect(w: World) -> None:
    w.ask("POST", "/integrations/github/connect", {"token": "t"})
    w.ask("POST", "/integrations/notion/connect", {"token": "t"})
    with w.plain.person() as client:
        w.ask("POST", "/integrations/notion/connect", {}, by=client)
        w.ask("POST", "/integrations/github/connect", {"installation_id": 7}, by=client)
    w.ask("POST", "/integrations/github/connect", {"code": "c", "state": "s"})
    for status in (401, 429, 500):
        w.github.fail("/user", status, {"message": "m"}, times=2)
        w.ask("POST", "/integrations/github/connect", {"token": "t"})
        w.github.faults.clear()
    w.without_a_token("POST", "/integrations/notion/connect")


def disconnect(w: World) -> None:
    w.ask("DELETE", "/integrations/notion")
    w.ask("DELETE", "/integrations/gitlab")
    w.without_a_token("DELETE", "/integrations/notion")


def searches(w: World) -> None:
    for name, fake, path in (("notion", w.notion, "/v1/search"), ("github", w.github, "/search/code")):
        w.ask("POST", f"/tools/{name}/search", {"query": "x"})
        w.upstream(fake, path, lambda name=name: w.ask("POST", f"/tools/{name}/search", {"query": "x"}))
        w.without_a_token("POST", f"/tools/{name}/search")


def notion_update(w: World) -> None:
    w.notion.add_page(PAGE_ID, "A page")
    body = {"page_id": PAGE_ID, "markdown": "More"}
    w.ask("POST", "/tools/notion/update", body)
    w.ask("POST", "/tools/notion/update", {**body, "markdown": "x" * (401 * 1024)})
    w.upstream(w.notion, "/markdown", lambda: w.ask("POST", "/tools/notion/update", body))
    w.without_a_token("POST", "/tools/notion/update")


def github_pr(w: World) -> None:
    w.github.add_repository("octo/demo")
    w.ask("POST", "/tools/github/pr", PULL)
    w.ask("POST", "/tools/github/pr", PULL)
    w.ask("POST", "/tools/github/pr", {**PULL, "files": [{"path": "a", "content": "x" * (MIB + 1)}]})
    other = {**PULL, "head": "y"}
    w.upstream(w.github, "/git/ref/heads/main", lambda: w.ask("POST", "/tools/github/pr", other))
    w.without_a_token("POST", "/tools/github/pr")


def proposals(w: World) -> None:
    w.ask("GET", "/proposals")
    w.ask("GET", "/proposals?status=odd")
    w.ask("GET", f"/proposals/{w.proposal()}")
    w.ask("GET", f"/proposals/{UNKNOWN}")
    w.without_a_token("GET", "/proposals")


def decisions(w: World) -> None:
    for verb in ("approve", "reject"):
        path = f"/proposals/{w.proposal()}/{verb}"
        w.ask("POST", path, by=w.stranger)
        w.ask("POST", path)
        w.ask("POST", path)
        w.without_a_token("POST", path)


def open_pages(w: World) -> None:
    w.ask("GET", "/health", by=w.anonymous)
    w.seen += [w.anonymous.get("/health"), w.anonymous.get("/device")]
    assert {answer.status_code for answer in w.seen} == {200}


# What stands in the first cell of each row, and what shows it.
PROBES: dict[str, Callable[[World], None]] = {
    "`POST /auth/device/start`": device_start,
    "`POST /auth/device/poll`": device_poll,
    "`POST /auth/device/confirm`": device_confirm,
    "`GET /auth/device/pending/:user_code` ⊕": device_pending,
    "`POST /auth/refresh` ⊕": refresh,
    "`POST /auth/logout` ⊕": logout,
    "`GET /auth/devices` · `DELETE /auth/devices` ⊕": devices,
    "`DELETE /auth/devices/:id` ⊕": device,
    "`POST /oauth/device`": oauth_device,
    "`POST /oauth/token`": oauth_token,
    "`POST /oauth/device/authorize` · `/deny`": oauth_decisions,
    "`GET /projects` · `POST /projects`": projects,
    "`GET /projects/:id`, `GET /workspaces/:id`": one_of_each,
    "`GET` · `POST /projects/:id/workspaces`": workspaces,
    "`GET /projects/:id/memory`, `GET /workspaces/:id/memory`": memory_read,
    "`PUT /projects/:id/memory`, `PUT /workspaces/:id/memory`": memory_write,
    "`GET …/memory/versions`, `…/versions/:version`, `…/memory/blame`, `POST /projects/:id/memory/search` ⊕": (
        memory_history
    ),
    "`GET` · `POST /projects/:id/chats`": chats_of_a_project,
    "`GET` · `DELETE /chats/:id` ⊕": one_chat,
    "`PATCH /chats/:id` ⊕": chat_change,
    "`GET` · `POST /chats/:id/messages`": messages,
    "`POST /chats/:id/run`": run,
    "`POST /chats/:id/cancel` ⊕": cancel,
    "`GET /chats/:id/runs` · `GET /runs/:id` ⊕": runs,
    "`GET /runs/:id/events` ⊕": run_events,
    "`GET /models` ⊕ · `GET /usage` ⊕ · `GET /integrations` · `GET /auth/me`": readings,
    "`POST /integrations/notion/connect`, `/github/connect`": connect,
    "`DELETE /integrations/:provider` ⊕": disconnect,
    "`POST /tools/notion/search`, `/tools/github/search`": searches,
    "`POST /tools/notion/update`": notion_update,
    "`POST /tools/github/pr`": github_pr,
    "`GET /proposals` · `GET /proposals/:id` ⊕": proposals,
    "`POST /proposals/:id/approve` · `/reject` ⊕": decisions,
    "`GET /health`, `GET /v1/health`, `GET /device`": open_pages,
}


def rows() -> dict[str, tuple[str, str, str]]:
    """Return auth, success and errors of each row of the page's table."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## 9 ")[2].partition("\n## ")[0]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "|" in line]
    return {first: (auth, success, errors) for first, auth, success, errors in found[2:]}


def promised(auth: str, success: str, errors: str) -> set[tuple[int, str | None]]:
    """Return the statuses of a row, and with which codes."""
    wanted: set[tuple[int, str | None]] = {(401, "UNAUTHORIZED")} if auth == "B" else set()
    if "8.5" in errors:
        wanted |= {(status, None) for status in MAPPED}
    status = 0
    for number, code in re.findall(r"\b([2-5]\d\d)\b|`([A-Z_]{5,})`", f"{success}, {errors}"):
        status = int(number or status)
        wanted.add((status, code or None))
    return wanted


def told(answer: httpx.Response) -> set[tuple[int, str | None]]:
    """Return the status of an answer, and with which code."""
    code = None
    if answer.status_code >= 400 and isinstance(answer.json()["error"], dict):
        code = answer.json()["error"]["code"]
    return {(answer.status_code, None), (answer.status_code, code)}


class Failing(Connector):
    """Forgets nothing: Notion meets a server that stops, GitHub a fault of ours."""

    async def disconnect(self, caller: Caller, name: str, origin: audit.Origin) -> None:
        raise ShuttingDown if name == "notion" else RuntimeError("SELECT secret FROM /etc/passwd")


def let_fail(rt: Runtime) -> None:
    connector = Failing(rt.db, rt.integrations.notion.access)
    rt.integrations = IntegrationServices(
        rt.integrations.upstreams, connector, rt.integrations.notion, rt.integrations.github
    )


@pytest.fixture(scope="module")
def plain(sqlite_factory: SqliteFactory) -> Iterator[TestServer]:
    """Run a server that is registered nowhere, cannot disconnect, and limits rates while its time stands still."""
    with (
        folder_in_memory() as data,
        TestServer(data, sqlite_factory.url(), clock=ManualClock(), alter=let_fail) as running,
    ):
        yield running


@pytest.fixture
def world(
    connected: Member,
    make_member: Callable[[], Member],
    server: TestServer,
    plain: TestServer,
    github: FakeGitHub,
    notion: FakeNotion,
    model: FakeModelServer,
) -> Iterator[World]:
    """Make somebody with a chat who has connected both services, and a stranger."""
    with server.client() as anonymous:
        stranger = make_member().client
        yield World(connected, stranger, anonymous, connected.talk(), server, plain, github, notion, model)


def test_a_fault_and_a_server_that_stops_are_told_in_the_one_shape(plain: TestServer) -> None:
    with plain.person() as person:
        headers = {**person.headers, "X-Request-Id": "r-1"}
    with httpx.Client(base_url=plain.url, headers=headers, timeout=60, trust_env=False) as client:
        stopping = client.delete("/v1/integrations/notion")
        assert error(stopping, 503, "SHUTTING_DOWN")["message"] == "The server is stopping."
        assert stopping.headers["retry-after"] == "5"
        fault = error(client.delete("/v1/integrations/github"), 500, "INTERNAL_ERROR")
    wanted = {"message": "Something went wrong on the server.", "details": {"request_id": "r-1"}}
    assert fault == {"code": "INTERNAL_ERROR", **wanted}


def test_every_row_has_its_probe() -> None:
    assert list(rows()) == list(PROBES)


@pytest.mark.parametrize("row", PROBES)
def test_a_row_says_what_its_routes_answer(row: str, world: World) -> None:
    PROBES[row](world)
    seen = set().union(*map(told, world.seen))
    assert promised(*rows()[row]) - seen == set()
    assert 500 not in {status for status, _ in seen}
