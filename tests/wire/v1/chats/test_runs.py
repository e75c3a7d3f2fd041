"""Runs over the wire: the exact stream, resume, cancel, failures, concurrency (Starbot 5)."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from asterism.kernel.llm.fake_server import FakeModelServer, Script
from tests.support.facts import PATIENCE, until
from tests.support.server import TestServer
from tests.support.sse import Frame, complete_frames, parse_frames
from tests.support.talk import Talk

pytestmark = pytest.mark.xdist_group("llm")


def kinds(frames: list[Frame]) -> list[str]:
    return [frame.event for frame in frames]


def read_to(pieces: Iterator[bytes], part: bytes) -> bytes:
    """Read an answer as far as the piece that holds a part."""
    seen = b""
    for raw in pieces:
        seen += raw
        if part in raw:
            return seen
    raise AssertionError(f"it ended without {part!r}: {seen!r}")


def test_a_run_streams_its_log_and_leaves_a_message(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("  # Which `date` format does the export use?\nMore.")
    fake.play(Script(("The export writes ", "ISO 8601\r\n", "👩‍👩‍👧 e\u0301"), usage=(441, 31)))
    with talk.client.stream("POST", f"/v1/chats/{talk.chat_id}/run", json={}) as answer:
        raw = b"".join(answer.iter_raw())
    headers = answer.headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
    assert headers["access-control-allow-origin"] == "*"
    assert "content-encoding" not in headers
    frames = parse_frames(raw)
    assert [frame.id for frame in frames] == list(range(1, len(frames) + 1))
    assert kinds(frames) == ["status", *["token.delta"] * 3, "message.final", "chat.updated"]
    message_id, text = headers["x-message-id"], "The export writes ISO 8601\r\n👩‍👩‍👧 e\u0301"
    assert headers["location"] == f"/v1/runs/{headers['x-run-id']}"
    assert [f.data["delta"] for f in frames if f.event == "token.delta"] == [
        "The export writes ",
        "ISO 8601\r\n",
        "👩‍👩‍👧 e\u0301",
    ]
    assert frames[-2].data == {
        "message_id": message_id,
        "content": text,
        "usage": {"input_tokens": 441, "output_tokens": 31},
    }
    title = "Which date format does the export use?"
    assert frames[-1].data == {"chat_id": talk.chat_id, "title": title}
    question, reply = talk.messages()
    assert list(reply) == ["id", "chat_id", "role", "content", "created_at"]
    assert (reply["id"], reply["role"], reply["content"]) == (message_id, "assistant", text)
    run = talk.get(f"/v1/runs/{headers['x-run-id']}")["run"]
    assert (run["status"], run["stop_reason"], run["content"], run["last_seq"]) == (
        "completed",
        "end",
        text,
        len(frames),
    )
    assert run["usage"] == {
        "input_tokens": 441,
        "output_tokens": 31,
        "cached_input_tokens": 0,
        "reasoning_tokens": 0,
        "estimated": False,
    }
    assert (run["model"], run["message_id"], run["tree"], run["cost_usd"]) == ("local:demo", message_id, None, None)
    assert run["window"] == {"messages": 1, "first_message_id": question["id"], "last_message_id": question["id"]}
    assert talk.client.get(f"/v1/runs/{run['id']}/events", params={"after": len(frames)}).status_code == 204


def test_a_stream_can_be_cut_at_any_byte_and_resumed(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("Tell me")
    fake.play(Script(tuple(f"piece {n} ✓ " for n in range(30))))
    talk.run()
    (run,) = talk.get(f"/v1/chats/{talk.chat_id}/runs")["runs"]
    url = f"/v1/runs/{run['id']}/events"
    whole = talk.client.get(url).content
    log = parse_frames(whole)
    assert [frame.id for frame in log] == list(range(1, run["last_seq"] + 1))
    for cut in range(0, len(whole), max(1, len(whole) // 100)):
        seen = complete_frames(whole[:cut])
        last = seen[-1].id if seen else 0
        stale = {"after": "3"}
        rest = talk.client.get(url, params=stale, headers={"Last-Event-ID": str(last)})
        assert seen + parse_frames(rest.content) == log
    for bad in ("-1", "x", "", "1.0", "٣"):
        assert talk.client.get(url, params={"after": bad}).status_code == 422


def test_a_client_going_away_changes_nothing(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("Tell me")
    go = threading.Event()
    fake.play(Script(("one ", "two ", "three"), hold=go))
    with talk.client.stream("POST", f"/v1/chats/{talk.chat_id}/run", json={}) as answer:
        run_id = answer.headers["x-run-id"]
        read_to(answer.iter_raw(), b"one ")
    go.set()
    frames = parse_frames(talk.client.get(f"/v1/runs/{run_id}/events").content)
    assert kinds(frames)[-2:] == ["message.final", "chat.updated"]
    assert frames[-2].data["content"] == "one two three"
    assert not fake.calls[-1].closed_early


def test_cancel_closes_the_provider_and_keeps_the_text(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("Tell me")
    fake.play(Script(("one ",), hold=threading.Event()))
    with talk.client.stream("POST", f"/v1/chats/{talk.chat_id}/run", json={}) as streamed:
        pieces = streamed.iter_raw()
        seen = read_to(pieces, b"one ")
        (call,) = fake.calls
        answer = talk.client.post(f"/v1/chats/{talk.chat_id}/cancel").json()
        frames = parse_frames(seen + b"".join(pieces))
    until(lambda: call.closed_early)
    assert kinds(frames)[-2:] == ["token.delta", "run.error"]
    assert frames[-1].data == {"code": "CANCELLED", "message": "The run was cancelled."}
    run = talk.get(f"/v1/runs/{answer['run_id']}")["run"]
    assert answer == {"cancelled": True, "run_id": run["id"]}
    assert (run["status"], run["stop_reason"], run["content"]) == ("cancelled", "cancelled", "one ")
    assert run["error"]["code"] == "CANCELLED"
    assert run["usage"]["estimated"]
    last = talk.messages(include="meta")[-1]
    assert (last["content"], last["meta"]["status"], last["meta"]["run_id"]) == ("one ", "partial", run["id"])
    assert talk.client.post(f"/v1/chats/{talk.chat_id}/cancel", json={}).json() == {"cancelled": False, "run_id": None}
    talk.say("Go on")
    talk.run()
    assert [text for role, text in fake.calls[-1].texts if role != "system"] == [
        "Tell me",
        "one \n[interrupted]",
        "Go on",
    ]


def test_of_many_requests_at_once_one_streams(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("Tell me")
    go, refusals = threading.Event(), threading.Semaphore(0)
    fake.play(Script(("slow ", "answer"), hold=go))

    def attempt(_: int) -> httpx.Response:
        answer = talk.client.post(f"/v1/chats/{talk.chat_id}/run", json={})
        refusals.release()
        return answer

    with ThreadPoolExecutor(20) as pool:
        asking = [pool.submit(attempt, number) for number in range(20)]
        try:
            assert all(refusals.acquire(timeout=PATIENCE) for _ in range(19)), "more than one was answered"
        finally:
            go.set()
        answers = [one.result() for one in asking]
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 19]
    (streamed,) = [answer for answer in answers if answer.status_code == 200]
    refused = {answer.json()["error"]["details"]["run_id"] for answer in answers if answer.status_code == 409}
    assert refused == {streamed.headers["x-run-id"]}
    assert {answer.json()["error"]["code"] for answer in answers if answer.status_code == 409} == {"RUN_IN_PROGRESS"}
    assert len(fake.calls) == 1


@pytest.mark.parametrize(
    ("scripts", "code"),
    [
        ([Script(status=401)], "PROVIDER_AUTH"),
        ([Script(status=404)], "MODEL_UNAVAILABLE"),
        ([Script(status=429, retry_after=60)], "PROVIDER_RATE_LIMITED"),
        ([Script(status=400)], "PROVIDER_ERROR"),
        ([Script(("some ", "text"), cut_after=1)], "PROVIDER_INTERRUPTED"),
        ([Script(("some",), finish="filtered")], "CONTENT_FILTERED"),
        ([Script(()), Script(())], "EMPTY_RESPONSE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_failures_after_the_stream_began(talk: Talk, fake: FakeModelServer, scripts: list[Script], code: str) -> None:
    talk.say("Tell me")
    fake.play(*scripts)
    frames = talk.run()
    assert frames[-1].event == "run.error"
    assert frames[-1].data["code"] == code
    assert list(frames[-1].data) == ["code", "message"]
    assert len(fake.calls) == len(scripts)
    (run,) = talk.get(f"/v1/chats/{talk.chat_id}/runs")["runs"]
    assert (run["status"], run["stop_reason"], run["error"]["code"]) == ("failed", "error", code)
    left = [message["content"] for message in talk.messages()][1:]
    assert left == (["some "] if code == "PROVIDER_INTERRUPTED" else ["some"] if code == "CONTENT_FILTERED" else [])


def test_what_may_pass_is_tried_again_before_the_first_text(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("Tell me")
    fake.play(Script(status=503), Script(()), Script(("there",)))
    frames = talk.run()
    assert kinds(frames) == ["status", "status", "status", "token.delta", "message.final", "chat.updated"]
    assert len(fake.calls) == 3


def test_a_length_limit_is_no_failure(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("Tell me")
    fake.play(Script(("cut",), finish="length"))
    frames = talk.run()
    assert kinds(frames)[-3:] == ["status", "message.final", "chat.updated"]
    assert talk.get(f"/v1/chats/{talk.chat_id}/runs")["runs"][0]["stop_reason"] == "max_tokens"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"mode": "fast"}, 422, "VALIDATION_ERROR"),
        ({"workspace_scope": "all"}, 422, "VALIDATION_ERROR"),
        ({"include_project_memory": "true"}, 422, "VALIDATION_ERROR"),
        ({"model": "gpt-5"}, 422, "VALIDATION_ERROR"),
        ({"tools": ["shell"]}, 422, "VALIDATION_ERROR"),
        ({"tools": "some"}, 422, "VALIDATION_ERROR"),
        ({"model": "nobody:demo"}, 422, "UNKNOWN_MODEL"),
        ({"model": "anthropic:claude-haiku-4-5"}, 409, "MODEL_NOT_CONFIGURED"),
        ({"tools": ["github_search"]}, 409, "INTEGRATION_NOT_CONNECTED"),
    ],
)
def test_refusals_before_the_stream_leave_no_row(talk: Talk, body: dict[str, Any], status: int, code: str) -> None:
    talk.say("Tell me")
    answer = talk.client.post(f"/v1/chats/{talk.chat_id}/run", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert talk.get(f"/v1/chats/{talk.chat_id}/runs") == {"runs": []}


def test_nothing_to_answer_and_nobody_elses_business(
    talk: Talk, chat_server: TestServer, fake: FakeModelServer
) -> None:
    assert talk.client.post(f"/v1/chats/{talk.chat_id}/run").json()["error"]["code"] == "NO_USER_MESSAGE"
    talk.say("Tell me")
    fake.play("yes")
    talk.run(unknown_key=1, mode=None)
    (run,) = talk.get(f"/v1/chats/{talk.chat_id}/runs", status="completed")["runs"]
    assert talk.get(f"/v1/chats/{talk.chat_id}/runs", status="active") == {"runs": []}
    with chat_server.person() as stranger:
        for method, path in (
            ("POST", f"/v1/chats/{talk.chat_id}/run"),
            ("POST", f"/v1/chats/{talk.chat_id}/cancel"),
            ("GET", f"/v1/chats/{talk.chat_id}/runs"),
            ("GET", f"/v1/runs/{run['id']}"),
            ("GET", f"/v1/runs/{run['id']}/events"),
            ("DELETE", f"/v1/chats/{talk.chat_id}"),
        ):
            answer = stranger.request(method, path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND"), path


def test_deleting_a_chat_ends_its_run(talk: Talk, fake: FakeModelServer) -> None:
    talk.say("Tell me")
    fake.play(Script(("one ",), hold=threading.Event()))
    with talk.client.stream("POST", f"/v1/chats/{talk.chat_id}/run", json={}) as streamed:
        pieces = streamed.iter_raw()
        seen = read_to(pieces, b"one ")
        assert talk.client.delete(f"/v1/chats/{talk.chat_id}").json() == {"success": True}
        frames = parse_frames(seen + b"".join(pieces))
    assert frames[-1].data["code"] == "CANCELLED"
    assert talk.client.delete(f"/v1/chats/{talk.chat_id}").status_code == 404
    assert talk.client.get(f"/v1/chats/{talk.chat_id}/messages").status_code == 404
