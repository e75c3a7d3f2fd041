"""The reviews of one server: started, joined, cancelled; the run host performs them (Stargazer 6.3, 7.5)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from asterism.base.clock import shift
from asterism.base.ids import uuid4
from asterism.features.review.inspection import ReviewFailed, collection
from asterism.features.review.reviews import legacy_review, store, triage
from asterism.features.review.reviews.errors import TooManyReviews
from asterism.features.review.reviews.legacy_review import LegacyRequest, LegacyReview
from asterism.features.review.reviews.log import stream_of
from asterism.features.review.reviews.models import KEPT_FAILED_SECONDS, RUNNING
from asterism.features.review.reviews.services import Request, Services
from asterism.features.review.reviews.triage import CANCEL, UNTRUSTED, Collected, TriageReview
from asterism.kernel.background import Tasks
from asterism.kernel.db import Tx
from asterism.kernel.runs import Lane, LaneFull, Place, RunHost, RunKind
from asterism.kernel.streams import Event, Fact, UnknownStream

T = TypeVar("T")


class ReviewRuns:
    """Begins reviews and lets requests join them; connections only watch."""

    def __init__(self, services: Services, host: RunHost) -> None:
        self.services = services
        self._host = host
        self._lane = Lane(RUNNING)
        self._triage = host.add(RunKind("review", self._lane, self._settle))
        self._legacy = host.add(RunKind("legacy review", self._lane, legacy_review.settle))
        self._open: list[TriageReview] = []
        self._others = Tasks()

    async def start(self) -> None:
        """Drop what is kept no longer."""
        await self.services.db.run(self.forget_old)

    async def stop(self) -> None:
        """End what is no run, and the programs of analyzers; after the host has ended the reviews."""
        await self._others.cancel()
        self.services.tools.close()

    @property
    def full(self) -> bool:
        """Whether as many reviews run as may."""
        return self._lane.full

    def _enter(self, kind: RunKind) -> Place:
        try:
            return self._host.enter(kind)
        except LaneFull:
            raise TooManyReviews from None

    async def begin(self, request: Request) -> str:
        """Join the identical running review or start one; return its id. Raises TooManyReviews."""
        await asyncio.sleep(0)  # those who came before may be about to begin the one to join
        return await self._begin(request, lambda: self._enter(self._triage))

    def opened(self, request: Request) -> "asyncio.Task[str]":
        """Begin in the background with a place that is kept for it. Raises TooManyReviews in any case."""
        place = self._enter(self._triage)

        async def begin() -> str:
            with place:
                return await self._begin(request, lambda: place)

        return self._others.spawn(begin())

    async def _begin(self, request: Request, enter: Callable[[], Place]) -> str:
        """Join or start. The diff is collected before anything is decided only where an identical review may run."""
        collected: Collected | None = None
        judged: set[str] = set()
        while rivals := [run for run in self._rivals(request) if run.id not in judged]:
            if collected is None:
                collected = await self._collect(request)
            for run in rivals:
                judged.add(run.id)
                if await self._same(run, collected):
                    return run.id
        with enter() as place:
            return await self._launch(place, request, collected)

    def _rivals(self, request: Request) -> Iterable[TriageReview]:
        self._open = [run for run in self._open if not run.closing]
        return [run for run in self._open if run.request.key == request.key]

    async def _same(self, run: TriageReview, collected: Collected) -> bool:
        """Say whether a running review is of this very content, once that is known."""
        if isinstance(collected, ReviewFailed):
            return False
        identity = await asyncio.shield(run.identity)
        return identity == (collected.head, collected.digest) and not run.closing

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

    async def _launch(self, place: Place, request: Request, collected: Collected | None) -> str:
        run = TriageReview(self.services, request, uuid4(), collected)
        self._open.append(run)

        def begin(tx: Tx, _queued: bool) -> TriageReview:
            store.add_running(
                tx,
                review_id=run.id,
                kind="triage",
                project_path=str(request.root),
                mode=request.options.mode,
                created_at=run.created_at,
            )
            self.forget_old(tx)
            return run

        try:
            await self._host.launch(place, self._triage, begin)
        except Exception:
            run.close()
            raise
        return run.id

    def _settle(self, tx: Tx, stream: str, ending: Any) -> Sequence[Fact]:
        return triage.settle(tx, self.services.streams, stream, ending)

    async def cancel(self, review_id: str) -> bool:
        """Stop a running review and wait until it has ended; False when it does not run."""
        return await self._host.cancel(stream_of(review_id), CANCEL)

    async def settled(self, review_id: str) -> None:
        """Wait until the review has its terminal event; returns at once when it does not run."""
        await self._host.ended(stream_of(review_id))

    async def cancel_project(self, root: Path) -> None:
        """Stop every running review of a root, because its trust is gone ([3.13])."""
        ids = await self.services.db.run_read(store.running_of, str(root))
        legacy = [run for run in self._host.performed(LegacyReview) if run.request.root == root]
        streams = [*map(stream_of, ids), *(run.stream for run in legacy)]
        await asyncio.gather(*(self._host.cancel(stream, UNTRUSTED) for stream in streams))

    async def follow(self, review_id: str, after: int = 0) -> AsyncGenerator[Event, None]:
        """Yield the events of a review from `after` on until its terminal one."""
        async with aclosing(self.services.streams.subscribe(stream_of(review_id), after)) as events:
            async for event in events:
                yield event

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Count as a running review meanwhile. Raises TooManyReviews."""
        with self._enter(self._triage):
            yield

    async def begin_legacy(self, request: LegacyRequest) -> AsyncGenerator[Event, None]:
        """Start a review of the older kind and return its events; it outlives its reader. Raises TooManyReviews."""
        run = LegacyReview(self.services, request, uuid4())
        with self._enter(self._legacy) as place:
            await self._host.launch(place, self._legacy, lambda _tx, _queued: run)
        return self.services.streams.subscribe(run.stream)

    async def outliving(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end even when the caller is cancelled meanwhile."""
        return await asyncio.shield(self._others.spawn(work))

    def forget_old(self, tx: Tx) -> None:
        """Drop failed and cancelled reviews after 24 h ([5.59])."""
        before = shift(tx.now(), seconds=-KEPT_FAILED_SECONDS)
        for review_id in store.ended_without_result(tx, before):
            with suppress(UnknownStream):
                self.services.streams.delete(tx, stream_of(review_id))
            store.delete(tx, review_id)
