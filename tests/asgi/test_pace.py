"""Event streams are sent no faster than readers in browsers can take them."""

import asyncio
from collections.abc import AsyncGenerator

from hypothesis import given
from hypothesis import strategies as st

from asterism.asgi.sse import BURST_BYTES, BYTES_PER_SECOND, paced

LARGEST_FRAME = 256 << 10
MOST_AT_ONCE = 1 << 20


class Time:
    """A clock that goes on where somebody sleeps, and by `step` seconds with each look at it."""

    def __init__(self, step: float) -> None:
        self.now, self.step, self.slept = 100.0, step, list[float]()

    def look(self) -> float:
        self.now += self.step
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


async def sent(sizes: list[int], time: Time) -> list[tuple[float, int]]:
    """Return when how many bytes were sent."""

    async def frames() -> AsyncGenerator[bytes, None]:
        for size in sizes:
            yield bytes(size)

    return [(time.now, len(one)) async for one in paced(frames(), clock=time.look, sleep=time.sleep)]


@given(st.lists(st.integers(1, LARGEST_FRAME), max_size=60))
def test_what_is_replayed_comes_in_portions(sizes: list[int]) -> None:
    time = Time(0)
    portions: dict[float, int] = {}
    for moment, size in asyncio.run(sent(sizes, time)):
        portions[moment] = portions.get(moment, 0) + size
    assert sum(portions.values()) == sum(sizes)
    assert max(portions.values(), default=0) < min(MOST_AT_ONCE, BURST_BYTES + LARGEST_FRAME + 1)
    assert sum(time.slept) <= sum(sizes) / BYTES_PER_SECOND + 1e-6
    assert not time.slept or min(time.slept) >= BURST_BYTES / BYTES_PER_SECOND - 1e-6


def test_what_comes_as_it_happens_is_not_held_up() -> None:
    time = Time(LARGEST_FRAME / BYTES_PER_SECOND)
    assert len(asyncio.run(sent([LARGEST_FRAME] * 100, time))) == 100
    assert time.slept == []


def test_frames_are_closed_with_their_reader() -> None:
    closed = list[str]()

    async def frames() -> AsyncGenerator[bytes, None]:
        try:
            yield b"x"
            yield b"y"
        finally:
            closed.append("frames")

    async def read_one() -> None:
        reader = paced(frames())
        assert await anext(reader) == b"x"
        await reader.aclose()

    asyncio.run(read_one())
    assert closed == ["frames"]
