"""Every adapter of the port `Upstreams`: redirects, repeats, limits of time and size."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from asterism.kernel.loopback import Asked, FakeService, Given
from asterism.kernel.upstreams import Call, HttpUpstreams, MemoryUpstreams, Reply, UpstreamFailure, Upstreams, path_of

Answer = Callable[[str, str], Given]
"""What a service answers to a method and a path."""


@dataclass
class World:
    """An adapter, the base address that it reaches, and the methods and paths that were asked for."""

    upstreams: Upstreams
    base: str
    asked: Callable[[], list[tuple[str, str]]]


class Service(FakeService):
    """A service that answers by a function."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(prefix="/api")
        self._answer = answer

    def respond(self, asked: Asked) -> Given:
        return self._answer(asked.method, asked.path)


@asynccontextmanager
async def world(kind: str, answer: Answer) -> AsyncIterator[World]:
    if kind == "memory":
        base = "http://127.0.0.1:9/api"

        def reply(call: Call, url: str) -> Reply:
            given = answer(call.method, url.partition("?")[0].removeprefix(base))
            raw = given.body if isinstance(given.body, bytes) else json.dumps(given.body).encode()
            return Reply(given.status, {**given.headers}, raw)

        memory = MemoryUpstreams(reply)
        yield World(memory, base, lambda: [(c.method, u.partition("?")[0].removeprefix(base)) for c, u in memory.calls])
        return
    async with Service(answer) as service:
        http = HttpUpstreams(connect=5, total=30)
        yield World(http, service.url, lambda: [(asked.method, asked.path) for asked in service.asked])
        await http.stop()


def run(kind: str, answer: Answer, body: Callable[[World], Awaitable[None]]) -> None:
    async def main() -> None:
        async with world(kind, answer) as made, asyncio.timeout(60):
            await body(made)

    asyncio.run(main())


every_adapter = pytest.mark.parametrize("kind", ["memory", "http"])


@every_adapter
def test_a_reply_comes_back_whatever_its_status(kind: str) -> None:
    async def body(w: World) -> None:
        reply = await w.upstreams.send(Call("POST", w.base, path_of("a b", "ü/c"), json={"x": 1}))
        assert (reply.status, reply.ok, reply.decode(dict[str, int])) == (418, False, {"x": 2})
        with pytest.raises(UpstreamFailure, match="broken"):
            reply.decode(list[int])
        assert w.asked() == [("POST", "/a%20b/%C3%BC%2Fc")]

    run(kind, lambda _method, _path: Given(418, {"x": 2}), body)


@every_adapter
def test_redirects_stay_at_home_and_end(kind: str) -> None:
    def answer(_method: str, path: str) -> Given:
        targets = {
            "/one": "/api/two",
            "/far": "http://example.invalid/x",
            "/scheme": "https://127.0.0.1/x",
            "/none": "",
        }
        if path in targets:
            return Given(302, {}, {"location": targets[path]} if targets[path] else {})
        return Given(302, {}, {"location": "/api/loop"}) if path == "/loop" else Given(200, {"at": path})

    async def body(w: World) -> None:
        assert (await w.upstreams.send(Call("GET", w.base, "/one", read=True))).decode(dict[str, str]) == {"at": "/two"}
        for path in ("/far", "/scheme", "/none", "/loop"):
            with pytest.raises(UpstreamFailure, match="redirect"):
                await w.upstreams.send(Call("GET", w.base, path, read=True))
        assert len([path for _, path in w.asked() if path == "/loop"]) == 4

    run(kind, answer, body)


@every_adapter
def test_a_write_is_repeated_at_its_new_place_or_not_at_all(kind: str) -> None:
    def answer(method: str, path: str) -> Given:
        status = {"/moved": 307, "/found": 302}.get(path)
        return Given(status, {}, {"location": "/api/new"}) if status else Given(200, {"method": method})

    async def body(w: World) -> None:
        moved = await w.upstreams.send(Call("POST", w.base, "/moved", json={}))
        assert moved.decode(dict[str, str]) == {"method": "POST"}
        with pytest.raises(UpstreamFailure, match="redirect"):
            await w.upstreams.send(Call("POST", w.base, "/found", json={}))
        assert w.asked()[-1] == ("POST", "/found")

    run(kind, answer, body)


@every_adapter
@pytest.mark.parametrize(
    ("status", "headers", "read", "times"),
    [
        (503, {}, True, 2),
        (503, {}, False, 1),
        (429, {"retry-after": "0"}, True, 2),
        (429, {"retry-after": "3"}, True, 1),
        (429, {}, True, 1),
        (429, {"retry-after": "0"}, False, 1),
        (404, {}, True, 1),
    ],
)
def test_reads_are_repeated_once_after_a_passing_trouble(
    kind: str, status: int, headers: dict[str, str], read: bool, times: int
) -> None:
    async def body(w: World) -> None:
        reply = await w.upstreams.send(Call("GET" if read else "POST", w.base, "/x", read=read))
        assert reply.status == status
        assert len(w.asked()) == times

    run(kind, lambda _method, _path: Given(status, {}, headers), body)


def test_an_upstream_that_hangs_or_sends_too_much_or_half_of_it() -> None:
    async def main() -> None:
        async with Service(lambda _method, _path: Given(200, b"x" * (10 * 1024 * 1024 + 1))) as service:
            upstreams = HttpUpstreams(total=30)
            with pytest.raises(UpstreamFailure, match="oversize"):
                await upstreams.send(Call("GET", service.url, "/big", read=True))
            service.fail("/half", cut=True, status=200)
            with pytest.raises(UpstreamFailure, match="broken"):
                await upstreams.send(Call("GET", service.url, "/half", read=True))
            service.fail("/hang", hang=True)
            impatient = HttpUpstreams(total=0.2)
            with pytest.raises(UpstreamFailure, match="timeout"):
                await impatient.send(Call("GET", service.url, "/hang", read=True))
            await upstreams.stop()
            await impatient.stop()

    asyncio.run(main())


def test_cancelling_hangs_up() -> None:
    async def main() -> None:
        async with Service(lambda _method, _path: Given(200)) as service, asyncio.timeout(60):
            service.fail("/hang", hang=True)
            upstreams = HttpUpstreams()
            waiting = asyncio.create_task(upstreams.send(Call("GET", service.url, "/hang", read=True)))
            while not service.asked:
                await asyncio.sleep(0)
            waiting.cancel()
            while not service.asked[0].closed_early:
                await asyncio.sleep(0)
            await upstreams.stop()

    asyncio.run(main())


def test_nobody_there() -> None:
    async def main() -> None:
        async with Service(lambda _method, _path: Given(200)) as service:
            gone = service.url
        upstreams = HttpUpstreams()
        with pytest.raises(UpstreamFailure, match="unreachable"):
            await upstreams.send(Call("GET", gone, "/x", read=True))
        await upstreams.stop()

    asyncio.run(main())
