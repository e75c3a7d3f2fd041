"""Rate limits (Fastest 0.6, Starbot 0.8): buckets that refill continuously, in the memory of one process (ADR 0187).

A rate says how many calls in how many seconds, and whose: the client address before anybody is known, the user or the
token afterwards. Endpoints name their rate in the decorator; everything that needs a token is under `REQUESTS` too.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from asterism.base.clock import Clock
from asterism.base.errors import RateLimited
from asterism.kernel.rates import Spend

PRUNE_AT = 10_000  # buckets; full ones say nothing and are forgotten then
PRUNE_PAUSE = 10.0  # seconds
TOLD_AT_ONCE = 5_000  # buckets


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

_Key = tuple[str, str]


class Limits:
    """The buckets of one process; safe to use from many threads.

    A bucket is known by the moment at which it is full again. Where several servers share a database, `drain` tells
    what this one has let through since it was last asked, and `settle` takes what all of them have come to.
    """

    def __init__(self, clock: Clock, *, enabled: bool = True) -> None:
        self._clock = clock
        self._enabled = enabled
        self._lock = threading.Lock()
        self._prune_next = 0.0
        self._full_at: dict[_Key, float] = {}
        self._untold: dict[_Key, float] = {}  # seconds of refilling that nobody else knows of

    def take(self, rate: Rate, key: str) -> None:
        """Count one call. Raises RateLimited when none is left."""
        self._count(rate, key, 1)

    def check(self, rate: Rate, key: str) -> None:
        """Raise RateLimited when no call is left, without counting one."""
        self._count(rate, key, 0)

    def _count(self, rate: Rate, key: str, cost: int) -> None:
        if not self._enabled:
            return
        now, step, bucket = self._clock.now().timestamp(), rate.seconds / rate.calls, (rate.name, key)
        with self._lock:
            full_at = max(now, self._full_at.get(bucket, now))
            wait = round(full_at - now - (rate.calls - 1) * step, 6)  # moments of our days are exact to less than that
            if wait > 0:
                raise RateLimited("Too many requests.", hint="Wait and try again.", retry_after=wait)
            if cost:
                self._full_at[bucket] = full_at + step
                self._untold[bucket] = self._untold.get(bucket, 0.0) + step
                if len(self._full_at) > PRUNE_AT and now >= self._prune_next:
                    self._prune(now)

    def drain(self) -> list[Spend]:
        """Return what was let through since this was last called, of at most a few thousand buckets."""
        with self._lock:
            told = [(bucket, self._untold[bucket]) for bucket in list(self._untold)[:TOLD_AT_ONCE]]
            for bucket, _ in told:
                del self._untold[bucket]
        return [Spend(*bucket, seconds) for bucket, seconds in told]

    def settle(self, spends: Sequence[Spend], full_at: Sequence[float]) -> None:
        """Take over when the buckets of `spends` are full for all servers together."""
        with self._lock:
            for one, moment in zip(spends, full_at, strict=True):
                bucket = (one.rate, one.key)
                self._full_at[bucket] = moment + self._untold.get(bucket, 0.0)

    def restore(self, spends: Sequence[Spend]) -> None:
        """Have `drain` tell it again: it could not be handed on."""
        with self._lock:
            for one in spends:
                bucket = (one.rate, one.key)
                self._untold[bucket] = self._untold.get(bucket, 0.0) + one.seconds

    def _prune(self, now: float) -> None:
        """Forget every bucket that is full; not at every call, since many addresses may call at once."""
        self._prune_next = now + PRUNE_PAUSE
        self._full_at = {bucket: full_at for bucket, full_at in self._full_at.items() if full_at > now}
        self._untold = {bucket: seconds for bucket, seconds in self._untold.items() if bucket in self._full_at}
