"""The WebSocket of a conversation: who may open it, what it begins with, resuming, and how it ends (Fastest 8.7)."""

import re
import socket as sockets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from asterism.features.talk.conversations.events import WarningFrame
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer
from tests.support.sockets import Stream, kinds
from tests.support.trees import error, make_project, make_workspace, ok


@pytest.fixture
def conversation(alice: httpx.Client) -> str:
    """An empty conversation."""
    workspace = make_workspace(alice, make_project(alice), name="main")
    return str(ok(alice.post("/v1/conversations", json={"workspace_id": workspace}))["conversation"]["id"])


def rename(client: httpx.Client, conversation: str, *titles: str) -> None:
    for title in titles:
        ok(client.patch(f"/v1/conversations/{conversation}", json={"title": title}))


def refused(url: str, **headers: str) -> tuple[int, dict[str, Any]]:
    with pytest.raises(InvalidStatus) as caught, connect(url, proxy=None, additional_headers=headers):
        pass
    answer = caught.value.response
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-request-id"])
    return answer.status_code, msgspec.json.decode(bytes(answer.body or b"{}"))


def test_it_begins_with_ready_and_goes_on_live(alice: httpx.Client, conversation: str) -> None:
    with Stream(alice, conversation) as stream:
        ready = {
            "seq": 0,
            "replay": True,
            "type": "ready",
            "conversationId": conversation,
            "state": "idle",
            "queue": [],
        }
        assert stream.next() == ready
        assert list(stream.frames[0])[:3] == ["seq", "replay", "type"]
        rename(alice, conversation, "one", "two")
        told = [stream.next(), stream.next()]
        assert [(one["seq"], one["type"], one["conversation"]["title"]) for one in told] == [
            (1, "conversation_update", "one"),
            (2, "conversation_update", "two"),
        ]
        assert ok(alice.get(f"/v1/conversations/{conversation}/events"))["events"] == told


def test_a_client_goes_on_where_it_was(alice: httpx.Client, conversation: str) -> None:
    rename(alice, conversation, "one", "two", "three")
    with Stream(alice, conversation, after=1) as stream:
        assert [(one["seq"], one["type"]) for one in (stream.next(), stream.next(), stream.next())] == [
            (3, "ready"),
            (2, "conversation_update"),
            (3, "conversation_update"),
        ]
        rename(alice, conversation, "four")
        assert stream.next()["seq"] == 4
    with Stream(alice, conversation, after=99) as stream:
        assert kinds([stream.next(), stream.next()]) == ["ready", "reset"]
    with Stream(alice, conversation, after=4) as stream:
        assert kinds([stream.next()]) == ["ready"]
        rename(alice, conversation, "five")
        assert stream.next()["seq"] == 5


def test_a_ticket_opens_this_stream_once(alice: httpx.Client, conversation: str) -> None:
    path = f"/v1/conversations/{conversation}/stream-ticket"
    other = make_workspace(alice, make_project(alice), name="main")
    elsewhere = ok(alice.post("/v1/conversations", json={"workspace_id": other}))["conversation"]["id"]
    ticket = ok(alice.post(path))["ticket"]
    assert refused(Stream(alice, elsewhere, ticket=ticket).url)[0] == 401
    with Stream(alice, conversation, ticket=ticket) as stream:
        assert stream.next()["type"] == "ready"
    assert refused(Stream(alice, conversation, ticket=ticket).url)[0] == 401


def test_refusals_are_http(alice: httpx.Client, bob: httpx.Client, conversation: str) -> None:
    status, found = refused(Stream(alice, conversation, token="nonsense").url)
    assert (status, found["error"]["code"]) == (401, "UNAUTHORIZED")
    status, found = refused(Stream(bob, conversation).url)
    assert (status, found["error"]["code"]) == (404, "NOT_FOUND")
    status, found = refused(Stream(alice, conversation, after="x").url)
    assert (status, found["error"]["code"]) == (422, "VALIDATION_ERROR")
    bearer = {"Authorization": alice.headers["authorization"]}
    with connect(Stream(alice, conversation).url.partition("?")[0], proxy=None, additional_headers=bearer) as socket:
        assert "ready" in str(socket.recv(timeout=60))
    path = f"/v1/conversations/{conversation}/stream"
    answer = alice.get(path)
    error(answer, 426, "UPGRADE_REQUIRED")
    assert answer.headers["upgrade"] == "websocket"
    error(bob.get(path), 404, "NOT_FOUND")
    token = alice.headers["authorization"].removeprefix("Bearer ")
    with httpx.Client(base_url=alice.base_url, trust_env=False) as bare:
        error(bare.get(path), 401, "UNAUTHORIZED")
        error(bare.get(path, params={"token": token}), 426, "UPGRADE_REQUIRED")
        error(bare.get(f"/v1/conversations/{conversation}", params={"token": token}), 401, "UNAUTHORIZED")


@pytest.fixture
def quick(sqlite_factory: SqliteFactory, tmp_path: Path) -> Iterator[TestServer]:
    """A server that looks at open connections every tenth of a second, and knows one origin."""
    with TestServer(tmp_path, sqlite_factory.url(), sse_heartbeat=0.1, cors_origins="http://app.example") as running:
        yield running


def begin(client: httpx.Client) -> str:
    workspace = make_workspace(client, make_project(client), name="main")
    return str(ok(client.post("/v1/conversations", json={"workspace_id": workspace}))["conversation"]["id"])


def test_a_revoked_token_ends_it(quick: TestServer) -> None:
    with quick.person() as client:
        conversation = begin(client)
        with Stream(client, conversation) as stream:
            assert stream.next()["type"] == "ready"
            ok(client.post("/v1/auth/logout", json={}))
            assert stream.end() == 4401


def test_a_message_that_is_too_long_ends_it_and_others_are_dropped(quick: TestServer) -> None:
    with quick.person() as client:
        conversation = begin(client)
        with Stream(client, conversation) as stream:
            stream.next()
            stream.socket.send("x" * 65536)
            stream.socket.send(b"\x00\xff")
            rename(client, conversation, "still there")
            assert stream.next()["type"] == "conversation_update"
            stream.socket.send("x" * 65537)
            assert stream.end() == 1009


def test_pages_of_other_origins_are_refused(quick: TestServer) -> None:
    with quick.person() as client:
        url = Stream(client, begin(client)).url
        status, found = refused(url, Origin="http://evil.example")
        assert (status, found["error"]["code"]) == (403, "FORBIDDEN_ORIGIN")
        for origin in ("http://app.example", quick.url):
            with connect(url, proxy=None, additional_headers={"Origin": origin}) as socket:
                assert "ready" in str(socket.recv(timeout=60))


def test_a_server_that_stops_says_so(sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    with TestServer(tmp_path, sqlite_factory.url()) as running, running.person() as client:
        stream = Stream(client, begin(client)).__enter__()
        assert stream.next()["type"] == "ready"
    assert stream.end() == 1001


def test_whoever_does_not_read_is_let_go(quick: TestServer) -> None:
    with quick.person() as client:
        conversation = begin(client)
        stream = Stream(client, conversation)
        url = httpx.URL(stream.url)
        raw = sockets.create_connection((url.host, url.port))
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        request = f"GET {url.raw_path.decode()} HTTP/1.1\r\nHost: {url.netloc.decode()}\r\nUpgrade: websocket\r\n"
        raw.sendall(f"{request}Connection: Upgrade\r\n{key}\r\n".encode())
        assert b" 101 " in raw.recv(64)
        flood(quick, conversation)
        while len(quick.rt.sockets) > 0:
            flood(quick, conversation)
        raw.close()


def flood(server: TestServer, conversation: str) -> None:
    """Tell the log more than anybody may leave unread."""
    frames = [WarningFrame("x" * 500_000) for _ in range(10)]
    with server.rt.db.write() as tx:
        server.rt.streams.append_in(tx, f"conversation:{conversation}", *frames)
