"""When to ask again. The port itself asks once; its callers decide with this."""

import random
from dataclasses import dataclass

from asterism.kernel.llm.failures import FailureKind, ModelFailure

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
