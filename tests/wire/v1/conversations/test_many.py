"""Many who follow, two servers on one database, and agents that tell nothing."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import httpx

from asterism.kernel.agents import Ask, Inquiry, Option, Wait, Write
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.sockets import Stream
from tests.support.trees import ok
from tests.support.turns import Person, Scripts, scripted_server

FOLLOWERS = 50


def test_fifty_followers_are_told_the_same(person: Person, scripts: Scripts) -> None:
    scripts["tell all"] = (*(f"piece {number} " for number in range(50)), Write("a.txt", "1"))
    with ExitStack() as stack:
        streams = [stack.enter_context(Stream(person.client, person.conversation)) for _ in range(FOLLOWERS)]
        for stream in streams:
            assert stream.next()["type"] == "ready"
        person.send("tell all")
        told = [stream.until("timeline_summary") for stream in streams]
    assert all(frames == told[0] for frames in told)


def test_an_agent_that_tells_nothing_is_ended(sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    scripts = Scripts()
    scripts["silence"] = ("first", Wait(asyncio.Event()))
    with (
        scripted_server(tmp_path, sqlite_factory.url(), scripts, agent_idle_timeout=0.5) as server,
        server.person() as client,
    ):
        person = Person(client)
        with Stream(client, person.conversation) as stream:
            person.send("silence")
            stream.until("message_complete")
        _, answer = person.messages()
        assert (answer["status"], answer["content"]) == ("failed", "first")
        assert answer["error"] == "The agent told nothing for 0.5 seconds. Try again."


def test_two_servers_share_a_conversation(tmp_path: Path) -> None:
    """The one begins a turn; the other tells its frames, takes the answer, and cancels."""
    url, scripts = fresh_postgres_url(), Scripts()
    asks = Inquiry("Which?", "Which", [Option("this"), Option("that")], custom=True)
    scripts["ask"] = (Ask((asks,)), "Thanks.")
    scripts["hang"] = ("hanging", Wait(asyncio.Event()))
    with (
        scripted_server(tmp_path, url, scripts) as one,
        scripted_server(tmp_path, url, scripts) as other,
        one.person() as client,
    ):
        person = Person(client)
        with (
            httpx.Client(base_url=other.url, headers=client.headers, timeout=60, trust_env=False) as there,
            Stream(there, person.conversation) as stream,
        ):
            person.send("ask")
            while "question.asked" not in str(stream.next()):
                pass
            [question] = person.get("/opencode-questions")["questions"]
            path = person.path(f"/opencode-questions/{question['id']}/reply")
            ok(there.post(path, json={"answers": [["that"]]}))
            stream.until("message_complete")
            sent = person.send("hang")
            while "hanging" not in str(stream.next()):
                pass
            assert ok(there.post(person.path("/cancel")))["cancelled"] == [sent["messageId"]]
            stream.until("message_complete")
        statuses = [message["status"] for message in person.messages() if message["role"] == "assistant"]
        assert statuses == ["completed", "cancelled"]
        seqs = [frame["seq"] for frame in person.get("/events")["events"]]
        assert seqs == sorted(set(seqs))
