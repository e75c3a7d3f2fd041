"""Turns over the wire, with agents that follow a script: order, frames, files, questions, cancelling (Fastest 8)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asterism.kernel.agents import Ask, Fail, Inquiry, Option, Think, Wait, Write
from tests.support.server import TestServer
from tests.support.sockets import Stream, kinds
from tests.support.trees import error, field_error, ok, push
from tests.support.turns import Person, Scripts
from tests.wire.v1.conversations.conftest import Gate

WHERE = Inquiry("Where?", "Path", [Option("/health", "At the root"), Option("/api", "Beside it")], custom=True)


def without_agent(frames: list[dict[str, Any]]) -> list[str]:
    return [one["type"] for one in frames if one["type"] not in ("opencode_event", "checkpoint")]


def agent_kinds(frames: list[dict[str, Any]]) -> list[str]:
    return [one["event"]["payload"]["type"] for one in frames if one["type"] == "opencode_event"]


def settled(stream: Stream, message: str) -> list[dict[str, Any]]:
    """Read up to the summary of what a turn changed."""
    return stream.until("timeline_summary")


def test_a_turn_from_prompt_to_files(person: Person, scripts: Scripts) -> None:
    push(person.client, person.project, person.workspace, {"app/main.py": b"one\ntwo\n", "old.txt": b"x\n"})
    scripts["Add a health endpoint"] = (
        Think("The framework is not named."),
        "Added ",
        "/health.",
        Write("app/health.py", "a\nb\nc\n"),
        Write("app/main.py", "one\nthree\n"),
        Write("old.txt", None),
    )
    with Stream(person.client, person.conversation) as stream:
        assert stream.next()["type"] == "ready"
        sent = person.send("Add a health endpoint")
        assert sent == {"messageId": sent["messageId"], "status": "running", "position": 0}
        frames = settled(stream, sent["messageId"])
    assert without_agent(frames) == [
        "conversation_update",
        "message_start",
        "message_status",
        "message_status",
        "message_complete",
        "timeline_item",
        "files_changed",
        "message_update",
        "timeline_summary",
    ]
    assert [one["seq"] for one in frames] == list(range(1, len(frames) + 1))
    asked, answer = person.messages()
    assert (asked["role"], asked["content"], asked["status"]) == ("user", "Add a health endpoint", "completed")
    assert asked["createdAt"] < answer["createdAt"]
    assert (answer["content"], answer["status"]) == ("Added /health.", "completed")
    assert sorted(answer["filesChanged"]) == ["app/health.py", "app/main.py", "old.txt"]
    [item] = person.get("/timeline")["timeline"]
    files = {one.pop("path"): one for one in item["files"]}
    assert files == {
        "app/health.py": {"change": "added", "additions": 3, "deletions": 0},
        "app/main.py": {"change": "modified", "additions": 1, "deletions": 1},
        "old.txt": {"change": "deleted", "additions": 0, "deletions": 1},
    }
    assert item["manifestHash"] == answer["manifestHash"] != item["previousManifestHash"]
    assert item["summary"].startswith("Added 1, changed 1 and deleted 1 file: ")
    workspace = ok(person.client.get(f"/v1/workspaces/{person.workspace}"))["workspace"]
    assert workspace["current_manifest_hash"] == item["manifestHash"]
    found = person.get("")["conversation"]
    assert (found["title"], found["state"], found["message_count"]) == ("Add a health endpoint", "idle", 2)
    assert found["last_message_preview"] == "Added /health."


def test_the_log_is_folded_and_a_newcomer_is_told_the_same(person: Person, scripts: Scripts) -> None:
    scripts["Say a lot"] = (Think("well"), *(f"word{n} " for n in range(200)), Write("a.txt", "1"))
    with Stream(person.client, person.conversation) as stream:
        stream.next()
        message = person.send("Say a lot")["messageId"]
        live = settled(stream, message)
    text = "".join(f"word{n} " for n in range(200))
    parts = person.get("/opencode-messages")["messages"][message]["parts"]
    assert [(one["type"], one.get("text")) for one in parts[:2]] == [("reasoning", "well"), ("text", text)]
    assert parts[2]["state"]["status"] == "completed"
    logged = person.get("/events")
    assert logged["last_seq"] == live[-1]["seq"]
    told = [one for one in logged["events"] if one["type"] == "opencode_event"]
    updated = [one["event"]["payload"]["properties"]["part"] for one in told if "part.updated" in str(one["event"])]
    assert updated == parts
    with Stream(person.client, person.conversation) as stream:
        frames = stream.until("timeline_summary")
    again = [
        one["event"]["payload"]["properties"]["part"]
        for one in frames
        if one["type"] == "opencode_event" and one["event"]["payload"]["type"] == "message.part.updated"
    ]
    assert again == parts
    assert agent_kinds(frames)[0] == "message.updated"
    assert all(one["replay"] and one["seq"] == logged["last_seq"] for one in frames)
    with Stream(person.client, person.conversation, after=0) as stream:
        resumed = [stream.next() for _ in range(len(logged["events"]) + 1)]
    assert resumed[1:] == logged["events"]


def test_prompts_of_a_conversation_wait_for_each_other(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["first"] = ("1", Wait(gate.event))
    with Stream(person.client, person.conversation) as stream:
        stream.next()
        first = person.send("first")
        later = [person.send(prompt) for prompt in ("second", "third")]
        assert [(one["status"], one["position"]) for one in (first, *later)] == [
            ("running", 0),
            ("pending", 1),
            ("pending", 2),
        ]
        found = person.get("")["conversation"]
        assert (found["state"], found["queue_length"]) == ("running", 2)
        with Stream(person.client, person.conversation) as other:
            assert other.next()["queue"] == [one["messageId"] for one in later]
        gate.open()
        stream.until("message_complete")
        stream.until("message_complete")
        stream.until("message_complete")
        starts = [one["messageId"] for one in stream.frames if one["type"] == "message_start"]
        assert starts == [one["messageId"] for one in (first, *later)]
    messages = person.messages()
    assert [one["content"] for one in messages] == ["first", "1", "second", "ok", "third", "ok"]
    times = [one["createdAt"] for one in messages]
    assert times == sorted(set(times))
    mine = [job for job in scripts.agents.jobs if job.conversation == person.conversation]
    assert [one.text for one in mine[-1].history] == ["first", "1", "second", "ok"]


def test_a_queue_has_an_end(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["hold"] = (Wait(gate.event),)
    person.send("hold")
    for number in range(20):
        assert person.send(f"p{number}")["position"] == number + 1
    error(person.client.post(person.path("/messages"), json={"prompt": "one more"}), 409, "QUEUE_FULL")
    cancelled = ok(person.client.post(person.path("/cancel"), json={"all": True}))["cancelled"]
    assert len(cancelled) == 21
    assert {one["status"] for one in person.messages() if one["role"] == "assistant"} == {"cancelled"}


def test_prompts_are_checked(person: Person) -> None:
    path = person.path("/messages")
    field_error(person.client.post(path, json={"prompt": " \n"}), "prompt")
    field_error(person.client.post(path, json={"prompt": "x" * 200_001}), "prompt")
    error(person.client.post(person.path("/cancel"), json={"message_id": "nope"}), 404, "NOT_FOUND")
    assert ok(person.client.post(person.path("/cancel"))) == {"cancelled": [], "success": True}
    assert person.messages() == []


def test_a_failure_says_why_and_the_queue_goes_on(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["fail"] = ("some text", Wait(gate.event), Fail("The key was rejected. Check it in Settings."))
    with Stream(person.client, person.conversation) as stream:
        person.send("fail")
        person.send("go on")
        gate.open()
        frames = stream.until("message_complete")
        assert frames[-3]["type"] == "error"
        assert frames[-3]["error"] == "The key was rejected. Check it in Settings."
        stream.until("message_complete")
    _, failed, _, done = person.messages()
    assert (failed["status"], failed["content"]) == ("failed", "some text")
    assert failed["error"] == "The key was rejected. Check it in Settings."
    assert done["status"] == "completed"


def test_cancelling_keeps_what_was_written(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["write and hang"] = (Write("kept.txt", "1"), Wait(gate.event), "never")
    with Stream(person.client, person.conversation) as stream:
        stream.next()
        message = person.send("write and hang")["messageId"]
        stream.until("opencode_event")
        while "kept.txt" not in str(stream.next()):
            pass
        cancelled = ok(person.client.post(person.path("/cancel")))
        assert cancelled == {"cancelled": [message], "success": True}
        frames = settled(stream, message)
    complete = next(one for one in frames if one["type"] == "message_complete")["message"]
    assert (complete["status"], complete["content"], complete["cancelledBy"]) == ("cancelled", "Cancelled.", "user")
    [item] = person.get("/timeline")["timeline"]
    assert [one["path"] for one in item["files"]] == ["kept.txt"]
    assert ok(person.client.post(person.path("/cancel"), json={"message_id": message}))["cancelled"] == []


def test_a_question_is_answered_once(person: Person, scripts: Scripts) -> None:
    scripts["ask me"] = (Ask((WHERE,)), "Thanks.")
    with Stream(person.client, person.conversation) as stream:
        stream.next()
        message = person.send("ask me")["messageId"]
        while True:
            frame = stream.until("opencode_event")[-1]
            if frame["event"]["payload"]["type"] == "question.asked":
                break
        asked = frame["event"]["payload"]["properties"]
        assert "tool" not in asked
        assert asked["questions"] == [
            {
                "question": "Where?",
                "header": "Path",
                "options": [
                    {"label": "/health", "description": "At the root"},
                    {"label": "/api", "description": "Beside it"},
                ],
                "multiple": False,
                "custom": True,
            }
        ]
        assert person.get("")["conversation"]["state"] == "waiting"
        [listed] = person.get("/opencode-questions")["questions"]
        assert (listed["id"], listed["message_id"], listed["status"]) == (asked["id"], message, "pending")
        path = person.path(f"/opencode-questions/{asked['id']}/reply")
        for bad in ([], [[]], [["a", "b"]], [[""]], [["x" * 4001]], [["a"], ["b"]]):
            error(person.client.post(path, json={"answers": bad}), 422, "VALIDATION_ERROR")
        unknown = person.path("/opencode-questions/nope/reply")
        error(person.client.post(unknown, json={"answers": [["a"]]}), 404, "NOT_FOUND")
        with ThreadPoolExecutor(6) as pool:
            texts = ["/health", "/api", "elsewhere"] * 2
            answers = list(pool.map(lambda text: person.client.post(path, json={"answers": [[text]]}), texts))
        won = {text for text, answer in zip(texts, answers, strict=True) if answer.status_code == 200}
        assert len(won) == 1
        assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409, 409, 409]
        frames = stream.until("message_complete")
    told = [one["event"]["payload"] for one in frames if one["type"] == "opencode_event"]
    replied = [one["properties"] for one in told if one["type"] == "question.replied"]
    assert [(one["requestID"], one["answers"]) for one in replied] == [(asked["id"], [[won.pop()]])]
    assert (
        ok(person.client.get(person.path("/opencode-questions"), params={"status": "all"}))["questions"][0]["answers"]
        == replied[0]["answers"]
    )
    reject = person.path(f"/opencode-questions/{asked['id']}/reject")
    error(person.client.post(reject, json={}), 409, "QUESTION_CLOSED")


def test_a_rejected_question_ends_the_turn_well(person: Person, scripts: Scripts) -> None:
    scripts["ask, but"] = (Ask((WHERE,)), "never said")
    with Stream(person.client, person.conversation) as stream:
        person.send("ask, but")
        question = waiting(person, stream)
        ok(person.client.post(person.path(f"/opencode-questions/{question}/reject")))
        stream.until("message_complete")
    _, answer = person.messages()
    assert (answer["status"], answer["content"]) == ("completed", "Done.")


def waiting(person: Person, stream: Stream) -> str:
    """Read until a question is asked; return its id."""
    while True:
        frame = stream.next()
        if frame["type"] == "opencode_event" and frame["event"]["payload"]["type"] == "question.asked":
            return str(frame["event"]["payload"]["properties"]["id"])


def test_waiting_takes_no_place(person: Person, scripts: Scripts) -> None:
    scripts["wait for me"] = (Ask((WHERE,)),)
    conversations = [person.begin() for _ in range(5)]
    for conversation in conversations:
        with Stream(person.client, conversation) as stream:
            person.send("wait for me", conversation)
            waiting(person, stream)
    with Stream(person.client, person.conversation) as stream:
        assert person.send("not kept waiting")["status"] == "running"
        stream.until("message_complete")
    for conversation in conversations:
        cancelled = ok(person.client.post(person.path("/cancel", conversation)))["cancelled"]
        assert len(cancelled) == 1
        found = ok(person.client.get(person.path("/opencode-questions", conversation)))
        assert found["questions"] == []


def test_at_most_four_work_at_once_and_others_follow(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["busy"] = (Wait(gate.event),)
    conversations = [person.begin() for _ in range(6)]
    sent = [person.send("busy", conversation) for conversation in conversations]
    assert [one["status"] for one in sent] == ["running"] * 4 + ["pending"] * 2
    gate.open()
    for conversation in conversations:
        with Stream(person.client, conversation) as stream:
            stream.until("message_status", status="completed")


def test_clearing_leaves_the_timeline(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["write one"] = (Write("one.txt", "1"),)
    scripts["hang"] = (Wait(gate.event),)
    with Stream(person.client, person.conversation) as stream:
        person.send("write one")
        settled(stream, "")
        person.send("hang")
        person.send("queued")
        ok(person.client.post(person.path("/clear")))
        stream.until("conversation_cleared")
    assert person.messages() == []
    assert person.get("/opencode-messages")["messages"] == {}
    assert len(person.get("/timeline")["timeline"]) == 1
    log = person.get("/events", after=1)
    assert log["reset"] is True
    assert "conversation_cleared" in kinds(log["events"])
    with Stream(person.client, person.conversation) as stream:
        person.send("anew")
        stream.until("message_complete")
    job = scripts.job("anew")
    assert job.history == ()


def test_a_deleted_conversation_closes_its_streams_for_good(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["to be deleted"] = (Wait(gate.event),)
    with Stream(person.client, person.conversation) as stream:
        stream.next()
        person.send("to be deleted")
        ok(person.client.delete(person.path()))
        assert stream.end() == 1000
    error(person.client.get(person.path()), 404, "NOT_FOUND")
    error(person.client.delete(person.path()), 404, "NOT_FOUND")


def test_an_agents_token_reaches_its_workspace_and_dies_with_the_turn(
    person: Person, scripts: Scripts, gate: Gate, turn_server: TestServer
) -> None:
    scripts["use your token"] = (Wait(gate.event),)
    with Stream(person.client, person.conversation) as stream:
        person.send("use your token")
        stream.until("opencode_event")
        job = scripts.job("use your token")
        assert set(job.environment) == {"ASTERISM_URL", "ASTERISM_TOKEN"}
        with turn_server.client(job.environment["ASTERISM_TOKEN"]) as agent:
            ok(agent.get(f"/v1/workspaces/{person.workspace}"))
            error(agent.get("/v1/projects"), 403, "INSUFFICIENT_SCOPE")
            error(agent.get(person.path()), 403, "INSUFFICIENT_SCOPE")
            gate.open()
            stream.until("message_complete")
            while agent.get(f"/v1/workspaces/{person.workspace}").status_code != 401:
                pass


def test_without_a_model_nothing_is_stored(alice: Any) -> None:
    person = Person(alice)
    error(alice.post(person.path("/messages"), json={"prompt": "hello"}), 409, "MODEL_NOT_CONFIGURED")
    assert person.messages() == []
