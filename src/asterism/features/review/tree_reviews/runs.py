"""The reviews of trees of one server: begun, joined, cancelled; the run host performs them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from asterism.base import ids
from asterism.base.clock import stamp
from asterism.features.accounts.identity import Caller
from asterism.features.review.findings import Lens
from asterism.features.review.inspection import Defaults, Options, resolve
from asterism.features.review.reviews import Services, TooManyReviews
from asterism.features.review.tree_reviews import log_entries, service, store
from asterism.features.review.tree_reviews.models import RUNNING, Asked, Ports, TreeReview
from asterism.features.review.tree_reviews.sides import MAIN, Sides, find_sides
from asterism.features.review.tree_reviews.work import TreeReviewWork, settle
from asterism.features.versions import workspaces
from asterism.kernel.db import Tx
from asterism.kernel.runs import Lane, LaneFull, RunHost, RunKind
from asterism.kernel.streams import Fact

CANCEL, DELETED = "cancel", "deleted"


class _Joined(Exception):
    """The very same review runs already."""

    def __init__(self, review: TreeReview) -> None:
        super().__init__()
        self.review = review


class TreeReviews:
    """Begins reviews of stored trees; `services` are those of every review."""

    def __init__(self, services: Services, ports: Ports, host: RunHost) -> None:
        self.services, self.ports, self._host = services, ports, host
        self._kind = host.add(RunKind("tree review", Lane(RUNNING), self._settle))

    async def begin(
        self,
        caller: Caller,
        workspace_id: str,
        *,
        against: str = MAIN,
        lenses: Sequence[Lens] = (),
        profile: str | None = None,
    ) -> TreeReview:
        """Begin a review of what a workspace shows, or join the one that runs and is about the very same.

        Raises UnknownWorkspace, NoTree, UnknownSnapshot, ManifestNotFound, BlobsMissing, Invalid or TooManyReviews.
        """
        options = _options(lenses, profile)
        db = self.services.db
        sides = await asyncio.to_thread(find_sides, db, self.ports.blobs, caller, workspace_id, against)
        target = await db.run_read(self.ports.choose, sides.project.owner_user_id)
        asked = Asked(
            project=sides.project,
            workspace_id=workspace_id,
            against=against,
            base_tree=sides.base_tree,
            tree=sides.tree,
            snapshot_id=sides.snapshot_id,
            options=options,
            target=target,
            actor=caller.client,
        )
        review = _review(sides, asked, stamp(self.services.clock.now()))
        try:
            with self._host.enter(self._kind) as place:
                work = await self._host.launch(place, self._kind, lambda tx, _: self._begun(tx, caller, asked, review))
        except LaneFull:
            return await self._running(review)
        except _Joined as joined:
            return joined.review
        return work.review

    async def _running(self, review: TreeReview) -> TreeReview:
        """Return the same review that runs, now that there is room for no other. Raises TooManyReviews."""
        found = await self.services.db.run_read(store.running_same, review)
        if found is None:
            raise TooManyReviews
        return found

    def _begun(self, tx: Tx, caller: Caller, asked: Asked, review: TreeReview) -> TreeReviewWork:
        tx.take_turns("tree reviews", review.workspace_id)
        workspaces.workspace_and_project(tx, caller, review.workspace_id)
        running = store.running_same(tx, review)
        if running is not None:
            raise _Joined(running)
        store.insert(tx, review)
        log_entries.started(tx, review, actor=asked.actor)
        return TreeReviewWork(self.services, self.ports, asked, review)

    async def cancel(self, caller: Caller, review_id: str) -> TreeReview:
        """End a review in whatever process and return it; one that has ended stays as it is. Raises UnknownReview."""
        db = self.services.db
        review = await db.run_read(service.get_review, caller, review_id)
        await self._host.cancel(review.stream, CANCEL)
        return await db.run_read(service.get_review, caller, review_id)

    async def end_orphans(self) -> None:
        """Cancel what works for a workspace or project that was deleted."""
        for review in await self.services.db.run_read(store.orphans):
            await self._host.cancel(review.stream, DELETED)

    def _settle(self, tx: Tx, stream: str, ending: Any) -> Sequence[Fact]:
        return settle(tx, self.services.streams, stream, ending)


def _options(lenses: Sequence[Lens], profile: str | None) -> Options:
    return resolve(
        chosen_mode="files",
        lens_names=[lens.value for lens in lenses],
        profile_name=profile,
        minimum=None,
        files=(),
        defaults=Defaults(),
    )


def _review(sides: Sides, asked: Asked, now: str) -> TreeReview:
    return TreeReview(
        id=ids.ulid(),
        project_id=sides.project.id,
        workspace_id=asked.workspace_id,
        status="running",
        against=asked.against,
        base_tree=asked.base_tree,
        tree=asked.tree,
        snapshot_id=asked.snapshot_id,
        lenses=asked.options.lenses,
        profile=asked.options.profile,
        created_at=now,
    )
