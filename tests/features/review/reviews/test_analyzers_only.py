"""A whole review without a model, on a real checkout, with the real tools."""

import asyncio

import msgspec

from asterism.features.review import reviews
from asterism.features.review.findings import Lens
from tests.features.review.reviews.conftest import request, world

OLD = """import sqlite3

PATH = "x.db"


def connect():
    return sqlite3.connect(PATH)


def find(user):
    sql = "SELECT * FROM t WHERE u = ?"
    return connect().execute(sql, (user,)).fetchall()


def close(conn):
    conn.close()
"""
NEW = OLD.replace(
    '    sql = "SELECT * FROM t WHERE u = ?"\n    return connect().execute(sql, (user,)).fetchall()\n',
    '    sql = "SELECT * FROM t WHERE u = \'" + user + "\'"\n    return connect().execute(sql).fetchall()\n',
)


def prepare(checkout):
    checkout.write("src/db.py", OLD)
    checkout.write("package-lock.json", "{}\n")
    checkout.commit("Add user lookup")
    checkout.write("src/db.py", NEW)
    checkout.write("src/täst plan.py", "def collect(item, seen=[]):\n    seen.append(item)\n    return seen\n")
    checkout.write("package-lock.json", '{"a": 1}\n')


def test_events_come_in_the_documented_order_and_replay_is_identical(db, clock, checkout):
    prepare(checkout)

    async def scenario():
        async with world(db, clock) as w:
            review_id = await w.manager.begin(request(checkout.root, lenses=(Lens.CORRECTNESS, Lens.SECURITY)))
            live = await w.events(review_id)
            replay = await w.events(review_id)
            with db.read() as tx:
                saved = reviews.read_triage(tx, review_id)
                listed, warnings = reviews.list_triage(tx, project_path=None, limit=10, offset=0)
                state = msgspec.to_builtins(reviews.status(tx, review_id))
            return review_id, live, replay, saved, listed, warnings, state

    review_id, live, replay, saved, listed, warnings, state = asyncio.run(scenario())
    assert msgspec.json.encode(live) == msgspec.json.encode(replay)
    assert [seq for seq, _, _ in live] == list(range(1, len(live) + 1))
    kinds = [kind for _, kind, _ in live if kind != "issue_preview"]
    per_file = ["file_start", "tool_call", "tool_result", "file_complete"]
    assert kinds[:9] == [
        "review_started", "step_start", "step_complete", "review_started", "step_start",
        "agent_start", "agent_thinking", "agent_start", "agent_thinking",
    ]  # fmt: skip
    assert live[9][2]["thought"] == "No model is configured; only static checks run."
    assert kinds[9:29] == ["agent_thinking", *per_file * 4, *["agent_thinking"] * 3]
    assert kinds[29:35] == [
        "issue_found", "issue_found", "agent_complete", "agent_complete", "orchestrator_complete", "step_complete",
    ]  # fmt: skip
    assert kinds[35:] == [
        "step_start", *["enrich_progress"] * 8, "step_complete", "step_start", "step_complete", "complete",
    ]  # fmt: skip
    second = live[3][2]
    assert (second["filesTotal"], second["filesSkipped"]) == (2, 1)
    assert second["skipped"] == [{"file": "package-lock.json", "reason": "lockfile"}]
    found = [data["issue"] for _, kind, data in live if kind == "issue_found"]
    assert [(i["id"], i["file"], i["line_start"], i["ruleId"]) for i in found] == [
        ("correctness-5da7427658", "src/täst plan.py", 1, "B006"),
        (found[1]["id"], "src/db.py", 11, "B608"),
    ]
    stored = msgspec.json.decode(msgspec.json.encode(saved.result.issues))
    assert [{k: v for k, v in i.items() if k != "enrichment"} for i in stored] == found
    assert live[-1][2]["result"]["issues"] == stored
    assert stored[1]["enrichment"]["blame"]["summary"] == "Add user lookup"
    assert stored[0]["enrichment"]["blame"] is None
    assert saved.result.summary.split("\n")[:2] == [
        "Found 2 issues: 2 medium.",
        "Reviewed 2 files with correctness, security.",
    ]
    assert "Skipped 1 file: package-lock.json (lockfile)." in saved.result.summary
    assert [m.id for m in listed] == [review_id]
    assert warnings == []
    assert state["state"] == "completed"


def test_nothing_to_review_is_four_events(db, clock, checkout):
    checkout.write("a.py", "a = 1\n")
    checkout.commit()

    async def scenario():
        async with world(db, clock) as w:
            return await w.events(await w.manager.begin(request(checkout.root)))

    events = asyncio.run(scenario())
    assert [kind for _, kind, _ in events] == ["review_started", "step_start", "step_error", "error"]
    assert events[-1][2] == {"error": {"message": "No unstaged changes to review.", "code": "NO_DIFF"}}
