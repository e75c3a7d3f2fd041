"""Performing runs: tasks of this process, their ends, cancelling, and the runs of processes that are gone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from asterism.base.errors import DomainError, ShuttingDown, Unavailable
from asterism.kernel.background import Tasks
from asterism.kernel.db import Database, Tx
from asterism.kernel.runs import owners, store
from asterism.kernel.runs.lanes import Place
from asterism.kernel.runs.models import BrokenOff, Done, Ending, Failed, RunKind, Stopped, Work
from asterism.kernel.streams import Fact, StreamClosed, Streams

log = structlog.get_logger("asterism.runs")
W = TypeVar("W", bound=Work[Any])
Finish = Callable[[Tx, Any], Sequence[Fact]]

HEARTBEAT_SECONDS = 10.0
WATCH_SECONDS = 0.5
RETRY_SECONDS = 1.0
CANCEL_SECONDS = 5.0
END = 2**62  # a cursor behind every event
BEGINNING = "run-begin"


@dataclass(slots=True)
class _Active:
    """A run that this process performs. `broken` says why its work is being cancelled."""

    kind: RunKind
    work: Work[Any]
    place: Place
    task: asyncio.Task[Any] | None = None
    driver: asyncio.Task[None] | None = None
    broken: BrokenOff | Stopped | None = None

    def break_off(self, ending: BrokenOff | Stopped) -> None:
        """Cancel the work, unless it is being cancelled already."""
        if self.broken is None:
            self.broken = ending
            if self.task is not None:
                self.task.cancel()


class RunHost:
    """Performs the runs of one server process, which other processes know as `owner`.

    `is_gone(owner)` tells whether another process has surely ended; `sleep` is how long waits are waited.
    """

    def __init__(
        self,
        db: Database,
        streams: Streams,
        *,
        owner: str | None = None,
        is_gone: Callable[[str], bool] = owners.is_gone,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.owner = owner or owners.this_process()
        self._db, self._streams, self._is_gone, self._sleep = db, streams, is_gone, sleep
        self._kinds: dict[str, RunKind] = {}
        self._active: dict[str, _Active] = {}
        self._background = Tasks()
        self._stopping = False

    def add(self, kind: RunKind) -> RunKind:
        """Make a kind of runs known; before `start`, so that what a crash left of it can be ended."""
        self._kinds[kind.name] = kind
        return kind

    async def start(self) -> None:
        """End the runs that processes now gone have left behind, then look for more of them every ten seconds."""
        await self._sweep(first=True)
        self._background.spawn(self._beat(), "runs-heartbeat")
        self._background.spawn(self._watch(), "runs-watch")

    async def stop(self) -> None:
        """Begin nothing new, give each run its kind's grace, then end it as stopped."""
        self._stopping = True
        await self._background.ended(BEGINNING)
        graces = [self._stop_run(active) for active in list(self._active.values())]
        await asyncio.gather(*graces, return_exceptions=True)
        await self._background.cancel()

    async def _stop_run(self, active: _Active) -> None:
        if active.driver is not None:
            if active.kind.grace:
                await asyncio.wait({active.driver}, timeout=active.kind.grace)
            active.break_off(Stopped())
            await asyncio.wait({active.driver})

    def enter(self, kind: RunKind, key: str | None = None) -> Place:
        """Take a place in the kind's lane, to be used as a context. Raises LaneFull, ShuttingDown."""
        if self._stopping:
            raise ShuttingDown
        return kind.lane.enter(key)

    async def launch(self, place: Place, kind: RunKind, begin: Callable[[Tx, bool], W]) -> W:
        """Begin a run and perform it in the background; return its work once it is committed.

        `begin(tx, queued)` writes the feature's row; what it raises is raised here, and then no run is left. A caller
        that is cancelled meanwhile loses the answer, not the run.
        """
        if self._stopping:
            raise ShuttingDown
        place.launched = True
        beginning: asyncio.Task[W] = self._background.spawn(self._launched(place, kind, begin), BEGINNING)
        return await asyncio.shield(beginning)

    async def _launched(self, place: Place, kind: RunKind, begin: Callable[[Tx, bool], W]) -> W:
        try:
            work = await self._db.run(self._begin, kind, begin, place.queued)
        except BaseException:
            place.leave()
            raise
        active = self._active[work.stream] = _Active(kind, work, place)
        active.driver = self._background.spawn(self._drive(active), work.stream)
        return work

    def _begin(self, tx: Tx, kind: RunKind, begin: Callable[[Tx, bool], W], queued: bool) -> W:
        work = begin(tx, queued)
        store.insert(tx, work.stream, kind.name, self.owner)
        self._streams.create(tx, work.stream)
        self._streams.append_in(tx, work.stream, *work.opening)
        return work

    def request_cancel(self, tx: Tx, stream: str, reason: str) -> bool:
        """Record that a run shall end; return False when it has ended. To be followed by `break_off`."""
        return store.request_cancel(tx, stream, reason)

    async def break_off(self, stream: str, reason: str) -> None:
        """Cancel the work of a run whose end is recorded, and return when it has ended: within five seconds.

        A run that does not end by itself within that time is settled.
        """
        active = self._active.get(stream)
        if active is not None:
            active.break_off(BrokenOff(reason))
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                await self.ended(stream)
        except TimeoutError:
            await self._settle(stream)

    async def cancel(self, stream: str, reason: str) -> bool:
        """End a run in whatever process; return False when it had ended before."""
        recorded = await self._db.run(self.request_cancel, stream, reason)
        if recorded:
            await self.break_off(stream, reason)
        return recorded

    def in_progress(self, tx: Tx, prefix: str) -> Sequence[str]:
        """Return the streams of runs that have not ended, in whatever process, whose names begin with `prefix`."""
        return store.named(tx, prefix)

    async def cancel_all(self, prefix: str, reason: str) -> None:
        """End the runs whose streams' names begin with `prefix`, in whatever process."""
        for stream in await self._db.run_read(self.in_progress, prefix):
            await self.cancel(stream, reason)

    async def ended(self, stream: str) -> None:
        """Return when the run's terminal event is committed; at once for an unknown one."""
        async for _ in self._streams.subscribe(stream, END):
            pass

    def performed(self, kind: type[W]) -> list[W]:
        """Return the works of a class that this process performs."""
        return [active.work for active in self._active.values() if isinstance(active.work, kind)]

    async def _drive(self, active: _Active) -> None:
        """Perform a run and write its end; whatever happens to the work is an ending."""
        try:
            ending = await self._performed(active)
            await self._finish(active, ending)
        finally:
            self._release(active)

    async def _performed(self, active: _Active) -> Ending[Any]:
        if active.broken is not None:
            return active.broken
        active.task = asyncio.create_task(self._in_turn(active), name=f"{active.work.stream}/work")
        try:
            return Done(await active.task)
        except asyncio.CancelledError:
            if active.broken is None:
                raise
            return active.broken
        except StreamClosed:  # somebody took this process for dead and ended the run
            return Stopped()
        except Exception as error:  # noqa: BLE001 - it becomes the run's end
            return Failed(error)

    async def _in_turn(self, active: _Active) -> Any:
        await active.place.running.wait()
        return await active.work.perform()

    async def _finish(self, active: _Active, ending: Ending[Any]) -> None:
        """Write the end; a database that is down is tried again until it is not, or the server stops."""
        stream = active.work.stream
        while True:
            try:
                await self._streams.flush()  # what the work told to shared streams goes in front of its end
                await self._db.run(self._end, stream, active.work.finish, ending, self._releasing(active))
            except Unavailable as error:
                log.warning("runs.end_delayed", run=stream, error=error.message)
                if self._stopping:
                    return
                await self._sleep(RETRY_SECONDS)
            except Exception as error:
                log.exception("runs.bug", run=stream, error=type(error).__name__)
                if isinstance(ending, Failed):
                    return  # the next start settles it
                ending = Failed(error)
            else:
                return

    def _releasing(self, active: _Active) -> Callable[[], None]:
        """Return what gives a run's place up, from any thread."""
        loop = asyncio.get_running_loop()

        def release() -> None:
            loop.call_soon_threadsafe(self._release, active)

        return release

    def _release(self, active: _Active) -> None:
        active.place.leave()
        self._active.pop(active.work.stream, None)

    def _end(
        self, tx: Tx, stream: str, finish: Finish, ending: Ending[Any], release: Callable[[], None] = lambda: None
    ) -> bool:
        tx.after_commit(release)  # before the stream's own: whoever hears the end finds the place free
        taken = store.take(tx, stream)
        if taken is None:
            return False
        (reason,) = taken
        facts = finish(tx, BrokenOff(reason) if reason is not None else ending)
        if self._streams.head(tx, stream) is not None:
            self._streams.append_in(tx, stream, *facts, close=True)
        return True

    async def _settle(self, stream: str, kind: RunKind | None = None) -> None:
        active = self._active.get(stream)
        kind = kind or (active.kind if active else None)
        if kind is None:
            hosted = {one.stream: one for one in await self._db.run_read(store.of_others, self.owner)}.get(stream)
            kind = self._kinds.get(hosted.kind) if hosted else None
        if kind is None:
            log.warning("runs.unknown_kind", run=stream)
            return
        settle = kind.settle
        await self._db.run(self._end, stream, lambda tx, ending: settle(tx, stream, ending), Stopped())

    async def _settled(self, run: store.Hosted) -> None:
        """End an abandoned run; one that cannot be ended keeps neither the others nor the start waiting."""
        try:
            await self._settle(run.stream, self._kinds.get(run.kind))
        except DomainError:
            raise
        except Exception as error:
            log.exception("runs.bug", run=run.stream, error=type(error).__name__)

    async def _beat(self) -> None:
        while True:
            await self._sleep(HEARTBEAT_SECONDS)
            try:
                if self._active:
                    await self._db.run(store.beat, self.owner)
                await self._sweep()
            except DomainError as error:
                log.warning("runs.heartbeat_failed", error=error.message)

    async def _watch(self) -> None:
        """Hear of cancels that came in through other processes, and of runs that another process has ended."""
        while True:
            await self._sleep(WATCH_SECONDS)
            performed = list(self._active.values())
            if not performed:
                continue
            try:
                recorded = await self._db.run_read(store.of_owner, self.owner)
            except DomainError as error:
                log.warning("runs.watch_failed", error=error.message)
                continue
            for active in performed:
                reason = recorded.get(active.work.stream)
                if reason is not None:
                    active.break_off(BrokenOff(reason))
                elif active.work.stream not in recorded:
                    active.break_off(Stopped())

    async def _sweep(self, *, first: bool = False) -> None:
        """End the runs of processes that are gone; at the start also of other machines, if the database is one file."""
        now = await self._db.run_read(lambda tx: tx.now())
        for run in await self._db.run_read(store.of_others, self.owner):
            elsewhere = first and self._db.dialect == "sqlite" and not owners.is_here(run.owner)
            if elsewhere or self._is_gone(run.owner) or owners.is_silent(run.last_beat, run.created_at, now):
                log.info("runs.abandoned", run=run.stream)
                await self._settled(run)
        if first:
            await self._db.run(store.forget_owners)
