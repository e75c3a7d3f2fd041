"""The log of one deployment while it is written: lines at once, in pieces, and never more than it may hold."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from asterism.base.clock import Clock, stamp
from asterism.base.errors import Unavailable
from asterism.base.masks import mask
from asterism.features.operations.deployments import store
from asterism.features.operations.deployments.log_lines import Lines
from asterism.features.operations.deployments.models import LogEntry, Step
from asterism.kernel.db import Database, Tx

log = structlog.get_logger("asterism.deployments")
MOST_BYTES: Final = 4 * 1024 * 1024
EACH_END: Final = MOST_BYTES // 2 - 64 * 1024
PAUSE_SECONDS: Final = 0.1
RETRY_SECONDS: Final = 1.0
CUT: Final = "… the middle of this log was cut …"
_WAITING_LINES: Final = 20_000
RECENT_LINES: Final = 20_000
_RECENT_LENGTH: Final = 2_000  # characters of a line that are remembered
Told = Callable[[list[LogEntry]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines that are stored together, and the first and last piece that they drive out."""

    entries: list[LogEntry]
    number: int
    size: int
    gone: tuple[int, int] | None


class Journal:
    """Writes what a deployment says. `told` hears every piece that was stored; call from the event loop only.

    The first two megabytes and the last two are kept; what is between them goes as more comes. `recent` are the last
    lines of the step that is under way, for whoever looks for the cause of its failure.
    """

    def __init__(self, db: Database, clock: Clock, deployment_id: str, told: Told | None = None) -> None:
        self._db, self._clock, self._id, self._told = db, clock, deployment_id, told
        self.secrets: tuple[str, ...] = ()
        self.recent: deque[str] = deque(maxlen=RECENT_LINES)
        self._waiting: deque[LogEntry] = deque()
        self._dropped = False
        self._head = 0
        self._tail: deque[tuple[int, int]] = deque()
        self._tail_bytes = 0
        self._number = 0
        self._piece: _Piece | None = None
        self._writing: asyncio.Task[None] | None = None
        self._more, self._one_at_a_time = asyncio.Event(), asyncio.Lock()

    async def resume(self) -> None:
        """Go on with a log that has something in it."""
        for number, size in await self._db.run_read(store.log_pieces, self._id):
            self._count(number, size)
            self._number = number + 1

    def say(self, step: Step, text: str, *, error: bool = False) -> None:
        """Add a line."""
        if len(self._waiting) >= _WAITING_LINES:  # a program talks faster than the disk writes: its middle goes here
            self._dropped = True
            for _ in range(_WAITING_LINES // 2):
                self._waiting.popleft()
        stream = "stderr" if error else "stdout"
        masked = mask(text, self.secrets)
        self.recent.append(masked[:_RECENT_LENGTH])
        self._waiting.append(LogEntry(stamp(self._clock.now()), step, stream, masked))
        self._more.set()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    def lines(self, step: Step) -> Lines:
        """Return where the output of a program goes."""
        return Lines(self.secrets, lambda line: self.say(step, line))

    async def close(self) -> None:
        """Return when everything is stored. What a database that is down, or a full disk, does not take is lost."""
        task, self._writing = self._writing, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self.settle()

    async def settle(self) -> None:
        """Store what was said so far, as `flush`, unless the database is down: no deployment fails by its log."""
        try:
            await self.flush()
        except Unavailable as error:
            log.warning("deployments.log_not_stored", deployment=self._id, error=error.message)

    async def _write(self) -> None:
        while True:
            await self._more.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._more.clear()
            try:
                await asyncio.shield(self.flush())
            except Unavailable:
                self._more.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def flush(self) -> None:
        """Store what was said so far. Raises Unavailable, after which nothing is lost: the next call goes on there."""
        async with self._one_at_a_time:
            while self._piece is not None or self._waiting:
                piece = self._piece = self._piece or self._next()
                await self._db.run(self._store, piece)
                self._piece = None
                if self._told is not None:
                    await self._told(piece.entries)

    def _next(self) -> "_Piece":
        entries = [self._waiting.popleft() for _ in range(min(len(self._waiting), 1000))]
        if self._dropped:
            self._dropped = False
            entries.insert(0, LogEntry(entries[0].timestamp, entries[0].step, "stderr", CUT))
        size = sum(len(entry.content.encode()) + 100 for entry in entries)
        number, self._number = self._number, self._number + 1
        return _Piece(entries, number, size, self._count(number, size))

    def _store(self, tx: Tx, piece: "_Piece") -> None:
        if store.find(tx, self._id) is None:  # its project was deleted meanwhile
            return
        store.append_log(tx, self._id, piece.number, piece.entries, piece.size)
        if piece.gone is not None:
            first, last = piece.gone
            store.drop_log(tx, self._id, first, last)
            mark = LogEntry(piece.entries[0].timestamp, piece.entries[0].step, "stderr", CUT)
            store.append_log(tx, self._id, last, [mark], 0)

    def _count(self, number: int, size: int) -> tuple[int, int] | None:
        """Count a piece; return the first and last piece that it drives out."""
        if self._head + size <= EACH_END and not self._tail:
            self._head += size
            return None
        self._tail.append((number, size))
        self._tail_bytes += size
        gone: list[int] = []
        while self._tail_bytes > EACH_END and len(self._tail) > 1:
            oldest, bytes_ = self._tail.popleft()
            self._tail_bytes -= bytes_
            gone.append(oldest)
        return (gone[0], gone[-1]) if gone else None
