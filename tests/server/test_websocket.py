"""WebSockets on a real server: met by the same rules as HTTP, before any route of theirs exists."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from asterism.server.front import Front
from asterism.server.serve import listening
from asterism.server.settings import Settings
from tests.support.server import free_port


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Accept and send back what comes, until it ends."""
    assert scope["type"] == "websocket"
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


def served(folder: Path, scenario: Callable[[int], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        port = free_port()
        chosen = Settings(data_dir=folder, port=port, **settings)
        front = Front(chosen)
        front.open(echo)
        async with listening(front, chosen):
            await scenario(port)

    asyncio.run(run())


def at(port: int, path: str, host: str = "localhost", **headers: str) -> connect:
    return connect(f"ws://{host}:{port}{path}", additional_headers=headers, proxy=None)


async def said(socket: ClientConnection, text: str) -> str:
    await socket.send(text)
    return str(await socket.recv())


def test_words_go_both_ways(tmp_path: Path) -> None:
    async def scenario(port: int) -> None:
        for path in ("/v1/socket", "/api/socket"):
            async with at(port, path) as socket:
                assert await said(socket, "hello") == "hello"

    served(tmp_path, scenario)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/socket", {"Origin": "http://evil.example"}),
        ("/api/socket", {"Origin": "http://[::1].evil.com"}),
        ("/api/socket", {"Sec-Fetch-Site": "cross-site"}),
        ("/v1/socket", {"Origin": "http://evil.example"}),
    ],
)
def test_a_foreign_page_is_refused(tmp_path: Path, path: str, headers: dict[str, str]) -> None:
    async def scenario(port: int) -> None:
        with pytest.raises(InvalidStatus) as caught:
            async with at(port, path, **headers):
                pass
        assert caught.value.response.status_code == 403

    served(tmp_path, scenario, cors_origins="http://app.example")
