"""Streams on the database."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import structlog

from asterism.base.clock import stamp
from asterism.base.errors import Unavailable
from asterism.kernel.db import Database, Tx
from asterism.kernel.streams import logs, store
from asterism.kernel.streams.facts import Fact
from asterism.kernel.streams.live import Live, Waiters
from asterism.kernel.streams.models import Event, Head, StreamClosed, UnknownStream
from asterism.kernel.streams.pages import Page, Pages
from asterism.kernel.streams.shared import Shared

if TYPE_CHECKING:
    from asterism.kernel.streams.notify import Listener

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 0.025  # with the write itself this stays under the promised 50 ms
RETRY_SECONDS = 0.25
POLL_SECONDS = 1.0
MAX_AHEAD = 500
READERS_SECONDS = 4.0
TAKE_OVER_GAP = 1000


@dataclass(slots=True)
class _Batch:
    """What one transaction appends to one stream; taken into memory when it is committed."""

    live: Live
    events: list[Event] = field(default_factory=list)
    close: bool = False


class DatabaseStreams:
    """The port `Streams` on SQLite and PostgreSQL. `append` is called from one event loop, the rest from anywhere.

    Readers look for what nobody woke them for every `poll` seconds.
    """

    def __init__(self, db: Database, *, poll: float = POLL_SECONDS) -> None:
        self._db, self._poll = db, poll
        self._lock = threading.Lock()
        self._live: dict[str, Live] = {}
        self._batches: WeakKeyDictionary[Tx, dict[str, _Batch]] = WeakKeyDictionary()
        self._waiters = Waiters()
        self._pages = Pages(db)
        self._shared = Shared(db, self._live, self._lock, self._waiters, self.append_in)
        self._flusher: asyncio.Task[None] | None = None
        self._listener: Listener | None = None
        self._stopping = False
        db.listen(logs.NEWS, self._waiters.wake)

    async def start(self) -> None:
        """Begin to hear of other processes' events (PostgreSQL)."""
        if self._db.dialect == "postgresql":
            url = self._db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            from asterism.kernel.streams.notify import Listener  # loads PostgreSQL's driver

            self._listener = Listener(url, self._waiters.wake)
            self._listener.start()
            await asyncio.to_thread(self._listener.ready.wait, 5)

    async def stop(self) -> None:
        """Make everything durable, let readers have it, end them, and let go."""
        try:
            await self.flush()
        except Unavailable as error:
            log.warning("streams.flush_failed", error=error.message)
        self._stopping = True
        self._waiters.wake_all()
        with suppress(TimeoutError):  # whoever does not read now is cut off
            async with asyncio.timeout(READERS_SECONDS):
                await self._waiters.all_left()
        if self._flusher is not None:
            self._flusher.cancel()
            await asyncio.gather(self._flusher, return_exceptions=True)
        if self._listener is not None:
            await asyncio.to_thread(self._listener.stop)

    def create(self, tx: Tx, stream: str, *, shared: bool = False) -> None:
        """Make an empty open stream with the caller's transaction."""
        store.insert(tx, stream, shared=shared)

    def append_in(self, tx: Tx, stream: str, *facts: Fact, close: bool = False) -> list[Event]:
        """Append with the caller's transaction; heard after its commit. Raises StreamClosed, UnknownStream."""
        durable = store.head(tx, stream, lock=True)
        if durable is None:
            raise UnknownStream(f"There is no stream {stream}.")
        if durable.closed:
            raise StreamClosed("The stream has ended.")
        if durable.shared:
            return self._shared.append_in(tx, stream, durable, facts, close=close)
        batch = self._batch(tx, stream, durable)
        batch.close = batch.close or close
        with self._lock:
            batch.live.closing = batch.live.closing or close
            tail, first = batch.live.unwritten(), batch.live.next_seq + len(batch.events)
        now = tx.now()
        events = [Event.of(first + n, fact, now) for n, fact in enumerate(facts)]
        newest = (events or batch.events or tail)[-1:]
        store.advance(tx, stream, newest[0].seq if newest else durable.last_seq, close=close)
        store.write(tx, stream, tail)
        if events:
            store.write_new(tx, stream, events)
        store.notify(tx, stream)
        batch.events += events
        return events

    def _batch(self, tx: Tx, stream: str, durable: Head) -> "_Batch":
        """Return what this transaction has appended to the stream so far."""
        batches = self._batches.setdefault(tx, {})
        if stream not in batches:
            with self._lock:
                batches[stream] = _Batch(self._live.get(stream) or _taken_over(durable))
            tx.after_commit(lambda: self._committed(stream, batches[stream]))
        return batches[stream]

    def _committed(self, stream: str, batch: "_Batch") -> None:
        with self._lock:
            batch.live.committed(batch.events, close=batch.close)
            if not batch.close or self._waiters.any(stream):
                self._live[stream] = batch.live
            else:
                self._live.pop(stream, None)
        self._waiters.wake(stream)

    async def append(self, stream: str, fact: Fact) -> Event:
        """Append now: heard at once, durable within 50 ms. Raises StreamClosed, UnknownStream."""
        live = self._live.get(stream)
        if live is None:
            live = await self._take_over(stream)
        while live.ahead >= MAX_AHEAD:
            live.room.clear()
            self._schedule()
            await live.room.wait()
        with self._lock:
            if live.closing:
                raise StreamClosed("The stream has ended.")
            event = live.add(fact, stamp(self._db.clock.now()))
        self._waiters.wake(stream)
        self._schedule()
        return event

    async def _take_over(self, stream: str) -> Live:
        durable = await self._db.run_read(store.head, stream)
        if durable is None:
            raise UnknownStream(f"There is no stream {stream}.")
        if durable.closed:
            raise StreamClosed("The stream has ended.")
        with self._lock:
            return self._live.setdefault(stream, _taken_over(durable))

    async def tell(self, stream: str, *facts: Fact) -> None:
        """Append to a shared stream soon: numbered and durable within 50 ms, heard after that."""
        while self._shared.ahead(stream) >= MAX_AHEAD:
            await self._shared.flush()
        self._shared.queue(stream, facts)
        self._schedule()

    def rewrite(self, tx: Tx, stream: str, *, drop: Sequence[int], put: Mapping[int, Fact]) -> None:
        """Drop events of a shared stream, and put facts in the place of others, with the caller's transaction."""
        store.rewrite(tx, stream, drop, put)
        tx.after_commit(lambda: self._shared.forget(stream))

    def trim(self, tx: Tx, stream: str, seq: int) -> None:
        """Drop the events of a shared stream up to a seq, which becomes its floor, with the caller's transaction."""
        store.trim(tx, stream, seq)
        tx.after_commit(lambda: self._shared.forget(stream))

    def retain(self, tx: Tx, stream: str, before: str, *, keep: int) -> None:
        """Trim a shared stream: what was told before a stamp goes, except for the last `keep` numbers."""
        if store.retain(tx, stream, before, keep):
            tx.after_commit(lambda: self._shared.forget(stream))

    def _schedule(self) -> None:
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.get_running_loop().create_task(self._flush_soon(), name="streams-flush")

    async def _flush_soon(self) -> None:
        """Write what is ahead until nothing is. A database that is down is tried again; nothing is dropped."""
        pause = FLUSH_SECONDS
        while self._shared.any_ahead or any(live.ahead for live in list(self._live.values())):
            await asyncio.sleep(pause)
            try:
                await self.flush()
                pause = FLUSH_SECONDS
            except Unavailable as error:
                log.warning("streams.flush_failed", error=error.message)
                pause = RETRY_SECONDS

    async def flush(self) -> None:
        """Return when everything appended so far is durable. Raises Unavailable when the database is."""
        await self._shared.flush()
        with self._lock:
            tails = {stream: live.unwritten() for stream, live in self._live.items() if live.ahead}
        if not tails:
            return
        await self._db.run(store.write_tails, tails)
        with self._lock:
            for stream, events in tails.items():
                if live := self._live.get(stream):
                    live.written(events[-1].seq)

    def head(self, tx: Tx, stream: str) -> Head | None:
        """Return how far the stream has come (unwritten tail included), None when it is unknown."""
        with self._lock:
            live = self._live.get(stream)
            here = Head(live.next_seq - 1, live.closed) if live and live.recent else None
        durable = store.head(tx, stream)
        if durable is None or here is None or durable.last_seq >= here.last_seq:
            return durable
        return here

    def read_after(self, tx: Tx, stream: str, seq: int, limit: int | None = None) -> list[Event]:
        """Return the events with a higher seq, in order, unwritten tail included; all of them without `limit`."""
        with self._lock:  # memory first: what is written meanwhile is then seen twice rather than never
            live = self._live.get(stream)
            if live is not None and live.shared:
                live = None  # others write it too: only the log knows all
            floor, tail = (live.floor, live.after(seq)) if live else (seq, [])
        if live and seq >= floor:
            return tail[:limit]
        events = store.read_after(tx, stream, seq, limit)
        last = events[-1].seq if events else seq
        if floor <= last and (limit is None or len(events) < limit):
            events += [event for event in tail if event.seq > last]
        return events[:limit]

    async def subscribe(self, stream: str, after: int = 0) -> AsyncGenerator[Event, None]:
        """Yield every event with a higher seq as it comes.

        Ends when the stream is closed and exhausted, when it is deleted, and when all streams are stopped.
        """
        try:
            with self._waiters.waiting(stream) as news:
                heard = False  # whoever comes reads the log itself
                while True:
                    news.clear()
                    newest = self._waiters.newest(stream) if heard else None
                    events, ended = await self._page(stream, after, newest)
                    for event in events:
                        after = event.seq
                        yield event
                    if ended or (self._stopping and not events):
                        return
                    heard = bool(events) or await _news(news, self._poll)
        finally:
            self._forget_if_last(stream)

    async def _page(self, stream: str, after: int, news: object | None) -> Page:
        """Return events after the cursor, from memory where it reaches back far enough, and whether that is the end."""
        with self._lock:
            live = self._live.get(stream)
            if live is not None and after >= live.floor:
                events = live.after(after)
                if events or not live.shared:
                    return events, live.closed
        return await self._pages.read(stream, after, news)

    def _forget_if_last(self, stream: str) -> None:
        """Drop a closed stream from memory when its last reader here has left."""
        with self._lock:
            if self._waiters.any(stream):
                return
            self._pages.forget(stream)
            live = self._live.get(stream)
            if live is not None and (live.closed or live.shared):
                del self._live[stream]

    def delete(self, tx: Tx, stream: str) -> None:
        """Remove a stream and its events with the caller's transaction; close it first, so that readers end well."""
        store.delete(tx, stream)
        store.notify(tx, stream)
        tx.after_commit(lambda: self._waiters.wake(stream))

    def purge(self, tx: Tx, closed_before: str, *, prefix: str = "", heads: bool = False) -> int:
        """Drop the events of streams closed before the stamp; return how many streams that were."""
        return store.drop(tx, closed_before, prefix) if heads else store.purge(tx, closed_before, prefix)

    def purge_orphans(self, tx: Tx, prefix: str, table: str) -> int:
        """Remove the streams named `prefix` + id whose id no row of `table` has (any more); return how many."""
        orphans = store.orphans(tx, prefix, table)
        for stream in orphans:
            self.delete(tx, stream)
        return len(orphans)


async def _news(news: asyncio.Event, seconds: float) -> bool:
    """Say whether there was news within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await news.wait()
    except TimeoutError:
        return False


def _taken_over(durable: Head) -> Live:
    first = durable.last_seq + TAKE_OVER_GAP if durable.last_seq else 1
    return Live(floor=durable.last_seq, durable=first - 1, next_seq=first)
