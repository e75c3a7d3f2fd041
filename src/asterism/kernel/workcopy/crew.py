"""Forks of this process that share a piece of work with it (ADR 0215).

Python runs one of its threads at a time, so what is a few microseconds for each of many files is shared between
processes. The work is cut into portions; whoever is free takes the next one, this process too, and tells what came of
it. A portion that a helper took and told nothing of (it was killed) is simply not among those that are finished.
"""

import gc
import os
import select
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

MOST_HELPERS = 3
MOST_PORTIONS = 2000  # their numbers fit into a pipe of the smallest size
_NUMBER = struct.Struct("<H")
_HEAD = struct.Struct("<HI")  # number of a portion, length of what came of it
_READ_BYTES = 1 << 20

Tell: TypeAlias = Callable[[bytes], object]


@dataclass(slots=True)
class Helper:
    """Another process (0: none of our own), the end of the pipe in which it tells, and what is not read of that yet."""

    process: int
    pipe: int
    heard: bytearray = field(default_factory=bytearray)


Start: TypeAlias = Callable[[Callable[[Tell], None]], Helper | None]
"""Has somebody else do a piece of work, None when nobody can."""


class Crew:
    """Helpers at work on portions 0 to `portions` - 1 (at most `MOST_PORTIONS`) as soon as it is made.

    Close it, or use it in a `with` block.

    `do` makes something of one portion; in a helper whatever it raises ends that helper.
    """

    def __init__(self, portions: int, do: Callable[[int], bytes], helpers: int, start: Start | None = None) -> None:
        self._do = do
        self._numbers, write = os.pipe()
        os.write(write, struct.pack(f"<{portions}H", *range(portions)))
        os.close(write)
        start = start or fork
        self._helpers = [helper for _ in range(helpers) if (helper := start(self._work)) is not None]

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def finished(self) -> Iterator[tuple[int, bytes]]:
        """Do what nobody has taken yet, wait for the others; yield what came of which portion. Call it once."""
        listening = {helper.pipe: helper for helper in self._helpers}
        for number in self._taken():
            yield number, self._do(number)
            yield from _heard(listening, wait=False)
        while listening:
            yield from _heard(listening, wait=True)

    def close(self) -> None:
        """End the helpers."""
        for helper in self._helpers:
            os.close(helper.pipe)
            if helper.process:
                with suppress(ProcessLookupError, ChildProcessError):
                    os.kill(helper.process, signal.SIGKILL)
                    os.waitpid(helper.process, 0)
        self._helpers.clear()
        os.close(self._numbers)

    def _work(self, tell: Tell) -> None:
        for number in self._taken():
            made = self._do(number)
            tell(_HEAD.pack(number, len(made)) + made)

    def _taken(self) -> Iterator[int]:
        """Take portions until none is left."""
        while number := os.read(self._numbers, _NUMBER.size):
            yield _NUMBER.unpack(number)[0]


def helpers_at_hand(most: int = MOST_HELPERS) -> int:
    """Return how many helpers there may be: one for each further processor, none where a fork is not safe.

    A fork has one thread, and whatever lock another one held stays locked in it: so there must be no other one.
    """
    if sys.platform != "linux":
        return 0
    try:
        alone = len(os.listdir("/proc/self/task")) == 1
    except OSError:  # no /proc, so nobody knows
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, most, MOST_HELPERS) if alone else 0


def fork(work: Callable[[Tell], None]) -> Helper | None:
    """Do work in a fork of this process, which ends when nobody listens any more."""
    pipe, told = os.pipe()
    try:
        process = os.fork()
    except OSError:  # too many processes
        os.close(pipe)
        os.close(told)
        return None
    if not process:
        try:
            os.close(pipe)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            gc.disable()
            work(lambda tale: os.write(told, tale))
        finally:
            os._exit(0)
    os.close(told)
    return Helper(process, pipe)


def _heard(listening: dict[int, Helper], *, wait: bool) -> Iterator[tuple[int, bytes]]:
    """Yield what helpers have told; those that have ended are taken out of `listening`."""
    waiting = select.poll()
    for pipe in listening:
        waiting.register(pipe, select.POLLIN)
    for pipe, _ in waiting.poll(None if wait else 0):
        piece = os.read(pipe, _READ_BYTES)
        helper = listening[pipe] if piece else listening.pop(pipe)
        helper.heard += piece
        yield from _tales(helper.heard)


def _tales(heard: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take the tales that are complete out of what was heard."""
    while len(heard) >= _HEAD.size:
        number, length = _HEAD.unpack_from(heard)
        if len(heard) < _HEAD.size + length:
            return
        yield number, bytes(heard[_HEAD.size : _HEAD.size + length])
        del heard[: _HEAD.size + length]
