"""Helpers that are threads of the process that tests, and helpers that come to nothing."""

import os
import signal
import threading
from collections.abc import Callable

import pytest

from asterism.kernel.workcopy.crew import Helper, Tell, fork


def beside(work: Callable[[Tell], None]) -> Helper:
    """Do the work of a helper in a thread."""
    tales, told = os.pipe()

    def run() -> None:
        with open(told, "wb", buffering=0) as pipe:
            work(pipe.write)

    threading.Thread(target=run).start()
    return Helper(0, tales)


def killed(work: Callable[[Tell], None]) -> Helper | None:
    """A helper that is killed before anybody hears of it."""
    helper = fork(work)
    assert helper is not None
    os.kill(helper.process, signal.SIGKILL)
    return helper


def half_told(work: Callable[[Tell], None]) -> Helper | None:
    """A helper that does one portion, tells half of what came of it, and is gone."""
    return _cut_off(work, lambda tale: tale[: len(tale) // 2])


def mute(work: Callable[[Tell], None]) -> Helper | None:
    """A helper that does one portion, tells nothing of it, and is gone."""
    return _cut_off(work, lambda _: b"")


def absent(_: Callable[[Tell], None]) -> Helper | None:
    """Nobody can be forked."""


def _cut_off(work: Callable[[Tell], None], part: Callable[[bytes], bytes]) -> Helper:
    tales, told = os.pipe()

    def stop(tale: bytes) -> None:
        os.write(told, part(tale))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        work(stop)
    os.close(told)
    return Helper(0, tales)
