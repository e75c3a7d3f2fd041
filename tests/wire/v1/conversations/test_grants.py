"""Secrets by grant: one turn may read a value, and nobody is told it (Beyond 11)."""

from asterism.kernel.agents import Wait, Write
from tests.support.server import TestServer
from tests.support.sockets import Stream
from tests.support.trees import error, field_error, ok
from tests.support.turns import Person, Scripts
from tests.wire.v1.conversations.conftest import Gate

SECRET, OTHER = "sk-live-0123456789", "hunter2-but-longer"


def variables(person: Person, **values: str) -> str:
    path = f"/v1/projects/{person.project}/env-vars"
    body = {"variables": [{"key": key, "value": value, "is_secret": True} for key, value in values.items()]}
    ok(person.client.put(path, json=body))
    return f"{path}/values"


def told(person: Person) -> str:
    """Return all that a client can read of the conversation."""
    tails = ("/messages", "/opencode-messages", "/opencode-questions?status=all", "/timeline")
    log = person.client.get(f"/v1/projects/{person.project}/log").text
    return log + "".join(person.client.get(person.path(tail)).text for tail in tails)


def test_a_granted_value_is_in_the_environment_and_in_nothing_else(person: Person, scripts: Scripts) -> None:
    values = variables(person, API_KEY=SECRET, UNUSED=OTHER)
    scripts["use it"] = lambda job: (f"It is {job.environment['API_KEY']}, really.", Write("note", "n\n"))
    with Stream(person.client, person.conversation) as stream:
        body = {"prompt": "use it", "grants": ["env:API_KEY", "env:API_KEY"]}
        ok(person.client.post(person.path("/messages"), json=body))
        frames = stream.until("message_complete")
    assert "UNUSED" not in scripts.job("use it").environment
    assert frames[-1]["message"]["content"] == "It is ***, really."
    assert SECRET not in repr(frames)
    assert SECRET not in told(person)
    entries = ok(person.client.get("/v1/auth/audit"))["entries"]
    assert [entry["subject"] for entry in entries if entry["action"] == "env_granted"] == ["API_KEY"]
    assert [one["key"] for one in ok(person.client.get(f"{values}?keys=API_KEY"))["variables"]] == ["API_KEY"]
    assert len(ok(person.client.get(values))["variables"]) == 2


def test_the_server_asks_for_what_was_not_granted(
    person: Person, scripts: Scripts, gate: Gate, turn_server: TestServer
) -> None:
    values = variables(person, LATER=OTHER, NEVER=SECRET)
    scripts["read it"] = (Wait(gate.event), Write("note", "n\n"), f"It says {OTHER}.")
    with Stream(person.client, person.conversation) as stream:
        person.send("read it")
        with turn_server.client(token_of(person, scripts)) as agent:
            error(agent.get(values), 403, "INSUFFICIENT_SCOPE")
            for _ in range(2):
                assert error(agent.get(f"{values}?keys=LATER"), 403, "GRANT_REQUIRED")["details"] == {"keys": ["LATER"]}
            [asked] = person.get("/opencode-questions")["questions"]
            answer(person, asked, "Allow LATER for this turn?", "Allow")
            [value] = ok(agent.get(f"{values}?keys=LATER"))["variables"]
            assert value["value"] == OTHER
            error(agent.get(f"{values}?keys=LATER,NEVER"), 403, "GRANT_REQUIRED")
            [asked] = person.get("/opencode-questions")["questions"]
            answer(person, asked, "Allow NEVER for this turn?", "Deny")
            refused = error(agent.get(f"{values}?keys=NEVER"), 403, "GRANT_REQUIRED")
            assert refused["hint"] == "The user said no."
            assert person.get("/opencode-questions")["questions"] == []
            gate.open()
            frames = stream.until("message_complete")
            assert agent.get(f"{values}?keys=LATER").status_code == 401
    assert frames[-1]["message"]["content"] == "It says ***."
    assert OTHER not in told(person)


def token_of(person: Person, scripts: Scripts) -> str:
    """Return the token of the turn that runs, once its agent has begun."""
    for _ in range(600):
        for job in list(scripts.agents.jobs):
            if job.conversation == person.conversation:
                return job.environment["ASTERISM_TOKEN"]
        person.get("")  # a moment passes
    raise AssertionError("no agent has begun")


def answer(person: Person, asked: dict[str, object], text: str, label: str) -> None:
    questions = asked["questions"]
    assert isinstance(questions, list)
    assert questions[0]["question"] == text
    path = person.path(f"/opencode-questions/{asked['id']}/reply")
    error(person.client.post(path, json={"answers": [["Perhaps"]]}), 422, "VALIDATION_ERROR")
    ok(person.client.post(path, json={"answers": [[label]]}))


def test_grants_name_env_vars_of_the_project(person: Person) -> None:
    variables(person, KEY=SECRET)
    for bad in ("KEY", "env:", "env:NOPE", "env:KEY ", "file:x"):
        body = {"prompt": "x", "grants": ["env:KEY", bad]}
        field_error(person.client.post(person.path("/messages"), json=body), "grants[1]")
    many = {"prompt": "x", "grants": ["env:KEY"] * 51}
    field_error(person.client.post(person.path("/messages"), json=many), "grants")
    assert person.messages() == []
