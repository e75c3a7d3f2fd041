"""What a process keeps in memory of streams: the end of those it writes, and who waits for news."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from asterism.kernel.streams.facts import Fact
from asterism.kernel.streams.models import Event

KEPT = 2_000  # durable events of an open stream that stay in memory for its readers


@dataclass(slots=True)
class Live:
    """The end of one stream that this process writes.

    Every event with a seq above `floor` is in `recent`; those above `durable` are not written yet. `next_seq` is what
    the next event gets. `closing` is set by the attempt to close, `closed` by its commit.
    """

    floor: int
    durable: int
    next_seq: int
    recent: deque[Event] = field(default_factory=deque)
    closing: bool = False
    closed: bool = False
    shared: bool = False
    room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ahead(self) -> int:
        """How many events are not written yet."""
        return self.next_seq - 1 - self.durable

    def add(self, fact: Fact, now: str) -> Event:
        """Append an event that is heard before it is written."""
        event = Event.of(self.next_seq, fact, now)
        self.next_seq += 1
        self.recent.append(event)
        return event

    def unwritten(self) -> list[Event]:
        """Return the events that are not written yet, in order."""
        return list(_above(self.recent, self.durable))

    def after(self, seq: int) -> list[Event]:
        """Return the events in memory with a higher seq, in order."""
        return list(_above(self.recent, seq))

    def written(self, seq: int) -> None:
        """Note that everything up to `seq` is durable."""
        self.durable = max(self.durable, seq)
        while len(self.recent) > KEPT and self.recent[0].seq <= self.durable:
            self.floor = self.recent.popleft().seq
        self.room.set()

    def committed(self, events: Iterable[Event], *, close: bool) -> None:
        """Take in events that were committed before anybody heard them."""
        for event in events:
            self.recent.append(event)
            self.next_seq = event.seq + 1
        self.closed = self.closed or close
        self.written(self.next_seq - 1)


def _above(events: deque[Event], seq: int) -> Iterator[Event]:
    """Yield the events with a higher seq, in order, looking at no more of the deque than that."""
    count = 0
    for event in reversed(events):
        if event.seq <= seq:
            break
        count += 1
    for index in range(len(events) - count, len(events)):
        yield events[index]


class Waiters:
    """Who waits for news of which stream. `wake` may be called from any thread."""

    def __init__(self) -> None:
        self._of: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}
        self._newest: dict[str, object] = {}
        self._left: asyncio.Event | None = None

    @contextmanager
    def waiting(self, stream: str) -> Iterator[asyncio.Event]:
        """Give an event that is set at every piece of news until the block is left."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        self._of[stream] = self._of.get(stream, set()) | {entry}  # replaced, never changed: `wake` may be reading it
        try:
            yield entry[1]
        finally:
            left = self._of[stream] - {entry}
            if left:
                self._of[stream] = left
            else:
                del self._of[stream]
                self._newest.pop(stream, None)
            if self._left is not None and not self._of:
                self._left.set()

    def newest(self, stream: str) -> object:
        """Return what stands for the newest piece of news of a stream that somebody waits for; compare by identity."""
        return self._newest.setdefault(stream, object())

    def any(self, stream: str) -> bool:
        """Say whether somebody waits for this stream."""
        return stream in self._of

    def wake_all(self) -> None:
        """Wake everybody."""
        for stream in list(self._of):
            self.wake(stream)

    async def all_left(self) -> None:
        """Return when nobody waits any more; called once, in the event loop of those who wait."""
        self._left = asyncio.Event()
        if self._of:
            await self._left.wait()

    def wake(self, stream: str) -> None:
        """Wake everybody who waits for this stream."""
        try:
            here: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if stream in self._of:
            self._newest[stream] = object()  # before anybody is woken, who will ask for it
        for loop, event in self._of.get(stream, ()):
            if loop is here:
                event.set()
            elif not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
