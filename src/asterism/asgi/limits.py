"""Rate limits (Fastest 0.6, Starbot 0.8): buckets that refill continuously, in the memory of one process.

A rate says how many calls in how many seconds, and whose: the client address before anybody is known, the user or the
token afterwards. Endpoints name their rate in the decorator; everything that needs a token is under `REQUESTS` too.
"""

import threading
from dataclasses import dataclass
from typing import Literal

from asterism.base.clock import Clock
from asterism.base.errors import RateLimited

PRUNE_AT = 10_000  # buckets; full ones say nothing and are forgotten then
PRUNE_PAUSE = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` at once, refilled over `seconds`, per `key`."""

    name: str
    calls: int
    seconds: float
    key: Literal["address", "user", "token"]


SIGN_IN = Rate("sign-in", 10, 60, "address")
DEVICE_START = Rate("device-start", 120, 60, "address")
TOKEN_EXCHANGE = Rate("token-exchange", 120, 60, "address")
REFRESH = Rate("refresh", 120, 60, "address")
WRONG_CODES = Rate("wrong-codes", 100, 600, "user")
MODEL_CALLS = Rate("model-calls", 30, 60, "user")
TOOL_CALLS = Rate("tool-calls", 300, 60, "user")
REQUESTS = Rate("requests", 6_000, 60, "token")
"""What needs a token is under it, but for what names another rate per token."""
CONTENT = Rate("content", 200_000, 60, "token")
"""For clients that fetch and send every blob by itself: a clone of 8,000 files is not an attack."""


class Limits:
    """The buckets of one process; safe to use from many threads."""

    def __init__(self, clock: Clock, *, enabled: bool = True) -> None:
        self._clock = clock
        self._enabled = enabled
        self._lock = threading.Lock()
        self._prune_next = 0.0
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}  # (rate, key) -> (calls left, when)

    def take(self, rate: Rate, key: str) -> None:
        """Count one call. Raises RateLimited when none is left."""
        self._count(rate, key, 1)

    def check(self, rate: Rate, key: str) -> None:
        """Raise RateLimited when no call is left, without counting one."""
        self._count(rate, key, 0)

    def _count(self, rate: Rate, key: str, cost: int) -> None:
        if not self._enabled:
            return
        now = self._clock.now().timestamp()
        with self._lock:
            left, at = self._buckets.get((rate.name, key), (float(rate.calls), now))
            left = min(rate.calls, left + max(0.0, now - at) * rate.calls / rate.seconds)
            if left < 1:
                self._buckets[rate.name, key] = (left, now)
                wait = (1 - left) * rate.seconds / rate.calls
                raise RateLimited("Too many requests.", hint="Wait and try again.", retry_after=wait)
            if cost:
                self._buckets[rate.name, key] = (left - cost, now)
                if len(self._buckets) > PRUNE_AT and now >= self._prune_next:
                    self._prune(now)

    def _prune(self, now: float) -> None:
        """Forget every bucket that has surely refilled; not at every call, since many addresses may call at once."""
        self._prune_next = now + PRUNE_PAUSE
        longest = WRONG_CODES.seconds
        self._buckets = {key: value for key, value in self._buckets.items() if now - value[1] < longest}
