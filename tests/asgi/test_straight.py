"""The straight way to an endpoint: what it knows, what it leaves to the framework, and what becomes of a bug."""

import asyncio
from typing import Any

import msgspec
import pytest
from litestar import Litestar, Response

from asterism.asgi.answers import Sent
from asterism.asgi.endpoint import Endpoint, declare
from asterism.asgi.straight import Straight

Sent_ = list[dict[str, Any]]


def endpoint(method: str, path: str) -> Endpoint:
    def handle(call: Any) -> None:
        """GET /: nothing."""

    return declare(method, path, None, {})(handle)


class Cut(Exception):
    """Breaks off."""


async def echo(request: Any) -> Any:
    if request.path_params.get("item") == "bug":
        raise Cut
    if request.path_params.get("item") == "cut":

        async def half(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise Cut

        return half
    return Sent(msgspec.json.encode([request.scope["path_template"], request.path_params]), 200, {})


def straight() -> Straight:
    mounts = [
        (endpoint("GET", "/things"), echo),
        (endpoint("GET", "/things/newest"), echo),
        (endpoint("GET", "/things/{item:str}"), echo),
        (endpoint("PUT", "/things/{item:str}/parts/{part:str}"), echo),
    ]
    return Straight(
        Litestar(openapi_config=None),
        mounts,
        ["/things/stream"],
        lambda _request, error: Response(repr(error), status_code=500),
    )


def ask(path: str, method: str = "GET", host: bytes = b"localhost:3000", kind: str = "http") -> Sent_:
    sent: Sent_ = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "method": method, "path": path, "query_string": b"", "headers": [(b"host", host)]}
    asyncio.run(straight()(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/things", ["/things", {}]),
        ("GET", "/things/newest", ["/things/newest", {}]),
        ("GET", "/things/ä b", ["/things/{item}", {"item": "ä b"}]),
        ("PUT", "/things/1/parts/2", ["/things/{item}/parts/{part}", {"item": "1", "part": "2"}]),
    ],
)
def test_an_endpoint_is_found_by_its_path(method: str, path: str, found: list[Any]) -> None:
    start, body = ask(path, method)
    assert (start["status"], msgspec.json.decode(body["body"])) == (200, found)


@pytest.mark.parametrize("path", ["/", "/thing", "/things/", "/things/1/parts", "/things/stream", "/things/1/parts/2"])
def test_what_is_not_known_is_the_frameworks(path: str) -> None:
    assert ask(path)[0]["status"] == 404


def test_an_odd_host_is_the_frameworks() -> None:
    assert ask("/things", host=b"local host")[0]["status"] == 400


def test_a_bug_is_worded_before_the_answer_has_begun_and_raised_after() -> None:
    start, body = ask("/things/bug")
    assert (start["status"], body["body"]) == (500, b"Cut()")
    with pytest.raises(Cut):
        ask("/things/cut")
