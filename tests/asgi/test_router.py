"""The table of paths: what answers a request or meets a WebSocket, and what is told where nothing does."""

import asyncio
from typing import Any

import msgspec
import pytest
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from asterism.asgi.answers import Sent
from asterism.asgi.router import MethodNotAllowed, NoRoute, Router
from asterism.base.errors import Invalid

Told = list[dict[str, Any]]


class Cut(Exception):
    """Breaks off."""


async def echo(request: Request) -> Any:
    if request.path_params.get("item") == "bug":
        raise Cut
    if request.path_params.get("item") == "cut":

        async def half(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise Cut

        return half
    return Sent(msgspec.json.encode([request.scope["path_template"], request.path_params]), 200, {})


async def meet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.path_params["item"])


def refuse(_connection: HTTPConnection, error: Exception) -> Response:
    status = {NoRoute: 404, MethodNotAllowed: 405, Invalid: 400}.get(type(error), 500)
    return Response(repr(error), status_code=status)


def table() -> Router:
    router = Router("the runtime", refuse)
    for method, path in [
        ("GET", "/"),
        ("GET", "/things"),
        ("POST", "/things"),
        ("GET", "/things/newest"),
        ("GET", "/things/{item:str}"),
        ("PUT", "/things/{item:str}/parts/{part:str}"),
        ("GET", "/things/oldest/parts"),
        ("GET", "/rooms/{rest:path}"),
    ]:
        router.add(method, path, echo)
    router.add_socket("/things/{item:str}/stream", meet)
    return router


def ask(path: str, method: str = "GET", host: bytes = b"localhost:3000", kind: str = "http") -> Told:
    sent: Told = []

    async def receive() -> Any:
        return {"type": "websocket.connect" if kind == "websocket" else "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "query_string": b"", "headers": [(b"host", host)]}
    asyncio.run(table()(scope, receive, send))
    assert scope["runtime"] == "the runtime"
    return sent


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/", ["/", {}]),
        ("GET", "/things", ["/things", {}]),
        ("GET", "/things/newest", ["/things/newest", {}]),
        ("GET", "/things/ä b", ["/things/{item}", {"item": "ä b"}]),
        ("PUT", "/things/1/parts/2", ["/things/{item}/parts/{part}", {"item": "1", "part": "2"}]),
        ("GET", "/things/oldest", ["/things/{item}", {"item": "oldest"}]),
        ("PUT", "/things/oldest/parts/2", ["/things/{item}/parts/{part}", {"item": "oldest", "part": "2"}]),
        ("GET", "/rooms/a", ["/rooms/{rest}", {"rest": "a"}]),
        ("GET", "/rooms/a/b/c", ["/rooms/{rest}", {"rest": "a/b/c"}]),
    ],
)
def test_an_answer_is_found_by_method_and_path(method: str, path: str, found: list[Any]) -> None:
    start, body = ask(path, method)
    assert (start["status"], msgspec.json.decode(body["body"])) == (200, found)


@pytest.mark.parametrize(
    "path", ["", "/thing", "/things/", "//things", "/things/1/parts", "/things/1/stream", "/rooms"]
)
def test_nothing_is_found_elsewhere(path: str) -> None:
    assert ask(path)[0]["status"] == 404


def test_other_methods_of_a_path_are_told_which_there_are() -> None:
    start, body = ask("/things", "PATCH")
    assert (start["status"], body["body"]) == (405, b"MethodNotAllowed('This path does not take that method.')")
    start, _ = ask("/things", "OPTIONS")
    assert (start["status"], dict(start["headers"])[b"allow"]) == (204, b"GET, OPTIONS, POST")
    assert ask("/thing", "OPTIONS")[0]["status"] == 404


@pytest.mark.parametrize(("host", "status"), [(b"a_b.example:1", 200), (b"[::1]:3000", 200), (b"local host", 400)])
def test_a_host_holds_what_a_host_may_hold(host: bytes, status: int) -> None:
    assert ask("/things", host=host)[0]["status"] == status


def test_a_bug_is_worded_before_the_answer_has_begun_and_raised_after() -> None:
    start, body = ask("/things/bug")
    assert (start["status"], body["body"]) == (500, b"Cut()")
    with pytest.raises(Cut):
        ask("/things/cut")


def test_a_socket_is_met_or_told_that_there_is_none() -> None:
    opened, said = ask("/things/7/stream", kind="websocket")
    assert (opened["type"], said["text"]) == ("websocket.accept", "7")
    for path in ("/things/7", "/nothing"):
        start = ask(path, kind="websocket")[0]
        assert (start["type"], start["status"]) == ("websocket.http.response.start", 404)


def test_one_path_and_method_has_one_answer() -> None:
    with pytest.raises(ValueError, match="GET /things is answered twice"):
        table().add("GET", "/things", echo)


def test_one_path_has_one_set_of_names() -> None:
    with pytest.raises(ValueError, match=r"/things/\{thing\} is /things/\{item\} already"):
        table().add("PUT", "/things/{thing:str}", echo)
