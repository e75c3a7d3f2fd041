"""Frames of an event stream are sent together where they come together, and silence is filled."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable

import pytest

from asterism.asgi.sse import TOGETHER, with_heartbeat
from tests.support.facts import PATIENCE


def run(work: Awaitable[list[bytes]]) -> list[bytes]:
    return asyncio.run(asyncio.wait_for(work, PATIENCE))


def test_a_burst_is_one_chunk_and_what_comes_later_another() -> None:
    gate = asyncio.Event()

    async def frames() -> AsyncGenerator[bytes, None]:
        for n in range(3):
            yield b"%d" % n
        await gate.wait()
        yield b"late"

    async def work() -> list[bytes]:
        seen = []
        async for chunk in with_heartbeat(frames(), every=PATIENCE):
            seen.append(chunk)
            gate.set()
        return seen

    assert run(work()) == [b"012", b"late"]


def test_silence_is_filled_and_ends_nothing() -> None:
    gate = asyncio.Event()

    async def frames() -> AsyncGenerator[bytes, None]:
        yield b"first"
        await gate.wait()
        yield b"last"

    async def work() -> list[bytes]:
        seen = []
        async for chunk in with_heartbeat(frames(), every=0.001, beat=b"-"):
            seen.append(chunk)
            if len(seen) == 4:
                gate.set()
        return seen

    seen = run(work())
    assert (seen[0], seen[-1]) == (b"first", b"last")
    assert len(seen) >= 5
    assert set(seen[1:-1]) == {b"-"}


def test_no_more_is_read_ahead_than_is_sent_together() -> None:
    read = 0

    async def frames() -> AsyncGenerator[bytes, None]:
        nonlocal read
        for _ in range(5):
            read += 1
            yield bytes(TOGETHER // 2)

    async def work() -> list[bytes]:
        beating = with_heartbeat(frames(), every=PATIENCE)
        first = await anext(beating)
        assert (len(first), read) == (TOGETHER, 2)
        return [first, *[chunk async for chunk in beating]]

    assert [len(chunk) for chunk in run(work())] == [TOGETHER, TOGETHER, TOGETHER // 2]


def test_what_frames_raise_comes_after_what_they_said() -> None:
    async def frames() -> AsyncGenerator[bytes, None]:
        yield b"said"
        raise ValueError("broken")

    async def work() -> list[bytes]:
        beating = with_heartbeat(frames(), every=PATIENCE)
        assert await anext(beating) == b"said"
        return [await anext(beating)]

    with pytest.raises(ValueError, match="broken"):
        run(work())


@pytest.mark.parametrize("much", [1, TOGETHER])
def test_who_stops_reading_closes_the_frames(much: int) -> None:
    closed: list[bytes] = []

    async def frames() -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield bytes(much)
                if much == 1:
                    await asyncio.Event().wait()
        finally:
            closed.append(b"closed")

    async def work() -> list[bytes]:
        beating = with_heartbeat(frames(), every=PATIENCE)
        await anext(beating)
        await beating.aclose()
        return closed

    assert run(work()) == [b"closed"]
