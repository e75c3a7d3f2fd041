"""The reviews of one server: started, joined, cancelled, picked up after a restart (Stargazer 6.3, 7.5)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog

from asterism.base.clock import shift, stamp
from asterism.base.ids import uuid4
from asterism.features.review.inspection import ReviewFailed, collection
from asterism.features.review.reviews import store
from asterism.features.review.reviews.errors import TooManyReviews
from asterism.features.review.reviews.events import Cause, Error
from asterism.features.review.reviews.legacy import LegacyRequest, LegacyRun
from asterism.features.review.reviews.log import stream_of
from asterism.features.review.reviews.models import KEPT_FAILED_SECONDS, RUNNING
from asterism.features.review.reviews.running import INTERRUPTED, Collected, Request, Running, Services
from asterism.kernel.db import Tx
from asterism.kernel.streams import Event, StreamClosed, UnknownStream

_log = structlog.get_logger(__name__)
T = TypeVar("T")


class ReviewManager:
    """Runs reviews on behalf of the server; connections only watch."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._running: dict[str, Running] = {}
        self._others: set[asyncio.Task[Any]] = set()
        self._launching = 0

    async def start(self) -> None:
        """End what a crash left open and drop what is kept no longer."""
        await self.services.db.run(self._recover)

    async def stop(self) -> None:
        """End every running review with a stored terminal event."""
        for run in list(self._running.values()):
            run.cancel(INTERRUPTED, word="interrupted", code="INTERNAL_ERROR")
        tasks = [run.task for run in self._running.values() if run.task is not None]
        for task in list(self._others):
            task.cancel()
        await asyncio.gather(*tasks, *self._others, return_exceptions=True)
        self.services.tools.close()

    @property
    def full(self) -> bool:
        """Whether as many reviews run as may."""
        return len(self._running) + self._launching >= RUNNING

    async def begin(self, request: Request, *, reserved: bool = False) -> str:
        """Join the identical running review or start one; return its id. Raises TooManyReviews unless `reserved`.

        The diff is collected before anything is decided only where an identical request may be running.
        """
        collected: Collected | None = None
        judged: set[str] = set()
        while rivals := [run for run in self._rivals(request) if run.id not in judged]:
            if collected is None:
                collected = await self._collect(request)
            for run in rivals:
                judged.add(run.id)
                if await self._same(run, collected):
                    return run.id
        if self.full and not reserved:
            raise TooManyReviews
        return await self._launch(request, collected)

    def _rivals(self, request: Request) -> Iterable[Running]:
        return [run for run in self._running.values() if run.request.key == request.key and not run.ending]

    async def _same(self, run: Running, collected: Collected) -> bool:
        if isinstance(collected, ReviewFailed):
            return False
        identity = await asyncio.shield(run.identity)
        return identity == (collected.head, collected.digest) and not run.ending

    async def _collect(self, request: Request) -> Collected:
        try:
            return await self.services.git.work(
                collection.collect,
                self.services.git,
                request.root,
                request.options,
                run_commands=request.run_commands,
            )
        except ReviewFailed as failure:
            return failure

    async def _launch(self, request: Request, collected: Collected | None) -> str:
        run = Running(self.services, request, uuid4(), stamp(self.services.clock.now()))
        self._running[run.id] = run

        def work(tx: Tx) -> None:
            store.add_running(
                tx,
                review_id=run.id,
                kind="triage",
                project_path=str(request.root),
                mode=request.options.mode,
                created_at=run.created_at,
            )
            self.services.streams.create(tx, stream_of(run.id))
            self.forget_old(tx)

        try:
            await self.services.db.run(work)
        except BaseException:
            del self._running[run.id]
            run.identity.set_result(None)
            raise
        run.task = asyncio.create_task(self._drive(run, collected), name=f"review {run.id}")
        return run.id

    async def _drive(self, run: Running, collected: Collected | None) -> None:
        try:
            await run.run(collected)
        except Exception:  # noqa: BLE001 - nobody awaits this task; what is left is picked up at the next start
            _log.exception("a review could not be ended", review_id=run.id)
        finally:
            self._running.pop(run.id, None)

    def is_running(self, review_id: str) -> bool:
        """Whether this very process runs the review now."""
        return review_id in self._running

    async def cancel(self, review_id: str, reason: str = "Review cancelled.") -> bool:
        """Stop a running review and wait until it has ended; False when it does not run."""
        run = self._running.get(review_id)
        if run is None or not run.cancel(reason):
            return False
        await self.settled(review_id)
        return True

    async def settled(self, review_id: str) -> None:
        """Wait until the review has its terminal event; returns at once when it does not run."""
        run = self._running.get(review_id)
        if run is not None and run.task is not None:
            with suppress(asyncio.CancelledError):
                await asyncio.shield(asyncio.wait({run.task}))

    async def cancel_project(self, root: Path) -> None:
        """Stop every running review of a root, because its trust is gone ([3.13])."""
        ids = [run.id for run in self._running.values() if run.request.root == root]
        await asyncio.gather(*(self.cancel(one, "The project is not trusted any more.") for one in ids))

    def follow(self, review_id: str, after: int = 0) -> AsyncGenerator[Event, None]:
        """Yield the events of a review from `after` on until its terminal one."""
        return self.services.streams.subscribe(stream_of(review_id), after)

    def opened(self, request: Request) -> "asyncio.Task[str]":
        """Begin in the background with a place that is kept for it; only when the server is not `full`."""
        self._launching += 1

        async def begin() -> str:
            try:
                return await self.begin(request, reserved=True)
            finally:
                self._launching -= 1

        return self._keep(asyncio.create_task(begin()))

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Count as a running review meanwhile. Raises TooManyReviews."""
        if self.full:
            raise TooManyReviews
        self._launching += 1
        try:
            yield
        finally:
            self._launching -= 1

    def begin_legacy(self, request: LegacyRequest) -> LegacyRun:
        """Start a review of the older kind; it outlives its reader. Raises TooManyReviews."""
        if self.full:
            raise TooManyReviews
        run = LegacyRun(self.services, request)
        self._launching += 1

        async def work() -> None:
            try:
                await run.run()
            finally:
                self._launching -= 1

        self._keep(asyncio.create_task(work()))
        return run

    async def outliving(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end even when the caller is cancelled meanwhile."""
        return await asyncio.shield(self._keep(asyncio.create_task(work)))

    def _keep(self, task: "asyncio.Task[T]") -> "asyncio.Task[T]":
        self._others.add(task)
        task.add_done_callback(self._others.discard)
        return task

    def _recover(self, tx: Tx) -> None:
        for review_id, kind in store.running(tx):
            if review_id in self._running:
                continue
            store.finish(tx, review_id, "failed")
            if kind == "triage":
                error = Error(Cause(INTERRUPTED, "INTERNAL_ERROR"))
                with suppress(StreamClosed, UnknownStream):
                    self.services.streams.append_in(tx, stream_of(review_id), error, close=True)
        self.forget_old(tx)

    def forget_old(self, tx: Tx) -> None:
        """Drop failed and cancelled reviews after 24 h ([5.59])."""
        before = shift(tx.now(), seconds=-KEPT_FAILED_SECONDS)
        for review_id in store.ended_without_result(tx, before):
            with suppress(UnknownStream):
                self.services.streams.delete(tx, stream_of(review_id))
            store.delete(tx, review_id)
