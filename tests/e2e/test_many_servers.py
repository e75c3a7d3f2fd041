"""Three servers on one PostgreSQL and one S3 store behind a plain balancer: one installation, whoever answers.

Each is a process of its own with a data folder of its own; they share the database, the bucket and the master key.
"""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from asterism.features.accounts import identity
from asterism.kernel.db import open_database
from asterism.kernel.db.migrate import newest_revision, set_revision, upgrade
from asterism.kernel.llm.fake_server import FakeModelServer, Script, running_in_thread
from asterism.kernel.secrets import FileKeyStore, rotate
from asterism.server.schema import declare_tables
from tests.support.balancer import Balancer
from tests.support.databases import drop_postgres, fresh_postgres_url
from tests.support.facts import until
from tests.support.killable import KillableServer
from tests.support.s3 import s3_server
from tests.support.server import free_port
from tests.support.sockets import Stream, kinds
from tests.support.sse import parse_frames
from tests.support.trees import error, make_project, make_workspace, name_of, ok, push, put_tree
from tests.support.turns import Person, by_prompt

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("fleet")]
SERVERS = 3


class Fleet:
    """The servers, what they share, and a balancer in front of them."""

    def __init__(self, folder: Path, model: FakeModelServer) -> None:
        s3 = s3_server()
        self.folder, self.database, self.key = folder, fresh_postgres_url(), folder / "master.key"
        self.ports = [free_port() for _ in range(SERVERS)]
        self._settings: dict[str, Any] = {
            "database_url": self.database,
            "object_store": f"s3://{s3.bucket()}/fleet",
            "master_key_file": self.key,
            "local_base_url": model.url,
            "local_model": "demo",
            "rate_limits": "off",
        }
        self._environment = s3.environment
        self.servers = [self.start(number) for number in range(SERVERS)]
        self.model = model

    def start(self, number: int) -> KillableServer:
        data, port = self.folder / f"data{number}", self.ports[number]
        data.mkdir(exist_ok=True, mode=0o700)
        return KillableServer(data, port, by_prompt, environment=self._environment, **self._settings)

    def token(self) -> str:
        """Make a person, and return a token."""
        db = open_database(self.database)
        try:
            with db.write() as tx:
                user = identity.add_user(tx, f"{os.urandom(4).hex()}@example.org")
                return identity.create_token(tx, user, kind="u", name="test", client="cli", seconds=3600).text
        finally:
            db.close()

    def clients(self, *urls: str) -> list[httpx.Client]:
        """Return one client of a new person for each address; none keeps a connection open."""
        headers, limits = {"Authorization": f"Bearer {self.token()}"}, httpx.Limits(max_keepalive_connections=0)
        return [
            httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False, limits=limits)
            for url in urls or [server.url for server in self.servers]
        ]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with running_in_thread() as model:
        fleet = Fleet(tmp_path_factory.mktemp("fleet"), model)
        yield fleet
        for server in fleet.servers:
            server.kill()
        drop_postgres(fleet.database)


def frames_of(client: httpx.Client, run: str, into: list[bytes]) -> threading.Thread:
    """Follow a run in the background, to its end."""

    def follow() -> None:
        with client.stream("GET", f"/v1/runs/{run}/events", params={"after": 0}) as answer:
            for piece in answer.iter_raw():
                into.append(piece)  # noqa: PERF402 - what came so far is looked at meanwhile

    thread = threading.Thread(target=follow)
    thread.start()
    return thread


def begin_run(client: httpx.Client, chat: str) -> str:
    with client.stream("POST", f"/v1/chats/{chat}/run") as answer:
        return str(answer.headers["x-run-id"])  # and leave it: a run is nobody's connection


def make_chat(client: httpx.Client) -> str:
    project = make_project(client)
    chat = str(ok(client.post(f"/v1/projects/{project}/chats"), 201)["chat"]["id"])
    ok(client.post(f"/v1/chats/{chat}/messages", json={"role": "user", "content": "Tell me"}), 201)
    return chat


def test_a_chat_is_answered_by_one_heard_at_another_and_cancelled_at_a_third(fleet: Fleet) -> None:
    one, two, three = fleet.clients()
    chat, seen = make_chat(one), list[bytes]()
    fleet.model.play(Script(("first ", *["more "] * 600), delay=0.2))
    run = begin_run(one, chat)
    following = frames_of(two, run, seen)
    until(lambda: b"first " in b"".join(seen))
    ok(three.post(f"/v1/chats/{chat}/cancel"))
    following.join(60)
    last = parse_frames(b"".join(seen))[-1]
    assert (last.event, last.data["code"]) == ("run.error", "CANCELLED")
    assert ok(two.get(f"/v1/runs/{run}"))["run"]["status"] == "cancelled"


def test_turns_tickets_and_sockets_go_through_any(fleet: Fleet) -> None:
    one, two, three = fleet.clients()
    person = Person(one)
    ticket = ok(two.post(person.path("/stream-ticket")))["ticket"]
    with Stream(three, person.conversation, ticket=ticket) as stream:
        stream.until("ready")
        person.send("said hang")
        stream.until("opencode_event")
        assert ok(two.post(person.path("/cancel"), json={}))
        told = stream.until("message_complete")
        assert "message_complete" in kinds(told)
    [answer] = [message for message in person.messages() if message["role"] == "assistant"]
    assert answer["status"] == "cancelled"


def test_races_have_one_winner(fleet: Fleet) -> None:
    clients = fleet.clients()
    project = make_project(clients[0])
    main, other = make_workspace(clients[0], project), make_workspace(clients[0], project, name="other")
    push(clients[0], project, main, {"a": b"0"}, snapshot_id="s0")
    trees = [put_tree(client, {"a": b"%d" % n}) for n, client in enumerate(clients, 1)]

    def register(number: int) -> int:
        body = {
            "manifest_hash": trees[number],
            "snapshot_id": f"r{number}",
            "workspace_id": main,
            "expected_head": "s0",
        }
        return clients[number].post(f"/v1/projects/{project}/snapshots", json=body).status_code

    def make_main(number: int) -> int:
        return clients[number].post(f"/v1/workspaces/{(main, other)[number % 2]}/set-as-main").status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(register, range(3))) == [201, 409, 409]
        assert set(pool.map(make_main, [n % 3 for n in range(6)])) == {200}
    found = [
        workspace["is_main"] for workspace in ok(clients[2].get(f"/v1/projects/{project}/workspaces"))["workspaces"]
    ]
    assert sorted(found) == [False, True]


def test_content_and_sign_outs_are_everybodys_at_once(fleet: Fleet) -> None:
    with Balancer(fleet.ports) as balancer:
        one, two, balanced = fleet.clients(fleet.servers[0].url, fleet.servers[1].url, balancer.url)
        for number in range(6):
            ok(balanced.put(f"/v1/blobs/upload/{name_of(b'%d' % number)}", content=b"%d" % number), 201)
            assert balanced.get(f"/v1/blobs/download/{name_of(b'%d' % number)}").content == b"%d" % number
        ok(one.post("/v1/auth/logout", json={}))
        error(two.get("/v1/projects"), 401, "UNAUTHORIZED")


def test_a_new_master_key_is_seen_by_all(fleet: Fleet) -> None:
    clients = fleet.clients()
    path = f"/v1/projects/{make_project(clients[0])}/env-vars"

    def set_at(number: int, value: str) -> None:
        variables = [{"key": "TOKEN", "value": value, "is_secret": True}]
        ok(clients[number].put(path, json={"variables": variables}))

    def read() -> list[str]:
        return [ok(client.get(f"{path}/values"))["variables"][0]["value"] for client in clients]

    set_at(0, "one")
    assert read() == ["one"] * SERVERS
    declare_tables()
    db = open_database(fleet.database)
    try:
        before = FileKeyStore(fleet.key).load()
        report = rotate(db, FileKeyStore(fleet.key))
    finally:
        db.close()
    assert before is not None
    assert report.key_id != before.active
    assert read() == ["one"] * SERVERS
    set_at(1, "two")
    assert read() == ["two"] * SERVERS


def test_a_schema_that_only_grew_is_served_by_the_older_version_beside_the_newer(fleet: Fleet) -> None:
    """The first half of a rolling upgrade: a newer version has brought the schema up to date."""
    grown = ("projects", "workspaces", "snapshots", "blobs", "manifests", "trees")
    db = open_database(fleet.database)
    try:
        with db.write() as tx:
            for table in grown:
                tx.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN grown TEXT DEFAULT 'new'"))
            tx.execute(sa.text("CREATE TABLE grown (id TEXT PRIMARY KEY)"))
            set_revision(tx, "9999")
        for client in fleet.clients():
            project = make_project(client)
            pushed = push(client, project, make_workspace(client, project), {"a": b"grown"})
            assert ok(client.get(f"/v1/snapshots/{pushed['id']}"))["snapshot"]["complete"]
        assert not upgrade(db)  # what a start asks first; the migrations that are here serve this version
    finally:
        with db.write() as tx:
            for table in grown:
                tx.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN grown"))
            tx.execute(sa.text("DROP TABLE grown"))
            set_revision(tx, newest_revision())
        db.close()


def test_what_a_killed_server_performed_is_ended_by_the_others(fleet: Fleet) -> None:
    one, two, three = fleet.clients()
    chat, seen = make_chat(three), list[bytes]()
    fleet.model.play(Script(("first ", *["more "] * 600), delay=0.2))
    run = begin_run(three, chat)
    following = frames_of(one, run, seen)
    until(lambda: b"first " in b"".join(seen))
    person = Person(three)
    person.send("write kept hang")
    person.send("then")
    until(lambda: "kept" in str(person.get("/opencode-messages")))
    fleet.servers[2].kill()
    person.client = two
    try:
        following.join(60)
        last = parse_frames(b"".join(seen))[-1]
        assert (last.event, last.data["code"]) == ("run.error", "SERVER_RESTARTED")
        assert ok(two.get(f"/v1/runs/{run}"))["run"]["content"].startswith("first ")
        until(lambda: all(found["status"] not in ("pending", "running") for found in person.messages()))
        answers = [found for found in person.messages() if found["role"] == "assistant"]
        assert [found["status"] for found in answers] == ["failed", "completed"]
    finally:
        fleet.servers[2] = fleet.start(2)
