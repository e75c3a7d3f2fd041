"""Pages of logs, read from the database once for all who follow a log in this process.

Whoever has heard the same news and stands at the same event would read the same page: a hundred followers, one read.
"""

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from asterism.kernel.db import Database, Tx
from asterism.kernel.streams import store
from asterism.kernel.streams.models import Event

PAGE = 500

Page: TypeAlias = tuple[list[Event], bool]
"""Events in order, and whether the stream ends with them."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A read that was begun by somebody in `loop`, who stood at `after` and had heard `news`."""

    loop: asyncio.AbstractEventLoop
    after: int
    news: object
    page: "asyncio.Task[Page]"

    def serves(self, loop: asyncio.AbstractEventLoop, after: int, news: object) -> bool:
        if self.page.done() and (self.page.cancelled() or self.page.exception() is not None):
            return False
        return self.loop is loop and self.after == after and self.news is news


class Pages:
    """The newest read of each stream that is followed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._newest: dict[str, _Read] = {}

    async def read(self, stream: str, after: int, news: object | None) -> Page:
        """Return what follows an event in the log. Raises Unavailable when the database is.

        `news` (`Waiters.newest`) was taken before the call: a read that began later than some news knows of it, so
        that all who heard the same may share it. Without `news` the log is read anew.
        """
        if news is None:
            return await self._db.run_read(_durable_page, stream, after)
        loop, newest = asyncio.get_running_loop(), self._newest.get(stream)
        if newest is None or not newest.serves(loop, after, news):
            page = loop.create_task(self._db.run_read(_durable_page, stream, after), name="streams-page")
            page.add_done_callback(_seen)
            newest = self._newest[stream] = _Read(loop, after, news, page)
        return await asyncio.shield(newest.page)  # whoever leaves does not take it from the others

    def forget(self, stream: str) -> None:
        """Let go of what was read of a stream that nobody here follows any more."""
        self._newest.pop(stream, None)


def _seen(page: "asyncio.Task[Page]") -> None:
    """Take note of a failure, which nobody may be left to hear of."""
    if not page.cancelled():
        page.exception()


def _durable_page(tx: Tx, stream: str, after: int) -> Page:
    end = store.head(tx, stream)
    if end is None or end.expired:
        return [], True
    events = store.read_after(tx, stream, after, PAGE)
    last = events[-1].seq if events else after
    return events, end.closed and last >= end.last_seq
