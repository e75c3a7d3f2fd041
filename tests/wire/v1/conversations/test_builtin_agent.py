"""A turn of the built-in agent, as it is, with a model on loopback: tools, files, questions, title (Fastest 8)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from asterism.kernel.llm import Scenario, ToolCall
from asterism.kernel.llm.fake_server import Call, FakeModelServer, Script, running_in_thread
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer
from tests.support.sockets import Stream
from tests.support.trees import ok
from tests.support.turns import Person

QUESTION = {
    "questions": [
        {
            "question": "Which name?",
            "header": "Name",
            "options": [{"label": "a.txt", "description": "short"}, {"label": "b.txt", "description": "other"}],
        }
    ]
}


@pytest.fixture
def fake() -> Iterator[FakeModelServer]:
    """A model that makes a file after it has asked for its name."""
    with running_in_thread() as running:
        steps = {
            "Make a file": [
                Script(chunks=("Which one?",), calls=(ToolCall("c1", "question", json.dumps(QUESTION)),)),
                Script(calls=(ToolCall("c2", "write", json.dumps({"filePath": "b.txt", "content": "hello\n"})),)),
                Script(chunks=("Made ", "b.txt.")),
            ],
            "Write a title": [Script(chunks=("A file to make",))],
            "Say in one sentence": [Script(chunks=("A file was made.",))],
        }
        running.act(Scenario(steps, None))
        yield running


def test_a_whole_turn(fake: FakeModelServer, sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    options = {"local_base_url": fake.url, "local_model": "demo", "sandbox": "plain"}
    with TestServer(tmp_path, sqlite_factory.url(), **options) as server, server.person() as client:
        person = Person(client)
        with Stream(client, person.conversation) as stream:
            person.send("Make a file")
            frames = stream.frames
            while not any("question.asked" in str(one) for one in frames):
                stream.next()
            [question] = person.get("/opencode-questions")["questions"]
            path = person.path(f"/opencode-questions/{question['id']}/reply")
            ok(client.post(path, json={"answers": [["b.txt"]]}))
            stream.until("timeline_summary", summary="A file was made.")
        _, answer = person.messages()
        assert (answer["status"], answer["filesChanged"]) == ("completed", ["b.txt"])
        assert answer["content"].endswith("Made b.txt.")
        assert person.get("")["conversation"]["title"] == "A file to make"
        counts = {"inputTokens": 30, "outputTokens": 15, "cachedInputTokens": 0, "reasoningTokens": 0}
        assert answer["usage"] == {"model": "local:demo", **counts, "costUsd": None}
        spent = ok(client.get("/v1/usage?group_by=chat"))
        [chat] = spent["items"]
        assert (chat["key"], chat["label"], chat["input_tokens"]) == (person.conversation, "A file to make", 30)
        assert (spent["totals"]["runs"], spent["totals"]["unpriced_runs"]) == (1, 1)
    asked = [call for call in fake.calls if is_sentence(call)]
    assert len(asked) == 2
    assert not any(call.tools for call in asked)


def is_sentence(call: Call) -> bool:
    return call.prompt.startswith(("Write a title", "Say in one sentence"))
