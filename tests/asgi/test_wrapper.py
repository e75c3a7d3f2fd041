"""The outermost wrapper, driven as a server drives it: HTTP and WebSocket alike."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from asterism.asgi.addresses import Addresses, read_networks
from asterism.asgi.crowd import Crowd
from asterism.asgi.incoming import TIMED_OUT, Incoming
from asterism.asgi.wrapper import Wrapper
from asterism.faces.local.realm import LocalRealm
from asterism.faces.v1.realm import V1Realm

App = Callable[[Any, Any, Any], Awaitable[None]]
Sent = list[dict[str, Any]]


def wrapped(app: App, *, cors: str = "*", crowd: Crowd | None = None, proxies: str = "") -> Wrapper:
    addresses = Addresses("http://127.0.0.1:3000", proxies=read_networks(proxies))
    return Wrapper(app, [LocalRealm(serves_api=True), V1Realm.parse(cors)], addresses, crowd)


async def hello(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def ask(wrapper: Wrapper, path: str, method: str = "GET", kind: str = "http", **more: Any) -> Sent:
    headers = [(b"host", b"localhost"), *more.get("headers", [])]
    scope = {"type": kind, "path": path, "headers": headers, "client": (more.get("peer", "192.0.2.1"), 1)}
    if kind == "http":
        scope["method"] = method
    sent: Sent = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await wrapper(scope, receive, send)
    return sent


def headers_of(message: dict[str, Any]) -> dict[bytes, bytes]:
    return dict(message["headers"])


async def opened(path: str, *headers: tuple[bytes, bytes], cors: str = "*") -> dict[str, Any]:
    """Return the first thing that a WebSocket on this path is told."""
    return (await ask(wrapped(hello, cors=cors), path, kind="websocket", headers=headers))[0]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/socket", [(b"origin", b"http://evil.example")]),
        ("/api/socket", [(b"origin", b"http://[::1].evil.com")]),
        ("/api/socket", [(b"origin", b"null")]),
        ("/api/socket", [(b"sec-fetch-site", b"cross-site")]),
        ("/api/socket", [(b"host", b"evil.example")]),
        ("/v1/socket", [(b"host", b"evil.example")]),
        ("/v1/socket", [(b"origin", b"http://evil.example")]),
    ],
)
def test_a_websocket_meets_the_rules_of_its_path(path: str, headers: list[tuple[bytes, bytes]]) -> None:
    told = asyncio.run(opened(path, *headers, cors="http://app.example"))
    assert (told["type"], told["status"] >= 400) == ("websocket.http.response.start", True)  # refused before it is one


def test_a_websocket_of_a_listed_page_or_of_no_page_comes_in() -> None:
    listed = (b"origin", b"http://app.example")
    assert asyncio.run(opened("/v1/socket", listed, cors="http://app.example"))["type"] == "websocket.accept"
    assert asyncio.run(opened("/v1/socket", cors="http://app.example"))["type"] == "websocket.accept"
    assert asyncio.run(opened("/api/socket", (b"origin", b"http://localhost:5")))["type"] == "websocket.accept"


@pytest.mark.parametrize("path", ["/v1/health", "/api/health", "/health", "/metrics"])
def test_two_hosts_are_one_too_many(path: str) -> None:
    start, _ = asyncio.run(ask(wrapped(hello), path, headers=[(b"host", b"localhost")]))
    assert start["status"] == 400


def test_nobody_keeps_the_others_out() -> None:
    async def scenario() -> None:
        inside, leave = asyncio.Event(), asyncio.Event()

        async def slow(scope: Any, receive: Any, send: Any) -> None:
            if scope["path"] == "/v1/slow":
                inside.set()
                await leave.wait()
            await hello(scope, receive, send)

        wrapper = wrapped(slow, crowd=Crowd(total=3, each=1), proxies="10.0.0.0/8")
        waiting = asyncio.create_task(ask(wrapper, "/v1/slow"))
        await inside.wait()
        start, body = await ask(wrapper, "/v1/projects")
        assert (start["status"], headers_of(start)[b"retry-after"]) == (429, b"5")
        assert msgspec.json.decode(body["body"])["error"]["code"] == "RATE_LIMITED"
        assert msgspec.json.decode((await ask(wrapper, "/api/config"))[1]["body"])["error"]["code"] == "RATE_LIMITED"
        assert (await ask(wrapper, "/health"))[0]["status"] == 200
        assert (await ask(wrapper, "/v1/projects", peer="192.0.2.2"))[0]["status"] == 200
        told = [(b"x-forwarded-for", b"203.0.113.9")]
        assert (await ask(wrapper, "/v1/projects", peer="10.0.0.1", headers=told))[0]["status"] == 200
        assert (await ask(wrapper, "/v1/projects", kind="websocket"))[0]["status"] == 429
        leave.set()
        await waiting
        assert (await ask(wrapper, "/v1/projects"))[0]["status"] == 200

    asyncio.run(scenario())


def test_methods_that_nobody_knows_are_counted_as_one() -> None:
    async def scenario() -> None:
        for number in range(50):
            await ask(wrapped(hello), "/v1/x", method=f"M{number}")

    asyncio.run(scenario())
    labels = [s.labels["method"] for metric in REGISTRY.collect() for s in metric.samples if "method" in s.labels]
    assert not [label for label in labels if label.startswith("M")]
    assert "other" in labels


def test_a_body_that_stops_is_given_up() -> None:
    async def scenario() -> None:
        async def never() -> Any:
            await asyncio.Event().wait()

        stalled = Incoming(never, {b"content-length": b"10"}, pause=0.01)
        assert (await stalled.receive())["type"] == TIMED_OUT
        trickling = Incoming(piece, {b"transfer-encoding": b"chunked"}, first=0.0)
        told = [(await trickling.receive())["type"] for _ in range(2)]
        assert TIMED_OUT in told

    async def piece() -> Any:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"x", "more_body": True}

    asyncio.run(scenario())


@pytest.mark.parametrize("length", [b"99999999999999", b"9" * 400, b"33554433000"])
def test_what_would_never_be_read_whole_is_not_waited_for(length: bytes) -> None:
    async def never() -> Any:
        raise AssertionError("nothing is to be received")

    asyncio.run(Incoming(never, {b"content-length": length}).drain())


def test_what_a_refused_client_is_still_sending_is_read() -> None:
    left = [b"x" * 10, b"x" * 10, b""]

    async def scenario() -> None:
        async def piece() -> Any:
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        await Incoming(piece, {b"content-length": b"20"}).drain()

    asyncio.run(scenario())
    assert not left


def test_a_body_that_nobody_wants_is_read_before_the_answer_too() -> None:
    """The server below would close the connection of a client that is still sending, whatever it is answered."""
    left, told = [b"x" * 10, b"x" * 10], []

    async def receive() -> Any:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Any) -> None:
        told.append((message["type"], len(left)))

    headers = [(b"host", b"localhost"), (b"content-length", b"20")]
    scope = {"type": "http", "method": "POST", "path": "/v1/x", "headers": headers, "client": ("192.0.2.1", 1)}
    asyncio.run(wrapped(hello)(scope, receive, send))
    assert told == [("http.response.start", 0), ("http.response.body", 0)]


@pytest.mark.parametrize("path", ["/v1/projects", "/v1/nothing/like/it", "/api/reviews", "/device"])
def test_who_comes_to_a_closed_server_is_sent_away_for_a_moment(path: str) -> None:
    wrapper = wrapped(hello)
    assert asyncio.run(ask(wrapper, path))[0]["status"] == 200
    wrapper.close()
    start, body = asyncio.run(ask(wrapper, path))
    assert (start["status"], headers_of(start)[b"retry-after"]) == (503, b"5")
    assert b"The server is stopping." in body["body"]
    if path.startswith(("/v1", "/api")):
        assert msgspec.json.decode(body["body"])["error"]["code"] == "SHUTTING_DOWN"
    oauth = msgspec.json.decode(asyncio.run(ask(wrapper, "/v1/oauth/token", "POST"))[1]["body"])
    assert oauth == {"error": "server_error", "error_description": "The server is stopping."}
    assert asyncio.run(ask(wrapper, path, kind="websocket"))[0]["type"] != "websocket.accept"
    assert asyncio.run(ask(wrapper, "/health"))[0]["status"] == 200
