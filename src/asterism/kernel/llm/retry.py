"""When to ask again, and asking again. The port itself asks once; its callers use this."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from asterism.kernel.llm.failures import FailureKind, ModelFailure

T = TypeVar("T")
TRANSIENT = frozenset({FailureKind.RATE_LIMITED, FailureKind.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses in seconds before the second, third, … attempt; each varied by `jitter` (0.2 is ±20 %).

    A provider's Retry-After up to `patience` seconds replaces the pause when it is longer; beyond it, nobody waits.
    """

    pauses: tuple[float, ...]
    jitter: float = 0.0
    patience: float = 10.0

    def pause(self, failure: ModelFailure, attempt: int) -> float | None:
        """Return how long to wait after the failed `attempt` (counted from 1), None to give up."""
        if failure.failure not in TRANSIENT or attempt > len(self.pauses):
            return None
        pause = self.pauses[attempt - 1] * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311 - no secret
        if failure.retry_after is None:
            return pause
        return None if failure.retry_after > self.patience else max(pause, failure.retry_after)


def nothing_told() -> bool:
    """Say that no reader has seen anything of a failed attempt."""
    return False


async def no_remedy(_failure: ModelFailure) -> bool:
    """Change nothing about the question."""
    return False


async def untold(_failure: ModelFailure) -> None:
    """Tell nobody that there is a pause."""


async def asked(
    attempt: Callable[[], Awaitable[T]],
    policy: RetryPolicy,
    *,
    told: Callable[[], bool] = nothing_told,
    remedy: Callable[[ModelFailure], Awaitable[bool]] = no_remedy,
    tell: Callable[[ModelFailure], Awaitable[None]] = untold,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> T:
    """Ask, and ask again where that may help. Raises the ModelFailure of the last attempt.

    What readers were told cannot be taken back: once `told()` is true nobody asks again. `remedy(failure)` may change
    the question and return True: then the next attempt follows at once and does not count. Else `policy` decides, and
    `tell(failure)` is called before the pause.
    """
    number = 1
    while True:
        try:
            return await attempt()
        except ModelFailure as failure:
            if told():
                raise
            if await remedy(failure):
                continue
            pause = policy.pause(failure, number)
            if pause is None:
                raise
            number += 1
            await tell(failure)
            await sleep(pause)
