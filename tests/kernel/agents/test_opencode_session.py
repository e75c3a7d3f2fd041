"""A turn of OpenCode whose server misbehaves: it has one end, with words for people."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from asterism.kernel.agents import AgentEvent, AgentJob, Ended
from asterism.kernel.agents.opencode.server import DESK_TRIES, Server
from asterism.kernel.agents.opencode.session import LARGEST_EVENT, UNREADABLE, OpenCodeSession
from asterism.kernel.llm import Target

CONNECTED = {"status": "connected"}
BUSY = b'data: {"payload": {"type": "session.status", "properties": {"sessionID": "s", "status": {"type": "busy"}}}}\n'
DIED = "The agent's process ended unexpectedly. Try again."


class Odd:
    """A server that tells `events` and then nothing more; `dies`: its process ends then."""

    def __init__(self, events: list[bytes], *, dies: bool = False, closes: bool = False) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._events, self._dies, self._closes = events, dies, closes
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer), base_url="http://x")

    async def session(self) -> str:
        return "s"

    async def post(self, path: str, body: dict[str, object], *, seconds: float = 30) -> httpx.Response:
        return await self.client.post(path, json=body, timeout=seconds)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=_Told(self)) if request.url.path == "/global/event" else httpx.Response(204)

    async def told(self) -> AsyncIterator[bytes]:
        for event in self._events:
            yield event
        if self._dies:
            self.ended.set_result(None)
        if not self._closes:
            await asyncio.Event().wait()


class _Told(httpx.AsyncByteStream):
    def __init__(self, odd: Odd) -> None:
        self._odd = odd

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._odd.told():
            yield data


@pytest.mark.parametrize(
    ("events", "how", "error"),
    [
        ([BUSY], {"dies": True}, DIED),
        ([BUSY], {"closes": True}, DIED),
        ([BUSY, b"data: {nothing\n"], {}, UNREADABLE),
        ([b"data: " + b"[" * 200_000 + b"\n"], {}, UNREADABLE),
        ([b"x" * (1 << 20)] * ((LARGEST_EVENT >> 20) + 1), {}, UNREADABLE),
    ],
    ids=["dies", "stops telling", "garbage", "deep garbage", "no end of a line"],
)
def test_a_server_that_misbehaves_fails_the_turn(events: list[bytes], how: dict[str, bool], error: str) -> None:
    async def body() -> list[AgentEvent]:
        odd = Odd(events, **how)
        session = OpenCodeSession(odd, AgentJob(Path("/"), "Do it", Target("local", "demo", "http://x")))  # type: ignore[arg-type]
        async with asyncio.timeout(60):
            await session.run()
            return [event async for event in session.events()]

    assert asyncio.run(body()) == [Ended("failed", error)]


@pytest.mark.parametrize("failures", [0, 1, DESK_TRIES - 1, DESK_TRIES])
def test_a_server_that_did_not_find_its_lookups_is_told_to_look_again(failures: int) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        if request.method == "POST":
            return httpx.Response(200, json=True)
        lost = asked.count("GET /mcp") <= failures
        return httpx.Response(200, json={"asterism": {"status": "failed", "error": "No."} if lost else CONNECTED})

    async def body() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://x") as client:
            await Server(client, None, None, None).find_lookups()  # type: ignore[arg-type]

    if failures == DESK_TRIES:
        with pytest.raises(ValueError, match="does not reach"):
            asyncio.run(body())
    else:
        asyncio.run(body())
    assert asked.count("POST /mcp/asterism/connect") == failures
