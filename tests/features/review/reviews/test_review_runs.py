"""Reviews as runs: joined, cancelled, capped, recovered; followers hear one and the same log."""

import asyncio
import json
import random
import tempfile
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from asterism.features.review import reviews
from asterism.features.review.findings import Lens
from asterism.features.review.reviews import store
from asterism.features.review.reviews.events import StepStart
from asterism.kernel.llm import FailureKind, Scripted
from asterism.kernel.runs import store as hosted
from tests.features.review.reviews.conftest import TARGET, request, world

EMPTY = json.dumps({"summary": "", "issues": []})


@pytest.fixture
def changed(checkout):
    checkout.write("README.md", "x\n")
    checkout.commit()
    checkout.write("a.py", "import os\n")
    return checkout


async def until(w, review_id, kind):
    async for event in w.manager.follow(review_id):
        if event.type == kind:
            return


def held(w):
    """Make the model wait; return the event that lets it go on."""
    gate = asyncio.Event()
    w.models.play(*[Scripted((EMPTY,), hold=gate) for _ in range(20)])
    return gate


def test_identical_requests_join_and_others_do_not(db, clock, changed):
    async def scenario():
        async with world(db, clock, "ruff") as w:
            gate = held(w)
            first = await w.manager.begin(request(changed.root, target=TARGET))
            await until(w, first, "agent_start")
            same = await w.manager.begin(request(changed.root, target=TARGET))
            other = await w.manager.begin(request(changed.root, target=TARGET, lenses=(Lens.TESTS,)))
            changed.write("a.py", "import sys\n")
            edited = await w.manager.begin(request(changed.root, target=TARGET))
            gate.set()
            await asyncio.gather(*(w.events(one) for one in (first, other, edited)))
            again = await w.manager.begin(request(changed.root, target=TARGET))
            await w.events(again)
            return first, same, other, edited, again

    first, same, *rest = asyncio.run(scenario())
    assert same == first
    assert len({first, *rest}) == 4


def test_cancel_ends_the_review_and_the_call(db, clock, changed):
    async def scenario():
        async with world(db, clock, "") as w:
            held(w)
            review_id = await w.manager.begin(request(changed.root, lenses=(Lens.TESTS,), target=TARGET))
            await until(w, review_id, "file_complete")
            while not w.models.requests:
                await asyncio.sleep(0)
            cancelled = await w.manager.cancel(review_id)
            again = await w.manager.cancel(review_id)
            events = await w.events(review_id)
            with db.read() as tx:
                status = msgspec.to_builtins(reviews.status(tx, review_id))
            return cancelled, again, events, status, len(w.models.closed)

    cancelled, again, events, status, closed = asyncio.run(scenario())
    assert (cancelled, again, closed) == (True, False, 1)
    assert [kind for _, kind, _ in events[-3:]] == ["agent_complete", "step_error", "error"]
    assert events[-3][2]["status"] == "failed"
    assert events[-3][2]["error"] == "cancelled"
    assert events[-1][2] == {"error": {"message": "Review cancelled.", "code": "GENERATION_FAILED"}}
    assert status["state"] == "cancelled"


def test_at_most_eight_reviews_run(db, clock, changed):
    async def scenario():
        async with world(db, clock, "") as w:
            gate = held(w)
            ids = []
            for number in range(8):
                changed.write(f"n{number}.txt", "x\n")
                ids.append(await w.manager.begin(request(changed.root, lenses=(Lens.TESTS,), target=TARGET)))
                await until(w, ids[-1], "step_complete")
            joined = await w.manager.begin(request(changed.root, lenses=(Lens.TESTS,), target=TARGET))
            changed.write("other.txt", "x\n")
            with pytest.raises(reviews.TooManyReviews) as refused:
                await w.manager.begin(request(changed.root, lenses=(Lens.TESTS,), target=TARGET))
            gate.set()
            await asyncio.gather(*(w.events(one) for one in ids))
            return ids, joined, refused.value

    ids, joined, refused = asyncio.run(scenario())
    assert joined == ids[-1]
    assert (refused.code, refused.retry_after) == ("RATE_LIMITED", 5)


def test_eight_reviews_begun_at_the_same_instant_all_run_and_a_ninth_does_not(db, clock, changed):
    lenses = [(one,) for one in Lens] + [(Lens.CORRECTNESS, one) for one in list(Lens)[1:5]]

    async def scenario():
        async with world(db, clock, "") as w:
            gate = held(w)
            beginning = [w.manager.opened(request(changed.root, lenses=one, target=TARGET)) for one in lenses[:8]]
            assert w.manager.full
            with pytest.raises(reviews.TooManyReviews):
                w.manager.opened(request(changed.root, lenses=lenses[8], target=TARGET))
            with pytest.raises(reviews.TooManyReviews):
                await w.manager.begin(request(changed.root, lenses=lenses[8], target=TARGET))
            joined = await w.manager.begin(request(changed.root, lenses=lenses[0], target=TARGET))
            ids = await asyncio.gather(*beginning)
            gate.set()
            ends = [(await w.events(one))[-1][1] for one in ids]
            assert not w.manager.full
            return ids, joined, ends

    ids, joined, ends = asyncio.run(scenario())
    assert joined == ids[0]
    assert len(set(ids)) == 8
    assert ends == ["complete"] * 8


def test_another_server_leaves_the_reviews_of_this_one_alone(db, clock, changed):
    async def scenario():
        async with world(db, clock, "") as w:
            gate = held(w)
            review_id = await w.manager.begin(request(changed.root, target=TARGET))
            await until(w, review_id, "agent_start")
            async with world(db, clock, "") as other:
                with db.read() as tx:
                    state = reviews.status(tx, review_id).state
                cancelled = asyncio.create_task(other.manager.cancel(review_id))
                last = (await other.events(review_id))[-1]
                assert await cancelled
            gate.set()
            return state, last[2]["error"]["message"]

    assert asyncio.run(scenario()) == ("running", "Review cancelled.")


def test_a_review_whose_trust_is_gone_says_so(db, clock, changed):
    async def scenario():
        async with world(db, clock, "") as w:
            held(w)
            review_id = await w.manager.begin(request(changed.root, target=TARGET))
            await until(w, review_id, "agent_start")
            await w.manager.cancel_project(changed.root)
            return (await w.events(review_id))[-1][2]

    assert asyncio.run(scenario()) == {
        "error": {"message": "The project is not trusted any more.", "code": "GENERATION_FAILED"}
    }


def test_fifty_followers_hear_the_same(db, clock, changed):
    async def scenario():
        async with world(db, clock, "ruff,secrets") as w:
            review_id = await w.manager.begin(request(changed.root))

            async def follower(pause):
                for _ in range(pause):
                    await asyncio.sleep(0)
                return await w.events(review_id)

            return await asyncio.gather(*(follower(random.randrange(400)) for _ in range(50)))

    logs = asyncio.run(scenario())
    assert logs[0][-1][1] == "complete"
    assert all(log == logs[0] for log in logs)


def test_a_crash_leaves_a_terminal_event(db, clock, changed):
    async def scenario():
        async with world(db, clock, "") as w:
            review_id = "5b0c7a3e-8f14-4d7c-9a2b-3c1d5e6f7a80"

            def crashed(tx):
                store.add_running(
                    tx, review_id=review_id, kind="triage", project_path="/p", mode="staged", created_at=tx.now()
                )
                hosted.insert(tx, reviews.stream_of(review_id), "review", "another machine")
                w.streams.create(tx, reviews.stream_of(review_id))
                w.streams.append_in(tx, reviews.stream_of(review_id), StepStart("diff", tx.now()))

            await db.run(crashed)
            clock.advance(61)
        async with world(db, clock, "") as w:
            events = await w.events(review_id)
            with db.read() as tx:
                state = reviews.status(tx, review_id).state
        clock.advance(24 * 3600 + 60)
        async with world(db, clock, ""):
            with db.read() as tx:
                return events, state, msgspec.to_builtins(reviews.status(tx, review_id))

    events, state, later = asyncio.run(scenario())
    assert [(seq, kind) for seq, kind, _ in events] == [(1, "step_start"), (1001, "step_error"), (1002, "error")]
    assert events[-1][2]["error"]["code"] == "INTERNAL_ERROR"
    assert state == "failed"
    assert later == {"sessionActive": False, "reviewSaved": False, "isComplete": False}


def test_a_server_that_stops_ends_its_reviews(db, clock, changed):
    async def scenario():
        async with world(db, clock, "") as w:
            held(w)
            review_id = await w.manager.begin(request(changed.root, target=TARGET))
            await until(w, review_id, "agent_start")
            await w.host.stop()
            return await w.events(review_id)

    events = asyncio.run(scenario())
    assert events[-1][1] == "error"
    assert events[-1][2]["error"]["code"] == "INTERNAL_ERROR"


def test_a_failed_analyzer_fails_nothing(db, clock, changed):
    async def scenario():
        async with world(db, clock, "ruff,secrets") as w:
            object.__setattr__(w.services, "tools", Broken())
            review_id = await w.manager.begin(request(changed.root))
            await w.events(review_id)
            with db.read() as tx:
                return reviews.read_triage(tx, review_id)

    saved = asyncio.run(scenario())
    assert {one.id: one.status for one in saved.coverage.analyzers} == {"ruff": "failed", "secrets": "ok"}
    assert "The analyzer ruff failed" in saved.result.summary


class Broken:
    """A runner of tools that cannot run anything."""

    async def __call__(self, argv, folder, seconds):
        raise OSError("no such program")

    @contextmanager
    def workplace(self):
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)

    def close(self):
        pass


def drilled(db, clock, changed, *answers):
    async def scenario():
        async with world(db, clock, "ruff") as w:
            review_id = await w.manager.begin(request(changed.root))
            await w.events(review_id)
            with db.read() as tx:
                saved = reviews.read_triage(tx, review_id)
                row, issue = reviews.find_issue(tx, review_id, saved.result.issues[0].id)
            w.models.play(*answers)
            changed.write("a.py", "something else entirely\n")
            made = await w.manager.outliving(reviews.drill(w.services, row, issue, TARGET))
            with db.read() as tx:
                return made, reviews.read_triage(tx, review_id).drilldowns, w.models.requests

    return asyncio.run(scenario())


GOOD = {
    "detailedAnalysis": "a", "rootCause": "b", "impact": "c", "suggestedFix": "d",
    "patch": "--- a/a.py\n+++ b/a.py\n@@ -1 +0,0 @@\n-import os\n", "relatedIssues": ["nope"],
    "references": ["https://example.org/x", "javascript:alert(1)", "ftp://x"],
}  # fmt: skip


def test_a_drilldown_looks_at_the_stored_snapshot(db, clock, changed):
    made, kept, requests = drilled(db, clock, changed, json.dumps(GOOD))
    assert kept == (made,)
    assert (made.related_issues, made.references) == ((), ("https://example.org/x",))
    assert made.patch == GOOD["patch"]
    assert "import os" in requests[0].turns[0].text
    assert "something else" not in requests[0].turns[0].text


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (FailureKind.AUTH, "API_KEY_INVALID"), (FailureKind.TIMEOUT, "MODEL_TIMEOUT"),
        (FailureKind.CONTENT_FILTERED, "MODEL_ERROR"), (FailureKind.INTERRUPTED, "NETWORK_ERROR"),
        (None, "MODEL_ERROR"),
    ],
)  # fmt: skip
def test_a_drilldown_that_fails_saves_nothing(db, clock, changed, failure, code):
    bad = json.dumps({**GOOD, "impact": " "}) if failure is None else Scripted(failure=failure)
    with pytest.raises((reviews.DrilldownFailed, reviews.KeyRejected)) as caught:
        drilled(db, clock, changed, bad)
    assert caught.value.code == code


def legacy(db, clock, changed, *answers, staged=False):
    async def scenario():
        async with world(db, clock, "") as w:
            w.models.play(*answers)
            told = await w.manager.begin_legacy(reviews.LegacyRequest(changed.root, staged, TARGET))
            events = [(event.type, msgspec.json.decode(event.data)) async for event in told]
            with db.read() as tx:
                listed = reviews.list_legacy(tx, project_path=str(changed.root), limit=9, offset=0)
            return events, listed

    return asyncio.run(scenario())


def test_a_review_of_the_older_kind(db, clock, changed):
    text = json.dumps({
        "summary": "One risk.", "overallScore": 40.4,
        "issues": [
            {"severity": "critical", "category": "security", "file": "a.py", "line": 1,
             "title": "T", "description": "D"},
            {"severity": "huge", "category": "security", "title": "T", "description": "D"},
            {"severity": "nitpick", "category": "style", "file": "b.py", "line": 1, "title": "T", "description": "D"},
        ],
    })  # fmt: skip
    events, listed = legacy(db, clock, changed, Scripted((text[:30], text[30:])))
    assert "".join(data["content"] for kind, data in events if kind == "chunk") == text
    result = events[-1][1]["result"]
    assert [(one["file"], one["line"]) for one in result["issues"]] == [("a.py", 1), (None, None)]
    assert (result["overallScore"], result["summary"]) == (40, "One risk.\n1 malformed findings were left out.")
    assert [(one.id, one.issue_count, one.critical_count) for one in listed] == [(events[-1][1]["reviewId"], 2, 1)]


@pytest.mark.parametrize(
    ("answers", "staged", "code"),
    [
        ((Scripted(failure=FailureKind.AUTH),), False, "AI_ERROR"),
        ((Scripted(failure=FailureKind.RATE_LIMITED, retry_after=99),), False, "RATE_LIMITED"),
        ((), True, "NO_DIFF"),
    ],
)
def test_how_the_older_kind_fails(db, clock, changed, answers, staged, code):
    events, listed = legacy(db, clock, changed, *answers, staged=staged)
    assert [(kind, data["error"]["code"]) for kind, data in events] == [("error", code)]
    assert listed == []


def test_an_answer_that_is_no_json_becomes_the_summary(db, clock, changed):
    events, _ = legacy(db, clock, changed, "All fine here.")
    assert events[-1][1]["result"] == {"summary": "All fine here.", "issues": [], "overallScore": None}
