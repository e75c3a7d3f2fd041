"""Doors: one address below one path, whatever the asker writes."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.sandbox import Beyond, Streams, open_door, serving

ASKED = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hello there"}]}


def at_the_door(path: Path, body: Callable[[FakeModelServer, httpx.AsyncClient, Path], Awaitable[None]]) -> None:
    async def main() -> None:
        async with (
            asyncio.timeout(60),
            FakeModelServer() as fake,
            open_door(path / "d.sock", Beyond.of(fake.url)) as door,
            httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(door)), base_url="http://127.0.0.1") as client,
        ):
            await body(fake, client, door)

    asyncio.run(main())


def test_a_request_passes_with_its_stream_and_the_right_host(tmp_path: Path) -> None:
    async def body(fake: FakeModelServer, client: httpx.AsyncClient, _: Path) -> None:
        for _attempt in range(3):
            answer = await client.post("/v1/chat/completions", json=ASKED, headers={"authorization": "Bearer k"})
            assert answer.status_code == 200
            assert answer.text.rstrip().endswith("[DONE]")
        assert [call.prompt for call in fake.calls] == ["Hello there"] * 3
        assert fake.calls[0].key == "k"
        assert fake.calls[0].headers["host"] == fake.url.removeprefix("http://").removesuffix("/v1")

    at_the_door(tmp_path, body)


def test_an_asker_that_leaves_closes_the_connection_beyond(tmp_path: Path) -> None:
    async def body(fake: FakeModelServer, client: httpx.AsyncClient, _: Path) -> None:
        fake.play(Script(hang=True))
        async with client.stream("POST", "/v1/chat/completions", json=ASKED) as answer:
            assert answer.status_code == 200
        while not fake.calls[0].closed_early:
            await asyncio.sleep(0.01)

    at_the_door(tmp_path, body)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/../api/x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/%2e%2E/api/x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/%252e%252e/api/x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/..%5capi HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1//api HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET //v1/x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET http://127.0.0.1/v1/x HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT 127.0.0.1:80 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /v1/x HTTP/1.1\nGET /api/x HTTP/1.1\n\n",
        b"\x16\x03\x01\x02\x00",
        b"GET /v1/x HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 70_000,
    ],
)
def test_nothing_else_passes(head: bytes, tmp_path: Path) -> None:
    async def body(fake: FakeModelServer, _: httpx.AsyncClient, door: Path) -> None:
        reader, writer = await asyncio.open_unix_connection(str(door))
        writer.write(head)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        assert b" 200 " not in answer
        assert not fake.calls

    at_the_door(tmp_path, body)


def test_a_second_request_behind_the_first_is_not_carried(tmp_path: Path) -> None:
    async def body(fake: FakeModelServer, _: httpx.AsyncClient, door: Path) -> None:
        reader, writer = await asyncio.open_unix_connection(str(door))
        first = (
            b'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 27\r\n\r\n{"model":"m","messages":[]}'
        )
        writer.write(first + b"GET /api/x HTTP/1.1\r\nhost: x\r\n\r\n")
        answer = await reader.read()
        writer.close()
        assert answer.count(b"HTTP/1.1 ") == 1
        assert len(fake.calls) == 1

    at_the_door(tmp_path, body)


def test_an_address_that_is_not_there_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        async with asyncio.timeout(60), FakeModelServer() as fake:
            gone = fake.url
        async with open_door(tmp_path / "d.sock", Beyond.of(gone)) as door:
            transport = httpx.AsyncHTTPTransport(uds=str(door))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1") as client:
                assert (await client.get("/v1/models")).status_code == 502

    asyncio.run(main())


def test_where_a_door_leads() -> None:
    assert Beyond.of("https://api.example.com/v1") == Beyond("api.example.com", 443, True, "/v1/")
    assert Beyond.of("http://[::1]:8080") == Beyond("::1", 8080, False, "/")
    assert Beyond.of("https://api.example.com/v1/").url(4000) == "http://127.0.0.1:4000/v1"
    assert Beyond.of("http://[::1]:8080").authority == b"[::1]:8080"
    with pytest.raises(ValueError, match="http"):
        Beyond.of("ftp://example.com")


@pytest.mark.parametrize("rounds", range(6))
def test_whoever_came_a_moment_before_the_end_is_sent_away(tmp_path: Path, rounds: int) -> None:
    """However far the loop has come with a connection: waiting, accepted, without a task, carried."""

    async def carry(_: Streams) -> None:
        await asyncio.Event().wait()

    async def main() -> bytes:
        with socket.socket(socket.AF_UNIX) as near:
            near.settimeout(20)
            async with serving(tmp_path / "d.sock", carry):
                near.connect(str(tmp_path / "d.sock"))
                for _ in range(rounds):
                    await asyncio.sleep(0)
            try:
                return await asyncio.to_thread(near.recv, 1)
            except ConnectionResetError:
                return b""

    assert asyncio.run(main()) == b""


@pytest.mark.parametrize("rounds", range(4))
def test_a_door_that_is_given_up_while_it_opens_does_not_stay_open(tmp_path: Path, rounds: int) -> None:
    async def carry(_: Streams) -> None: ...

    async def keep() -> None:
        async with serving(tmp_path / "d.sock", carry):
            await asyncio.Event().wait()

    async def main() -> None:
        opening = asyncio.create_task(keep())
        for _ in range(rounds):
            await asyncio.sleep(0)
        opening.cancel()
        await asyncio.wait({opening})
        with socket.socket(socket.AF_UNIX) as near, pytest.raises(OSError):
            near.connect(str(tmp_path / "d.sock"))

    asyncio.run(main())
