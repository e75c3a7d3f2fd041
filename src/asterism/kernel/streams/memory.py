"""The fake: streams in a dict. Keeps the order of "committed before heard", but nothing over a restart."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from asterism.base.clock import stamp
from asterism.kernel.db import Tx
from asterism.kernel.streams import store
from asterism.kernel.streams.facts import Fact
from asterism.kernel.streams.live import Waiters
from asterism.kernel.streams.models import Event, Head, StreamClosed, UnknownStream


@dataclass(slots=True)
class _Log:
    events: list[Event] = field(default_factory=list)
    last_seq: int = 0
    closed_at: str | None = None
    expired: bool = False
    shared: bool = False
    floor: int = 0


class MemoryStreams:
    """The port `Streams` in memory; transactions are used only for their `after_commit` and their clock."""

    def __init__(self) -> None:
        self._logs: dict[str, _Log] = {}
        self._staged: WeakKeyDictionary[Tx, dict[str, int]] = WeakKeyDictionary()
        self._waiters = Waiters()
        self._stopping = False

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """End the readers."""
        self._stopping = True
        self._waiters.wake_all()

    async def flush(self) -> None:
        """Nothing to write."""

    def create(self, tx: Tx, stream: str, *, shared: bool = False) -> None:  # noqa: ARG002 - the port's signature
        """Make an empty open stream."""
        self._logs[stream] = _Log(shared=shared)

    def append_in(self, tx: Tx, stream: str, *facts: Fact, close: bool = False) -> list[Event]:
        """Append after the commit of the caller's transaction."""
        log = self._open(stream)
        now = tx.now()
        staged = self._staged.setdefault(tx, {})
        first = log.last_seq + staged.get(stream, 0) + 1
        staged[stream] = staged.get(stream, 0) + len(facts)
        events = [Event.of(first + n, fact, now) for n, fact in enumerate(facts)]
        tx.after_commit(lambda: self._committed(stream, log, events, now if close else None))
        return events

    def _committed(self, stream: str, log: _Log, events: list[Event], closed_at: str | None) -> None:
        log.events += events
        log.last_seq = events[-1].seq if events else log.last_seq
        log.closed_at = closed_at
        self._waiters.wake(stream)

    async def append(self, stream: str, fact: Fact) -> Event:
        """Append now."""
        log = self._open(stream)
        event = Event.of(log.last_seq + 1, fact, stamp(datetime.now(UTC)))
        log.events.append(event)
        log.last_seq = event.seq
        self._waiters.wake(stream)
        return event

    async def tell(self, stream: str, *facts: Fact) -> None:
        """Append now, unless the stream is closed or unknown."""
        for fact in facts:
            with suppress(StreamClosed, UnknownStream):
                await self.append(stream, fact)

    def rewrite(self, tx: Tx, stream: str, *, drop: Sequence[int], put: Mapping[int, Fact]) -> None:
        """Drop events, and put facts in the place of others, after the commit."""
        log, gone = self._open(stream), frozenset(drop)

        def rewritten() -> None:
            log.events = [
                Event.of(one.seq, put[one.seq], one.created_at) if one.seq in put else one
                for one in log.events
                if one.seq not in gone
            ]

        tx.after_commit(rewritten)

    def trim(self, tx: Tx, stream: str, seq: int) -> None:
        """Drop the events up to a seq after the commit."""
        log = self._open(stream)

        def trimmed() -> None:
            log.events, log.floor = [one for one in log.events if one.seq > seq], max(log.floor, seq)

        tx.after_commit(trimmed)

    def retain(self, tx: Tx, stream: str, before: str, *, keep: int) -> None:
        """Trim what is old, except for the last `keep` numbers."""
        log = self._open(stream)
        aged = max((one.seq for one in log.events if one.created_at < before), default=0)
        self.trim(tx, stream, min(aged, log.last_seq - keep))

    def _open(self, stream: str) -> _Log:
        log = self._logs.get(stream)
        if log is None:
            raise UnknownStream(f"There is no stream {stream}.")
        if log.closed_at is not None:
            raise StreamClosed("The stream has ended.")
        return log

    def head(self, tx: Tx, stream: str) -> Head | None:  # noqa: ARG002 - the port's signature
        """Return how far the stream has come."""
        log = self._logs.get(stream)
        return Head(log.last_seq, log.closed_at is not None, log.expired, log.shared, log.floor) if log else None

    def read_after(self, tx: Tx, stream: str, seq: int, limit: int | None = None) -> list[Event]:  # noqa: ARG002 - the port's signature
        """Return the events with a higher seq."""
        log = self._logs.get(stream)
        return [event for event in log.events if event.seq > seq][:limit] if log else []

    async def subscribe(self, stream: str, after: int = 0) -> AsyncGenerator[Event, None]:
        """Yield every event with a higher seq as it comes."""
        with self._waiters.waiting(stream) as news:
            while (log := self._logs.get(stream)) is not None and not log.expired:
                news.clear()
                events = [event for event in log.events if event.seq > after]
                for event in events:
                    after = event.seq
                    yield event
                if (log.closed_at is not None and after >= log.last_seq) or (self._stopping and not events):
                    return
                if not events:
                    await news.wait()

    def delete(self, tx: Tx, stream: str) -> None:
        """Remove a stream."""
        self._logs.pop(stream, None)
        tx.after_commit(lambda: self._waiters.wake(stream))

    def purge(self, tx: Tx, closed_before: str, *, prefix: str = "", heads: bool = False) -> int:  # noqa: ARG002 - the port's signature
        """Drop the events of streams closed before the stamp."""
        old = [
            (name, log)
            for name, log in self._logs.items()
            if log.closed_at
            and log.closed_at < closed_before
            and (heads or not log.expired)
            and name.startswith(prefix)
        ]
        for name, log in old:
            log.events, log.expired = [], True
            if heads:
                del self._logs[name]
        return len(old)

    def purge_orphans(self, tx: Tx, prefix: str, table: str) -> int:
        """Remove the streams named `prefix` + id whose id no row of `table` has (any more)."""
        kept = store.ids_in(tx, table)
        gone = [name for name in self._logs if name.startswith(prefix) and name.removeprefix(prefix) not in kept]
        for name in gone:
            self.delete(tx, name)
        return len(gone)
