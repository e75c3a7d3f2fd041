"""Shared streams on the database: logs that several processes write, without a gap in their numbers.

An event is numbered by the transaction that writes it, under the lock of the stream's row, and heard after the commit.
What this process has written last stays in memory while somebody here follows the stream; the log decides, always.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence

from asterism.kernel.db import Database, Tx
from asterism.kernel.streams import store
from asterism.kernel.streams.facts import Fact
from asterism.kernel.streams.live import Live, Waiters
from asterism.kernel.streams.models import Event, Head, StreamClosed, UnknownStream


class Shared:
    """What `DatabaseStreams` does for shared streams: numbering, and the queue of what is told soon."""

    def __init__(
        self,
        db: Database,
        live: dict[str, Live],
        lock: threading.Lock,
        waiters: Waiters,
        append_in: Callable[..., list[Event]],
    ) -> None:
        self._db, self._live, self._lock, self._waiters, self._append_in = db, live, lock, waiters, append_in
        self._queued: dict[str, list[Fact]] = {}
        self._writing = asyncio.Lock()

    def append_in(self, tx: Tx, stream: str, durable: Head, facts: Sequence[Fact], *, close: bool) -> list[Event]:
        """Append with the caller's transaction, which holds the stream's row; `durable` is its end there."""
        now, first = tx.now(), durable.last_seq + 1
        events = [Event.of(first + n, fact, now) for n, fact in enumerate(facts)]
        if events or close:
            store.advance(tx, stream, durable.last_seq + len(events), close=close)
            store.notify(tx, stream)
            tx.after_commit(lambda: self._committed(stream, events, close=close))
        if events:
            store.write_new(tx, stream, events)
        return events

    def _committed(self, stream: str, events: Sequence[Event], *, close: bool) -> None:
        with self._lock:
            if not self._waiters.any(stream) or not events:
                self._live.pop(stream, None)
            else:
                live = self._live.get(stream)
                if live is None or live.next_seq != events[0].seq:  # another process wrote in between
                    before = events[0].seq - 1
                    live = Live(floor=before, durable=before, next_seq=before + 1, shared=True)
                live.committed(events, close=close)
                self._live[stream] = live
        self._waiters.wake(stream)

    def forget(self, stream: str) -> None:
        """Read the stream from the log again."""
        with self._lock:
            self._live.pop(stream, None)
        self._waiters.wake(stream)

    def queue(self, stream: str, facts: Sequence[Fact]) -> None:
        """Keep facts to be appended by the next flush."""
        self._queued.setdefault(stream, []).extend(facts)

    def ahead(self, stream: str) -> int:
        """Say how many facts of a stream are not written yet."""
        return len(self._queued.get(stream, ()))

    @property
    def any_ahead(self) -> bool:
        """Whether any fact is not written yet."""
        return bool(self._queued)

    async def flush(self) -> None:
        """Return when everything told so far is durable, in order. Raises Unavailable when the database is.

        Whoever is cancelled while waiting leaves the writing to go on: what is committed must not be written again.
        """
        if self._queued:
            await asyncio.shield(asyncio.create_task(self._flush(), name="streams-shared-flush"))

    async def _flush(self) -> None:
        async with self._writing:
            taken = {stream: list(facts) for stream, facts in self._queued.items()}
            if not taken:
                return
            await self._db.run(self._write, taken)
            for stream, facts in taken.items():
                del self._queued[stream][: len(facts)]
                if not self._queued[stream]:
                    del self._queued[stream]

    def _write(self, tx: Tx, taken: Mapping[str, Sequence[Fact]]) -> None:
        for stream, facts in sorted(taken.items()):
            try:
                self._append_in(tx, stream, *facts)
            except (StreamClosed, UnknownStream):
                continue
