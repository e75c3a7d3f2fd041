"""Reviews of stored trees as runs: with a model, joined, cancelled, left by a dead process, of deleted workspaces."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from asterism.base.clock import ManualClock
from asterism.features.accounts.identity import Caller
from asterism.features.review import analyzers, reviews, tracked_findings, tree_reviews
from asterism.features.review.findings import Lens
from asterism.features.review.tracked_findings import Introduced, Lines
from asterism.features.review.tree_reviews import Ports, TreeReview, TreeReviews
from asterism.features.versions import workspaces
from asterism.kernel.db import Tx
from asterism.kernel.git import Git
from asterism.kernel.llm import Request, Scripted, ScriptedModels, Target
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import memory_secrets
from asterism.kernel.streams import DatabaseStreams
from tests.features.versions.sync.conftest import BASE, World
from tests.support.shelf import Shelf

TARGET = Target("gemini", "gemini-2.5-flash", "http://127.0.0.1:1/v1", "key")
LENS = {"lenses": (Lens.CORRECTNESS,)}


def found_by(request: Request) -> Scripted:
    """Answer as a model: one finding for the lens, confirmed when it is to be verified."""
    asked = json.dumps([[getattr(part, "text", "") for part in turn.content] for turn in request.turns])
    if "ours" not in asked or "verdict" in (request.system or "").lower():
        return Scripted((json.dumps({"verdicts": [{"id": 1, "verdict": "confirmed"}]}),))
    issue = {
        "file": "F2", "line_start": 1, "line_end": 1, "quote": "ours", "severity": "high", "category": "correctness",
        "title": "Not theirs", "rationale": "It should be theirs.", "recommendation": "Ask.", "confidence": 0.9,
    }  # fmt: skip
    return Scripted((json.dumps({"summary": "done", "issues": [issue]}),))


class Bench:
    """What begins reviews of a world, as one process."""

    def __init__(self, shelf: Shelf, clock: ManualClock, *, target: Target | None, gone: bool = False) -> None:
        self.models = ScriptedModels(found_by)
        self.streams = DatabaseStreams(shelf.db)
        self.host = RunHost(shelf.db, self.streams, owner=None if not gone else "another", is_gone=lambda _owner: True)
        self.services = reviews.Services(
            db=shelf.db,
            streams=self.streams,
            models=self.models,
            git=Git(),
            secrets=memory_secrets(),
            clock=clock,
            checks=analyzers.chosen("patterns"),
            tools=analyzers.ToolRunner(),
            server_gate=asyncio.Semaphore(8),
        )
        ports = Ports(shelf.blobs, lambda _tx, _user: target, brought)
        self.reviews = TreeReviews(self.services, ports, self.host)

    async def ended(self, review: TreeReview) -> list[str]:
        return [event.type async for event in self.streams.subscribe(review.stream)]


def brought(_tx: Tx, lines: Lines) -> Mapping[int, Introduced]:
    return {number: Introduced(conversation_id="talk", message_id=lines.path) for number in lines.numbers}


@asynccontextmanager
async def bench(shelf: Shelf, clock: ManualClock, *, target: Target | None = TARGET) -> AsyncIterator[Bench]:
    made = Bench(shelf, clock, target=target)
    await made.streams.start()
    await made.host.start()
    try:
        yield made
    finally:
        await made.host.stop()
        await made.streams.stop()
        made.services.tools.close()


def read(shelf: Shelf, caller: Caller, review: TreeReview) -> tuple[TreeReview, list[tracked_findings.Tracked]]:
    with shelf.db.read() as tx:
        return tree_reviews.read_review(tx, caller, review.id)


def test_a_model_finds_what_a_merge_carries(shelf: Shelf, caller: Caller, clock: ManualClock) -> None:
    world = World(shelf, caller)

    async def scenario() -> TreeReview:
        async with bench(shelf, clock) as b:
            review = await b.reviews.begin(caller, world.side.id, **LENS)
            assert (await b.ended(review))[-1] == "complete"
            return review

    review, [finding] = read(shelf, caller, asyncio.run(scenario()))
    assert (review.status, review.snapshot_id, review.new_count) == ("completed", world.ours, 1)
    assert (finding.issue.file, finding.issue.line_start, finding.issue.source) == ("c", 1, "model")
    assert finding.introduced == Introduced(conversation_id="talk", message_id="c")
    assert set(finding.places) == {world.side.id}
    third = world.workspace("third")
    world.push(third, BASE, world.base)
    tracked_findings.refresh(shelf.db, shelf.blobs, world.project.id)
    assert set(read(shelf, caller, review)[1][0].places) == {world.side.id}
    world.execute(world.prepare(third, world.side.id), third)
    tracked_findings.refresh(shelf.db, shelf.blobs, world.project.id)
    _, [now] = read(shelf, caller, review)
    assert set(now.places) == {world.side.id, third.id}


def test_the_same_is_joined_and_a_cancel_ends_it(shelf: Shelf, caller: Caller, clock: ManualClock) -> None:
    world = World(shelf, caller)

    async def scenario() -> tuple[TreeReview, TreeReview]:
        async with bench(shelf, clock) as b:
            b.models.answer = lambda _request: Scripted(("{}",), hold=asyncio.Event())
            first = await b.reviews.begin(caller, world.side.id, **LENS)
            assert (await b.reviews.begin(caller, world.side.id, **LENS)).id == first.id
            other = await b.reviews.begin(caller, world.side.id, against="head", **LENS)
            assert other.id != first.id
            while not b.models.requests:
                await asyncio.sleep(0)
            cancelled = await b.reviews.cancel(caller, first.id)
            assert await b.reviews.cancel(caller, first.id) == cancelled
            assert (await b.ended(first))[-1] == "error"
            assert len(b.models.closed) == len(b.models.requests)
            assert (await b.ended(other))[-1] == "error"
            return cancelled, other

    cancelled, other = asyncio.run(scenario())
    assert (cancelled.status, cancelled.error_message) == ("cancelled", "Review cancelled.")
    ended, _ = read(shelf, caller, other)
    assert (ended.status, ended.error_code) == ("failed", "NO_DIFF")


def test_what_a_dead_process_left_is_ended(shelf: Shelf, caller: Caller, clock: ManualClock) -> None:
    world = World(shelf, caller)

    async def scenario() -> TreeReview:
        dead = Bench(shelf, clock, target=TARGET, gone=True)
        dead.models.answer = lambda _request: Scripted(("{}",), hold=asyncio.Event())
        await dead.streams.start()
        left = await dead.reviews.begin(caller, world.side.id, **LENS)
        while not dead.models.requests:
            await asyncio.sleep(0)
        await dead.streams.flush()
        async with bench(shelf, clock) as b:
            events = await b.ended(left)
            assert (events[-2], events[-1]) == ("step_error", "error")
            again = await b.reviews.begin(caller, world.side.id, **LENS)
            assert again.id != left.id
            assert (await b.ended(again))[-1] == "complete"
        await dead.host.stop()
        await dead.streams.stop()
        dead.services.tools.close()
        return left

    ended, found = read(shelf, caller, asyncio.run(scenario()))
    assert (ended.status, ended.error_code, found) == ("failed", "INTERNAL_ERROR", [])


def test_a_deleted_workspace_takes_its_review_along(shelf: Shelf, caller: Caller, clock: ManualClock) -> None:
    world = World(shelf, caller)

    async def scenario() -> TreeReview:
        async with bench(shelf, clock) as b:
            b.models.answer = lambda _request: Scripted(("{}",), hold=asyncio.Event())
            review = await b.reviews.begin(caller, world.side.id, **LENS)
            await b.reviews.end_orphans()
            with shelf.db.write() as tx:
                workspaces.delete_workspace(tx, caller, world.side.id)
            await b.reviews.end_orphans()
            assert (await b.ended(review))[-1] == "error"
            return review

    assert read(shelf, caller, asyncio.run(scenario()))[0].status == "cancelled"
