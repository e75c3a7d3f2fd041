"""What OpenCode's events mean, what it is given, and how it is got; the real one runs in the contract suite."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from asterism.kernel.agents import (
    AgentJob,
    AgentUnavailable,
    BuiltinAgents,
    ChosenAgents,
    Ground,
    Inquiry,
    MessageUpdated,
    OpenCodeAgents,
    Option,
    PartRemoved,
    PartUpdated,
    Question,
    QuestionAsked,
    QuestionRejected,
    QuestionReplied,
    Resumption,
    Said,
    TextPart,
    ToolPart,
    ToolState,
)
from asterism.kernel.agents.opencode import (
    configuration,
    find_opencode,
    install_opencode,
    npm_command,
    opencode_problem,
)
from asterism.kernel.agents.opencode.earlier import ROOM, earlier
from asterism.kernel.agents.opencode.installation import PINNED, installed_at, package
from asterism.kernel.agents.opencode.translation import Failed, Heard, Idle, Permission, Stuck, Translation, counted
from asterism.kernel.llm import ScriptedModels, Target, Usage
from tests.support.agents import OPENCODE, needs_opencode, turn_of

TARGET = Target("anthropic", "claude", "https://api.anthropic.com/v1", "sk-secret")


def heard(*events: tuple[str, dict[str, Any]], translation: Translation | None = None) -> list[Heard]:
    t = translation or Translation("ses_1", TARGET)
    return [one for kind, properties in events for one in t.hear({"type": kind, "properties": properties})]


def message(finish: str | None = None, *, session: str = "ses_1", id: str = "m1", role: str = "assistant") -> Any:
    time = {"created": 1, **({"completed": 2} if finish else {})}
    return "message.updated", {"info": {"id": id, "sessionID": session, "role": role, "time": time, "finish": finish}}


def part(kind: str, *, of: str = "m1", id: str = "p1", **fields: Any) -> Any:
    whole = {"id": id, "sessionID": "ses_1", "messageID": of, "type": kind, **fields}
    return "message.part.updated", {"part": whole}


def delta(text: str, *, id: str = "p1") -> Any:
    return "message.part.delta", {"sessionID": "ses_1", "messageID": "m1", "partID": id, "field": "text", "delta": text}


def status(kind: str, *, session: str = "ses_1", **fields: Any) -> Any:
    return "session.status", {"sessionID": session, "status": {"type": kind, **fields}}


def test_deltas_are_folded_into_their_part() -> None:
    found = heard(message(), part("text", text=""), delta("Hel"), delta("lo"), part("text", text="Hello!"))
    told = [
        (one.part.text, one.delta) for one in found if isinstance(one, PartUpdated) and isinstance(one.part, TextPart)
    ]
    assert told == [("", None), ("Hel", "Hel"), ("Hello", "lo"), ("Hello!", "!")]


def test_what_is_not_the_sessions_own_is_dropped() -> None:
    found = heard(
        message(role="user", id="u1"),
        part("text", of="u1", text="My prompt"),
        message(session="ses_2", id="m2"),
        part("text", of="m2", text="Another's"),
        delta("x", id="nobody"),
        ("sync", {"x": 1}),
        ("message.updated", {}),
        ("message.part.updated", {"part": {"type": "text"}}),
        ("session.status", {"sessionID": "ses_1"}),
        ("question.asked", {"id": "q", "sessionID": "ses_9", "questions": []}),
        message(),
        part("step-start"),
        part("tool", tool="bash", callID="c", state={"status": "odd"}),
    )
    assert [type(one) for one in found] == [MessageUpdated]


def test_a_failed_call_has_its_error_in_its_output() -> None:
    found = heard(
        message(), part("tool", tool="bash", callID="c", state={"status": "error", "error": "No.", "input": {}})
    )
    (told,) = (one.part for one in found if isinstance(one, PartUpdated))
    assert isinstance(told, ToolPart)
    assert told.state == ToolState("error", {}, "No.", "No.")


def test_a_turn_ends_when_its_own_session_is_idle_after_it_was_busy() -> None:
    t = Translation("ses_1", TARGET)
    assert heard(status("idle"), ("session.idle", {"sessionID": "ses_1"}), translation=t) == []
    assert heard(message("stop"), status("busy"), status("idle", session="ses_2"), translation=t)[1:] == []
    assert heard(status("idle"), translation=t) == [Idle()]


def test_a_last_answer_without_a_proper_end_is_a_failure() -> None:
    found = heard(status("busy"), message("tool-calls", id="a"), message("unknown", id="b"), status("idle"))
    assert found[-2:] == [Failed("The model's answer broke off. Try again.", aborted=False), Idle()]
    found = heard(status("busy"), message("unknown", id="a"), message("stop", id="b"), status("idle"))
    assert not any(isinstance(one, Failed) for one in found)


def test_what_would_go_on_for_ever_is_stuck() -> None:
    assert heard(status("retry", attempt=3)) == []
    (stuck,) = heard(status("retry", attempt=4, message="http://10.0.0.1 said sk-secret"))
    assert stuck == Stuck("Anthropic keeps failing. Try again in a moment.")
    ends = [one for number in range(3) for one in (message(id=f"m{number}"), message("unknown", id=f"m{number}"))]
    assert isinstance(heard(*ends)[-1], Stuck)
    mixed = [
        message("unknown", id="a"),
        message("unknown", id="b"),
        message("tool-calls", id="c"),
        message("unknown", id="d"),
    ]
    assert not any(isinstance(one, Stuck) for one in heard(*mixed))
    assert not any(isinstance(one, Stuck) for one in heard(*[message("unknown", id="a")] * 5))  # told several times


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"name": "APIError", "data": {"message": "sk-secret", "statusCode": 401}}, "rejected the API key"),
        ({"name": "APIError", "data": {"message": "x", "statusCode": 404}}, "does not know the model claude"),
        ({"name": "APIError", "data": {"message": "x", "statusCode": 529}}, "out of order"),
        ({"name": "ProviderAuthError", "data": {"message": "sk-secret"}}, "rejected the API key"),
        ({"name": "UnknownError", "data": {"message": "at /root/x sk-secret"}}, "(UnknownError)"),
    ],
)
def test_errors_are_told_in_our_words(error: dict[str, Any], words: str) -> None:
    (found,) = heard(("session.error", {"sessionID": "ses_1", "error": error}))
    assert isinstance(found, Failed)
    assert words in found.error
    assert "sk-secret" not in found.error
    assert "/root" not in found.error


def test_questions_of_children_are_asked_like_its_own() -> None:
    asked = {"questions": [{"question": "Where?", "header": "Path", "options": []}], "tool": {"messageID": "m1"}}
    found = heard(
        ("session.created", {"info": {"id": "ses_2", "parentID": "ses_1"}}),
        ("session.created", {"info": {"id": "ses_3", "parentID": "ses_2"}}),
        ("question.asked", {"id": "q1", "sessionID": "ses_3", **asked}),
        ("question.asked", {"id": "q2", "sessionID": "ses_1", **asked}),
        ("question.replied", {"sessionID": "ses_3", "requestID": "q1", "answers": [["/x"]]}),
        ("question.rejected", {"sessionID": "ses_1", "requestID": "q2"}),
        ("question.rejected", {"sessionID": "ses_1", "requestID": "q2"}),
        ("permission.asked", {"id": "per_1", "sessionID": "ses_1"}),
    )
    assert [type(one) for one in found] == [QuestionAsked, QuestionAsked, QuestionReplied, QuestionRejected, Permission]
    assert isinstance(found[0], QuestionAsked)
    assert (found[0].question.session_id, len(found[0].question.questions[0].options)) == ("ses_1", 1)


def test_a_part_may_be_taken_back() -> None:
    gone = ("message.part.removed", {"sessionID": "ses_1", "messageID": "m1", "partID": "p1"})
    assert heard(message(), part("text", text="x"), gone, gone)[2:] == [PartRemoved("m1", "p1")]


@pytest.mark.parametrize(
    ("provider", "package_name"),
    [("anthropic", "@ai-sdk/anthropic"), ("gemini", "@ai-sdk/google"), ("zai", "@ai-sdk/openai-compatible")],
)
def test_it_is_configured_for_one_provider_and_nothing_of_a_tree(provider: str, package_name: str) -> None:
    target = Target(provider, "m-1", "https://x/v1", "sk-secret")
    given = configuration.environment(target, address="http://127.0.0.1:4002/v1", tree="/tree", password="pw")
    found = json.loads(given["OPENCODE_CONFIG_CONTENT"])
    assert found["enabled_providers"] == ["asterism"]
    assert found["model"] == found["small_model"] == "asterism/m"
    assert found["provider"]["asterism"]["npm"] == package_name
    assert found["provider"]["asterism"]["options"]["baseURL"] == "http://127.0.0.1:4002/v1"
    assert found["permission"]["*"] == "allow"
    assert not any(found[name] for name in ("autoupdate", "snapshot", "lsp", "formatter"))
    assert "sk-secret" not in given["OPENCODE_CONFIG_CONTENT"]
    assert given["ASTERISM_MODEL_KEY"] == "sk-secret"
    assert given["OPENCODE_DISABLE_PROJECT_CONFIG"] == given["OPENCODE_PURE"] == "1"


def test_earlier_turns_are_given_and_the_oldest_dropped() -> None:
    job = AgentJob(Path("/"), "Go on", TARGET, (Said("user", "Hi"), Said("assistant", "Hello")))
    context, prompt = earlier(job)
    assert prompt == "Go on"
    assert "<user>\nHi\n</user>\n\n<assistant>\nHello\n</assistant>" in context
    assert earlier(AgentJob(Path("/"), "Go on", TARGET)) == ("", "Go on")
    long = AgentJob(Path("/"), "x", TARGET, tuple(Said("user", f"{n:05d}" * 2000) for n in range(50)))
    assert len(earlier(long)[0]) <= ROOM + 1000
    assert "00049" in earlier(long)[0]


def test_an_interrupted_turn_is_told_with_its_answer() -> None:
    parts = (
        TextPart("p1", "s", "m", "I look."),
        ToolPart("p2", "s", "m", "bash", "c", ToolState("completed", {"command": "ls"}, "a.py")),
    )
    question = Question("q", "s", [Inquiry("Where?", "Path", [Option("/x")])])
    job = AgentJob(Path("/"), "Do it", TARGET, resumption=Resumption(parts, question, (("/x",),)))
    context, prompt = earlier(job)
    assert "Do it" in context
    assert "a.py" in context
    assert prompt.startswith("My answer to what you asked:\nWhere?\n  /x")


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_npm_installs_what_is_pinned_and_nothing_else(tmp_path: Path) -> None:
    try:
        name, integrity = package()
    except AgentUnavailable:
        pytest.skip("OpenCode is not pinned for this system")
    fake = program(
        tmp_path / "npm",
        f'echo "$@" > {tmp_path}/asked; cp package-lock.json {tmp_path}/; mkdir -p node_modules/{name}/bin; '
        f"echo binary > node_modules/{name}/bin/opencode",
    )
    binary = install_opencode(tmp_path / "agents", [str(fake)])
    assert binary == installed_at(tmp_path / "agents")
    assert find_opencode(None, tmp_path / "agents") == binary
    assert "--ignore-scripts" in (tmp_path / "asked").read_text()
    lock = json.loads((tmp_path / "package-lock.json").read_text())
    assert lock["packages"][f"node_modules/{name}"] == {"version": PINNED, "integrity": integrity}
    assert [path.name for path in (tmp_path / "agents").iterdir()] == [f"opencode-{PINNED}"]


def test_an_npm_that_fails_leaves_nothing_and_is_told(tmp_path: Path) -> None:
    try:
        package()
    except AgentUnavailable:
        pytest.skip("OpenCode is not pinned for this system")
    fake = program(tmp_path / "npm", "echo 'npm error EINTEGRITY' >&2; exit 1")
    with pytest.raises(AgentUnavailable, match="EINTEGRITY"):
        install_opencode(tmp_path / "agents", [str(fake)])
    with pytest.raises(AgentUnavailable):
        install_opencode(tmp_path / "agents", [str(tmp_path / "nothing")])
    assert list((tmp_path / "agents").iterdir()) == []


def test_the_npm_that_is_there_is_taken(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "npm", "true")
    before = os.environ["PATH"]
    os.environ["PATH"] = str(tmp_path / "bin")
    try:
        assert npm_command(tmp_path) == [str(tmp_path / "bin" / "npm")]
    finally:
        os.environ["PATH"] = before


def test_a_binary_is_tried_once(tmp_path: Path) -> None:
    assert opencode_problem(program(tmp_path / "good", "echo 1.18.33")) is None
    assert "status 3" in (opencode_problem(program(tmp_path / "bad", "exit 3")) or "")
    assert "cannot be started" in (opencode_problem(tmp_path / "none") or "")
    assert find_opencode(tmp_path / "none", tmp_path) is None


@needs_opencode
def test_the_pinned_opencode_is_found_to_run() -> None:
    assert opencode_problem(OPENCODE) is None


def test_the_builtin_agent_stands_in_where_opencode_does_not_run(tmp_path: Path) -> None:
    models = ScriptedModels()
    broken = OpenCodeAgents(program(tmp_path / "broken", "exit 1"), Ground("plain"))
    job = AgentJob(tmp_path, "Do it", TARGET)
    for wanted, opencode in (("auto", broken), ("auto", None), ("builtin", broken)):
        models.play("Done.")
        agents = ChosenAgents(wanted, BuiltinAgents(models, Ground("plain")), opencode)  # type: ignore[arg-type]
        assert asyncio.run(turn_of(agents, job)).text == "Done."
    for opencode in (broken, None):
        agents = ChosenAgents("opencode", BuiltinAgents(models, Ground("plain")), opencode)
        with pytest.raises(AgentUnavailable):
            asyncio.run(turn_of(agents, job))


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        (
            {"total": 150, "input": 70, "output": 30, "reasoning": 20, "cache": {"read": 25, "write": 5}},
            Usage(100, 50, 25, 20, reported=True),
        ),
        ({"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}, Usage()),
        ({"input": "7", "output": -1, "reasoning": None, "cache": []}, Usage()),
        ({"input": 10**30, "output": 1.5}, Usage(10**9, reported=True)),
    ],
)
def test_tokens_are_counted_as_our_own_are_whatever_the_agent_says(told: dict[str, Any], counts: Usage) -> None:
    assert counted(told) == counts
