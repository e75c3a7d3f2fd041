"""Every `/v1` route against every bad credential, read from the table of endpoints: new routes are covered too."""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from asterism.asgi.endpoint import Endpoint
from asterism.base.ids import ulid
from asterism.faces.v1.endpoints import ENDPOINTS
from asterism.faces.v1.scopes import AGENT, READING, SECRET, request_line
from asterism.features.accounts import identity
from asterism.features.accounts.identity.token_format import make_token
from asterism.kernel.db import metadata
from tests.support.server import TestServer

# Open to everybody on purpose. Whoever opens another route says so here.
OPEN = {
    "GET /v1/auth/providers",
    "GET /v1/health",
    "POST /v1/auth/device/poll",
    "POST /v1/auth/device/start",
    "POST /v1/auth/google",
    "POST /v1/auth/link",
    "POST /v1/auth/oidc",
    "POST /v1/auth/refresh",
    "POST /v1/oauth/device",
    "POST /v1/oauth/device/deny",
    "POST /v1/oauth/revoke",
    "POST /v1/oauth/token",
}
OPTIONAL = {"POST /v1/auth/logout", "POST /v1/oauth/device/authorize"}

# Path parameters that name no resource of a user: content by its hash, a word of a fixed list, a code.
NOT_OWNED = {"hash", "other_hash", "provider", "user_code", "key", "name", "version"}

# Queries without which a route answers 422 before it looks for anything.
QUERY = {
    "GET /v1/projects/{project_id}/docs/content": "?workspace=main&path=README.md",
    "GET /v1/projects/{project_id}/atlas/diff": f"?from={'0' * 64}&to={'0' * 64}",
    "GET /v1/snapshots/{snapshot_id}/blame": "?path=README.md",
}

GUARDED = [endpoint for endpoint in ENDPOINTS if endpoint.rules.auth is True]
_numbers = itertools.count(1)
DEFAULT = {"str": "unknown", "int": "1"}


def lines(endpoints: list[Endpoint]) -> list[str]:
    return [request_line(endpoint) for endpoint in endpoints]


def parameters(endpoint: Endpoint) -> list[str]:
    return re.findall(r"{(\w+)", endpoint.path)


def url(endpoint: Endpoint, **values: str) -> str:
    path = re.sub(r"{(\w+):(\w+)}", lambda found: values.get(found[1], DEFAULT[found[2]]), endpoint.path)
    return path + QUERY.get(request_line(endpoint), "")


def example(kind: Any) -> Any:
    """Return a JSON value of a type, with nothing that is not required."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return args[0]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {f.encode_name: example(f.type) for f in msgspec.structs.fields(kind) if f.required}
    if origin in {list, tuple, set}:
        return [example(args[0])] if args else []
    if origin is dict:
        return {}
    if args:
        return None if type(None) in args else example(args[0])
    return {int: 1, float: 1.0, bool: True, list: [], dict: {}}.get(kind, "0" * 64)


def call(client: httpx.Client, endpoint: Endpoint, path: str) -> httpx.Response:
    """Send the smallest well-formed request."""
    with client.stream(
        endpoint.method, path, json=example(endpoint.body) if endpoint.body is not None else None
    ) as response:
        if response.status_code >= 400:
            response.read()
        return response


def issue(server: TestServer, *, email: str | None = None, seconds: int = 3600, **options: Any) -> str:
    """Return the text of a new token."""
    with server.rt.db.write() as tx:
        user = identity.add_user(tx, email or f"attacker{next(_numbers)}@example.org")
        options = {"kind": "u", "name": "test", "client": "cli", **options}
        return identity.create_token(tx, user, seconds=seconds, **options).text


def revoked(server: TestServer) -> str:
    text = issue(server)
    with server.rt.db.write() as tx:
        identity.log_out(tx, identity.authenticate(tx, text))
    return text


BAD: dict[str, Callable[[TestServer], str | None]] = {
    "none": lambda _server: None,
    "malformed": lambda _server: "secret",
    "wrong checksum": lambda server: issue(server)[:-1] + "_",
    "unknown": lambda _server: make_token("u"),
    "expired": lambda server: issue(server, seconds=0),
    "revoked": revoked,
    "refresh token": lambda server: issue(server, kind="r"),
    "sign-in code": lambda server: issue(server, kind="l"),
    "ticket": lambda server: issue(server, kind="w"),
}


@pytest.fixture(scope="module")
def intruders(server: TestServer) -> Iterator[dict[str, httpx.Client]]:
    clients = {name: server.client(make(server)) for name, make in BAD.items()}
    yield clients
    for client in clients.values():
        client.close()


def test_nothing_is_open_by_accident() -> None:
    assert {request_line(e) for e in ENDPOINTS if e.rules.auth is False} == OPEN
    assert {request_line(e) for e in ENDPOINTS if e.rules.auth == "optional"} == OPTIONAL


@pytest.mark.parametrize("endpoint", GUARDED, ids=lines(GUARDED))
def test_no_bad_credential_opens_it_and_none_is_told_from_another(
    intruders: dict[str, httpx.Client], endpoint: Endpoint
) -> None:
    answers = {name: call(client, endpoint, url(endpoint)) for name, client in intruders.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(intruders, 401)
    assert {answer.headers["www-authenticate"] for answer in answers.values()} == {"Bearer"}
    assert len({answer.text for answer in answers.values()}) == 1
    assert answers["none"].json()["error"]["code"] == "UNAUTHORIZED"


@pytest.fixture(scope="module")
def limited(server: TestServer) -> Iterator[dict[str, httpx.Client]]:
    agent = identity.Scope("agent", project_id="its-project", workspace_id="its-workspace")
    clients = {
        "read": server.client(issue(server, scope=identity.READ)),
        "agent": server.client(issue(server, kind="s", client="system", scope=agent)),
    }
    yield clients
    for client in clients.values():
        client.close()


def is_refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and answer.json()["error"]["code"] == "INSUFFICIENT_SCOPE"


@pytest.mark.parametrize("endpoint", GUARDED, ids=lines(GUARDED))
def test_a_read_token_changes_nothing_and_sees_no_secret(limited: dict[str, httpx.Client], endpoint: Endpoint) -> None:
    line = request_line(endpoint)
    let_in = line in READING or (endpoint.method == "GET" and line not in SECRET)
    assert is_refused(call(limited["read"], endpoint, url(endpoint))) is not let_in


@pytest.mark.parametrize("endpoint", GUARDED, ids=lines(GUARDED))
def test_an_agent_token_reaches_its_own_workspace_only(limited: dict[str, httpx.Client], endpoint: Endpoint) -> None:
    own = {"project_id": "its-project", "workspace_id": "its-workspace"}
    if request_line(endpoint) not in AGENT:
        assert is_refused(call(limited["agent"], endpoint, url(endpoint, **own)))
        return
    for name in own.keys() & set(parameters(endpoint)):
        assert is_refused(call(limited["agent"], endpoint, url(endpoint, **{**own, name: "another"})))


def test_the_table_of_scopes_names_routes_as_they_are() -> None:
    known = {re.sub(r"{\w+}", "{}", line): line for line in lines(ENDPOINTS)}
    named = AGENT | READING | SECRET
    misspelt = {line for line in named if known.get(re.sub(r"{\w+}", "{}", line), line) != line}
    assert not misspelt


def example_issue() -> dict[str, Any]:
    """Return the smallest issue as it is stored."""
    texts = dict.fromkeys(("id", "title", "file", "rationale", "recommendation", "symptom", "whyItMatters"), "x")
    nothing = dict.fromkeys(("line_start", "line_end", "suggested_patch"))
    words = {"severity": "low", "category": "style", "lens": "tests", "source": "ruff", "fingerprint": "0" * 64}
    return {**texts, **nothing, **words, "confidence": 1.0, "evidence": []}


class Estate:
    """Things that belong to one user, made through the API; `of` returns one by the name of its path parameter."""

    def __init__(self, server: TestServer, client: httpx.Client) -> None:
        self.server = server
        self.client = client
        self.made: dict[str, str] = {}

    def of(self, name: str) -> str:
        if name not in self.made:
            self.made[name] = getattr(self, f"make_{name}")()
        return self.made[name]

    def post(self, path: str, body: dict[str, Any], *keys: str) -> str:
        answer = self.client.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.text}"
        value = answer.json()
        for key in keys:
            value = value[key]
        return str(value)

    def make_project_id(self) -> str:
        return self.post("/v1/projects", {"name": "estate"}, "project", "id")

    def make_workspace_id(self) -> str:
        body = {"name": "main"}
        return self.post(f"/v1/projects/{self.of('project_id')}/workspaces", body, "workspace", "id")

    def make_snapshot_id(self) -> str:
        manifest = b'{"version":"1","files":[]}'
        digest = hashlib.sha256(manifest).hexdigest()
        stored = self.client.put(f"/v1/blobs/manifests/{digest}", content=manifest)
        assert stored.is_success, stored.text
        body = {"manifest_hash": digest, "workspace_id": self.of("workspace_id")}
        return self.post(f"/v1/projects/{self.of('project_id')}/snapshots", body, "snapshot", "id")

    def make_other_snapshot_id(self) -> str:
        return self.of("snapshot_id")

    def row(self, table_name: str, **values: Any) -> str:
        """Write a row as a model, an agent or a pipeline leaves it, blank where nothing is given; return its id."""
        row = {"id": ulid(), **values}
        blank: dict[type, Any] = {str: "", int: 0, bool: False}
        table = metadata.tables[table_name]
        row |= {c.name: blank[c.type.python_type] for c in table.columns if not c.nullable and c.name not in row}
        with self.server.rt.db.write() as tx:
            tx.execute(sa.insert(table).values(row))
        return str(row["id"])

    def me(self) -> str:
        return str(self.client.get("/v1/auth/me").json()["user"]["id"])

    def make_user_id(self) -> str:
        return self.me()

    def make_run_id(self) -> str:
        ids = {"chat_id": self.of("chat_id"), "project_id": self.of("project_id"), "user_id": self.me()}
        return self.row("runs", status="completed", **ids)

    def make_conversation_id(self) -> str:
        return self.post("/v1/conversations", {"workspace_id": self.of("workspace_id")}, "conversation", "id")

    def make_request_id(self) -> str:
        ids = {"conversation_id": self.of("conversation_id")}
        turn = self.row("conversation_messages", role="assistant", status="running", position=1, infos="[]", **ids)
        return self.row("conversation_questions", message_id=turn, status="pending", inquiries="[]", **ids)

    def make_deployment_id(self) -> str:
        ids = {"project_id": self.of("project_id"), "owner_user_id": self.me()}
        return self.row("deployments", manifest_hash="0" * 64, status="success", trigger="manual", **ids)

    def make_other_id(self) -> str:
        return self.of("deployment_id")

    def make_resource_id(self) -> str:
        ids = {"project_id": self.of("project_id")}
        return self.row("infrastructure_resources", type="storage:blob", provider="local", status="ready", **ids)

    def make_decision_id(self) -> str:
        return self.row("decisions", project_id=self.of("project_id"), status="active", changed="[]")

    def make_next_step_id(self) -> str:
        return self.row("next_steps", project_id=self.of("project_id"), status="pending")

    def make_item_id(self) -> str:
        ids = {name: self.of(name) for name in ("project_id", "workspace_id")}
        return self.row("action_items", status="pending", files="[]", metadata="{}", owner_user_id=self.me(), **ids)

    def make_proposal_id(self) -> str:
        ids = {"user_id": self.me(), "run_id": self.of("run_id"), "chat_id": self.of("chat_id")}
        return self.row("proposals", status="pending", arguments="{}", basis="{}", preview="{}", **ids)

    def make_chat_id(self) -> str:
        return self.post(f"/v1/projects/{self.of('project_id')}/chats", {"title": "estate"}, "chat", "id")

    def make_review_id(self) -> str:
        ids = {name: self.of(name) for name in ("project_id", "workspace_id")}
        return self.row("tree_reviews", status="completed", lenses="security", **ids)

    def make_finding_id(self) -> str:
        seen = msgspec.json.encode(example_issue()).decode()
        ids = {"project_id": self.of("project_id"), "first_workspace_id": self.of("workspace_id")}
        return self.row("tracked_findings", status="open", anchor_kind="lines", issue=seen, **ids)

    def make_token_id(self) -> str:
        tokens = self.client.get("/v1/auth/tokens").json()["tokens"]
        return str(tokens[0]["id"])

    def make_device_id(self) -> str:
        with self.server.rt.db.write() as tx:
            user = identity.find_user(tx, self.client.get("/v1/auth/me").json()["user"]["email"])
            client = identity.ClientInfo("web", "browser")
            issued = identity.start_session(tx, user, client, seconds=3600, method="link")
            return str(identity.authenticate(tx, issued.text).device_id)


@pytest.fixture(scope="module")
def estate(server: TestServer) -> Iterator[Estate]:
    with server.person() as client:
        yield Estate(server, client)


@pytest.fixture(scope="module")
def mallory(server: TestServer) -> Iterator[httpx.Client]:
    with server.person() as client:
        yield client


OWNED = [endpoint for endpoint in GUARDED if set(parameters(endpoint)) - NOT_OWNED]


@pytest.mark.parametrize("endpoint", OWNED, ids=lines(OWNED))
def test_what_belongs_to_another_looks_like_nothing(estate: Estate, mallory: httpx.Client, endpoint: Endpoint) -> None:
    owned = [name for name in parameters(endpoint) if name not in NOT_OWNED]
    missing = [name for name in owned if not hasattr(estate, f"make_{name}")]
    if missing:
        pytest.fail(f"teach Estate to make {missing}, or say in NOT_OWNED that nobody owns it")
    foreign = call(mallory, endpoint, url(endpoint, **{name: estate.of(name) for name in owned}))
    unknown = call(mallory, endpoint, url(endpoint, **dict.fromkeys(owned, "0" * 26)))
    assert foreign.status_code == unknown.status_code
    assert foreign.text == unknown.text
    assert foreign.status_code in ({404} if endpoint.body is None and not endpoint.raw else {404, 422})
