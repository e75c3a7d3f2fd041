"""Tasks that nobody else holds, and the bell that wakes a waiter."""

import asyncio
import gc
import threading
import weakref

from asterism.kernel.background import Bell, Tasks


def test_a_task_is_held_until_it_ends_and_no_longer() -> None:
    async def work() -> None:
        tasks, go = Tasks(), asyncio.Event()
        done: list[str] = []

        async def wait() -> None:
            await go.wait()
            done.append("done")

        begun = weakref.ref(tasks.spawn(wait(), "one"))
        gc.collect()
        assert begun() is not None
        await tasks.ended("another", seconds=5)
        await tasks.ended("one", seconds=0)
        assert done == []
        go.set()
        await tasks.ended("one")
        assert done == ["done"]
        await asyncio.sleep(0)
        gc.collect()
        assert begun() is None

    asyncio.run(work())


def test_what_is_open_is_broken_off() -> None:
    async def work() -> None:
        tasks = Tasks()
        endless = tasks.spawn(asyncio.Event().wait())
        sleeping = tasks.spawn(asyncio.sleep(3600))
        await tasks.cancel()
        assert endless.cancelled()
        assert sleeping.cancelled()
        await tasks.cancel()

    asyncio.run(work())


def test_a_bell_wakes_from_any_thread_and_rings_once() -> None:
    async def work() -> None:
        bell = Bell()
        bell.ring()  # nobody listens yet
        bell.start()
        await bell.heard(0)
        ringing = threading.Thread(target=bell.ring)
        ringing.start()
        await bell.heard()
        ringing.join()
        waiting = asyncio.create_task(bell.heard())
        await asyncio.sleep(0)
        assert not waiting.done(), "heard twice"
        bell.ring()
        bell.ring()
        await waiting
        await bell.heard(0)
        bell.stop()
        bell.ring()
        again = asyncio.create_task(bell.heard())
        for _ in range(4):
            await asyncio.sleep(0)
        assert not again.done(), "heard after the end"
        again.cancel()

    asyncio.run(work())
    bell = Bell()

    async def begin() -> None:
        bell.start()

    asyncio.run(begin())
    bell.ring()  # the loop has ended
