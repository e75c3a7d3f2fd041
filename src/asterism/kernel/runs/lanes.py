"""Who may run now and who waits: slots, a bounded queue in the order of arrival, and turns per key."""

import asyncio
from collections import Counter
from types import TracebackType

from asterism.base.errors import RateLimited


class LaneFull(RateLimited):
    """As many runs are performed, and wait, as may."""

    def __init__(self) -> None:
        super().__init__("The server has as many runs as it takes.", retry_after=5)


class Lane:
    """Room for `running` runs at once and for `queued` that wait; None is without bound.

    Of runs with the same key, at most `per_key` are performed at once; others go past one that waits for its key.
    """

    def __init__(self, running: int | None, queued: int = 0, *, per_key: int | None = None) -> None:
        self._limit, self._queue_limit, self._per_key = running, queued, per_key
        self._running: Counter[str | None] = Counter()
        self._waiting: list[Place] = []

    @property
    def full(self) -> bool:
        """Whether nobody can enter, whatever the key."""
        return self._limit is not None and self._taken >= self._limit and len(self._waiting) >= self._queue_limit

    @property
    def _taken(self) -> int:
        return self._running.total()

    def enter(self, key: str | None = None) -> "Place":
        """Take a slot, or a place in the queue. Raises LaneFull."""
        place = Place(self, key)
        if self._fits(key):
            self._let_run(place)
        elif len(self._waiting) < self._queue_limit:
            self._waiting.append(place)
        else:
            raise LaneFull
        return place

    def _fits(self, key: str | None) -> bool:
        if self._limit is not None and self._taken >= self._limit:
            return False
        return key is None or self._per_key is None or self._running[key] < self._per_key

    def _let_run(self, place: "Place") -> None:
        self._running[place.key] += 1
        place.running.set()

    def pause(self, place: "Place") -> None:
        """Count a place that runs no longer, and let those run that it kept waiting."""
        if place.running.is_set() and not place.left and not place.paused:
            place.paused = True
            self._running[place.key] -= 1
            self._let_go_on()

    def resume(self, place: "Place") -> None:
        """Count a paused place again, even above the limit: whoever was asked something is not kept waiting."""
        if place.paused and not place.left:
            place.paused = False
            self._running[place.key] += 1

    def leave(self, place: "Place") -> None:
        """Give up a place, and let those run that it kept waiting; a second time does nothing."""
        if place in self._waiting:
            self._waiting.remove(place)
        elif place.running.is_set() and not place.left and not place.paused:
            self._running[place.key] -= 1
        place.left = True
        self._let_go_on()

    def _let_go_on(self) -> None:
        for waiting in list(self._waiting):
            if self._fits(waiting.key):
                self._waiting.remove(waiting)
                self._let_run(waiting)


class Place:
    """One run's place in a lane. As a context, it is left at the end unless a run was launched in it."""

    def __init__(self, lane: Lane, key: str | None) -> None:
        self.key = key
        self.running = asyncio.Event()
        self.left = self.paused = False
        self.launched = False
        self._lane = lane

    @property
    def queued(self) -> bool:
        """Whether it waits for a slot."""
        return not self.running.is_set()

    def leave(self) -> None:
        """Give it up."""
        self._lane.leave(self)

    def pause(self) -> None:
        """Take no slot while the run waits for something of which nobody knows how long it takes."""
        self._lane.pause(self)

    def resume(self) -> None:
        """Take a slot again, at once."""
        self._lane.resume(self)

    def __enter__(self) -> "Place":
        """Keep it for the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it up, unless a run has it now."""
        if not self.launched:
            self.leave()
