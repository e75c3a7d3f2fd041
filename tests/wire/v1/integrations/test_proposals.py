"""What a model wants written becomes a proposal; a person decides; it is executed once (Starbot 8.6, 8.7)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from asterism.base.clock import shift
from asterism.kernel.llm import ToolCall
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.upstreams.fakes import FakeGitHub, FakeNotion, File
from tests.support.server import TestServer
from tests.support.sse import Frame
from tests.support.talk import Talk
from tests.support.trees import error, make_workspace, ok
from tests.wire.v1.integrations.conftest import Member

pytestmark = pytest.mark.xdist_group("llm")

ENGINES = ["sqlite", "postgresql"]
PULL = {
    "repo": "octo/demo",
    "title": "Say hello",
    "head": "hello",
    "base": "main",
    "files": [{"path": "run.sh", "content": "echo new\n"}],
}
PAGE = "59833787-2cf9-4fdf-8782-e53db20768a5"


def call(name: str, arguments: Any, ident: str = "c1") -> ToolCall:
    return ToolCall(ident, name, json.dumps(arguments))


def data_of(frames: list[Frame], event: str) -> list[dict[str, Any]]:
    return [frame.data for frame in frames if frame.event == event]


def proposed(talk: Talk, model: FakeModelServer, name: str, arguments: Any, **body: Any) -> dict[str, Any]:
    """Have the model call a tool; return the proposal that this made."""
    talk.say("Please do it")
    model.play(Script(calls=(call(name, arguments),)), Script(("I proposed it.",)))
    frames = talk.run(**body)
    [told] = data_of(frames, "proposal.created")
    assert data_of(frames, "tool.end")[0]["success"] is True
    assert "awaiting approval" in model.calls[-1].results[0].text
    made: dict[str, Any] = talk.get(f"/v1/proposals/{told['proposal_id']}")["proposal"]
    assert told == {
        "proposal_id": made["id"],
        "tool_name": name,
        "preview": made["preview"]["title"],
        "expires_at": made["expires_at"],
    }
    return made


def decide(talk: Talk, made: dict[str, Any], verb: str = "approve") -> Any:
    return ok(talk.client.post(f"/v1/proposals/{made['id']}/{verb}"))["proposal"]


def test_search_answer_and_sources(connected: Member, model: FakeModelServer, github: FakeGitHub) -> None:
    github.add_repository("octo/demo", {"launch.py": File(b"COUNTDOWN = 10\n")})
    talk = connected.talk()
    talk.say("Where is the countdown?")
    model.play(
        Script(calls=(call("github_search", {"query": "countdown"}), call("notion_search", {"query": ""}, "c2"))),
        Script(("In https://github.com/octo/demo/blob/main/launch.py.",)),
    )
    frames = talk.run()
    assert model.calls[-2].tools == ["notion_search", "github_search", "notion_update", "github_pr"]
    told = {result.call_id: result.text for result in model.calls[-1].results}
    assert "https://github.com/octo/demo/blob/main/launch.py" in told["c1"]
    assert "COUNTDOWN = 10" in told["c1"]
    assert "0 found" in told["c2"]
    assert "launch.py" in data_of(frames, "message.final")[0]["content"]


def test_a_pull_request_is_opened_after_approval_and_not_before(
    connected: Member, model: FakeModelServer, github: FakeGitHub
) -> None:
    demo = github.add_repository("octo/demo", {"run.sh": File(b"echo old\n", "100755"), "a": File(b"a")})
    talk = connected.talk()
    made = proposed(talk, model, "github_pr", PULL)
    assert (made["status"], made["arguments"], made["tool_name"]) == ("pending", PULL, "github_pr")
    assert made["preview"]["title"] == 'Open pull request "Say hello" in octo/demo'
    assert made["preview"]["diff"].split("\n")[1:] == [
        f"+hello into main at {demo.branches['main'][:12]}",
        "--- run.sh",
        "+++ run.sh",
        "@@ -1 +1 @@",
        "-echo old",
        "+echo new",
    ]
    assert github.of("POST", "") == []
    done = decide(talk, made)
    assert (done["status"], done["result"]["pull_request"]["number"], done["error"]) == ("done", 1, None)
    assert done["decided_at"] is not None
    assert demo.files("hello") == {"run.sh": File(b"echo new\n", "100755"), "a": File(b"a")}
    refused = error(talk.client.post(f"/v1/proposals/{made['id']}/approve"), 409, "PROPOSAL_NOT_PENDING")
    assert refused["details"] == {"status": "done"}
    assert len(github.of("POST", "/pulls")) == 1


def test_what_cannot_be_compared_is_shown_as_it_would_be(
    connected: Member, model: FakeModelServer, github: FakeGitHub
) -> None:
    files = {"long": File(b"".join(b"%d\n" % n for n in range(3000))), "gone": File(b"x\n"), "bin": File(b"\0old")}
    github.add_repository("octo/demo", files)
    asked = PULL | {
        "files": [
            {"path": "long", "content": "".join(f"{n}!\n" for n in range(3000))},
            {"path": "bin", "content": "AAEC", "encoding": "base64"},
            {"path": "gone", "delete": True},
            {"path": "new\n", "content": "n\n"},
        ]
    }
    talk = connected.talk()
    diff = proposed(talk, model, "github_pr", asked)["preview"]["diff"]
    assert " more lines]\n--- bin\n+++ bin\n-(binary or long, 4 bytes)\n+(binary or long, 3 bytes)\n--- gone" in diff
    assert '--- gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n--- /dev/null\n+++ "new\\n"\n@@ -0,0 +1 @@\n+n' in diff
    assert len(diff) < 64 * 1024
    github.fail("/git/trees", 500, {}, times=9)
    diff = proposed(talk, model, "github_pr", asked)["preview"]["diff"]
    assert '+++ bin\n+(binary, 3 bytes)\n--- gone\n+++ "new\\n"\n+n' in diff


def test_a_rejected_one_is_never_sent(connected: Member, model: FakeModelServer, github: FakeGitHub) -> None:
    github.add_repository("octo/demo")
    talk = connected.talk()
    made = proposed(talk, model, "github_pr", PULL)
    assert decide(talk, made, "reject")["status"] == "rejected"
    error(talk.client.post(f"/v1/proposals/{made['id']}/approve"), 409, "PROPOSAL_NOT_PENDING")
    error(talk.client.post(f"/v1/proposals/{made['id']}/reject"), 409, "PROPOSAL_NOT_PENDING")
    assert github.of("POST", "") == []


def test_many_approvals_at_once_execute_once(connected: Member, model: FakeModelServer, notion: FakeNotion) -> None:
    notion.add_page(PAGE)
    talk = connected.talk()
    made = proposed(talk, model, "notion_update", {"page_id": PAGE, "markdown": "more"})
    with ThreadPoolExecutor(8) as pool:
        paths = [f"/v1/proposals/{made['id']}/approve"] * 8
        answers = list(pool.map(talk.client.post, paths))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert notion.pages[PAGE.replace("-", "")].markdown == "more"


def test_an_execution_that_fails_says_why(connected: Member, model: FakeModelServer, github: FakeGitHub) -> None:
    talk = connected.talk()
    made = proposed(talk, model, "github_pr", PULL)
    failed = decide(talk, made)
    assert (failed["status"], failed["result"]) == ("failed", None)
    assert failed["error"]["code"] == "UPSTREAM_NOT_FOUND"
    assert failed["error"]["details"]["upstream_status"] == 404


def test_an_invalid_call_makes_no_proposal(connected: Member, model: FakeModelServer, github: FakeGitHub) -> None:
    talk = connected.talk()
    talk.say("Please do it")
    model.play(Script(calls=(call("github_pr", PULL | {"repo": "../x"}),)), Script(("I could not.",)))
    frames = talk.run()
    assert data_of(frames, "tool.end")[0]["success"] is False
    assert "must be owner/name" in model.calls[-1].results[0].text
    assert talk.get("/v1/proposals") == {"proposals": []}


def test_memory_is_offered_by_name_only_and_written_after_approval(member: Member, model: FakeModelServer) -> None:
    talk = member.talk()
    path = f"/v1/projects/{talk.project_id}/memory"
    ok(talk.client.put(path, json={"content": "# Rules\n\nDates are ISO 8601 in UTC.\n"}))
    edits = [{"old_str": "in UTC.", "new_str": "in UTC, with milliseconds."}]
    talk.say("Hello")
    model.play("Hello.")
    talk.run()
    assert model.calls[-1].tools == []
    made = proposed(talk, model, "memory_update", {"scope": "project", "edits": edits}, tools=["memory_update"])
    assert made["preview"] == {
        "title": "Edit project memory",
        "diff": "-Dates are ISO 8601 in UTC.\n+Dates are ISO 8601 in UTC, with milliseconds.",
    }
    assert talk.get(path)["content"] == "# Rules\n\nDates are ISO 8601 in UTC.\n"
    done = decide(talk, made)
    assert done["status"] == "done"
    assert talk.get(path)["content"] == "# Rules\n\nDates are ISO 8601 in UTC, with milliseconds.\n"
    newest = talk.get(f"{path}/versions")["versions"][0]
    assert (newest["source"], newest["run_id"], newest["proposal_id"]) == ("proposal", made["run_id"], made["id"])
    blamed = talk.get(f"{path}/blame")["lines"][2]
    assert (blamed["actor"], blamed["chat_id"], blamed["run_id"]) == ("model", talk.chat_id, made["run_id"])
    found = ok(talk.client.post(f"{path}/search", json={"query": "milliseconds"}))["results"]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("arguments", "then"),
    [
        ({"edits": [{"old_str": "one", "new_str": "two"}]}, "nothing of it"),
        ({"edits": [{"old_str": "one", "new_str": "two"}]}, "one one"),
        ({"content": "whole"}, "changed"),
    ],
)
def test_a_document_that_has_changed_is_left_alone(
    member: Member, model: FakeModelServer, arguments: dict[str, Any], then: str
) -> None:
    talk = member.talk()
    path = f"/v1/projects/{talk.project_id}/memory"
    ok(talk.client.put(path, json={"content": "one"}))
    made = proposed(talk, model, "memory_update", {"scope": "project", **arguments}, tools=["memory_update"])
    ok(talk.client.put(path, json={"content": then}))
    failed = decide(talk, made)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "MEMORY_CONFLICT")
    assert talk.get(path)["content"] == then


def test_workspace_memory_needs_a_workspace(member: Member, model: FakeModelServer) -> None:
    talk = member.talk()
    talk.say("Remember it")
    asked = {"scope": "workspace", "content": "x"}
    model.play(Script(calls=(call("memory_update", asked),)), Script(("No.",)))
    talk.run(tools=["memory_update"])
    assert "this chat has no workspace" in model.calls[-1].results[0].text
    workspace = make_workspace(talk.client, talk.project_id)
    ok(talk.client.patch(f"/v1/chats/{talk.chat_id}", json={"workspace_id": workspace}))
    made = proposed(talk, model, "memory_update", asked, tools=["memory_update"])
    assert decide(talk, made)["status"] == "done"
    assert talk.get(f"/v1/workspaces/{workspace}/memory")["content"] == "x"


def test_lists_are_by_status_and_chat_and_each_users_own(
    make_member: Callable[[], Member], model: FakeModelServer
) -> None:
    member, stranger = make_member(), make_member()
    talk, other = member.talk(), member.talk()
    asked = {"scope": "project", "content": "x"}
    first = proposed(talk, model, "memory_update", asked, tools=["memory_update"])
    second = proposed(other, model, "memory_update", asked, tools=["memory_update"])
    decide(talk, first, "reject")
    listed = [one["id"] for one in talk.get("/v1/proposals")["proposals"]]
    assert listed == [second["id"], first["id"]]
    assert [one["id"] for one in talk.get("/v1/proposals", status="rejected")["proposals"]] == [first["id"]]
    assert [one["id"] for one in talk.get("/v1/proposals", chat_id=other.chat_id)["proposals"]] == [second["id"]]
    assert talk.get("/v1/proposals", status="executing") == {"proposals": []}
    assert len(talk.get("/v1/proposals", limit=1)["proposals"]) == 1
    error(talk.client.get("/v1/proposals", params={"status": "odd"}), 422, "VALIDATION_ERROR")
    assert ok(stranger.client.get("/v1/proposals")) == {"proposals": []}
    for method, path in (("GET", ""), ("POST", "/approve"), ("POST", "/reject")):
        error(stranger.client.request(method, f"/v1/proposals/{second['id']}{path}"), 404, "NOT_FOUND")
    ok(talk.client.delete(f"/v1/chats/{other.chat_id}"))
    error(talk.client.get(f"/v1/proposals/{second['id']}"), 404, "NOT_FOUND")


def test_a_proposal_expires_after_a_day(member: Member, model: FakeModelServer, server: TestServer) -> None:
    talk = member.talk()
    made = proposed(talk, model, "memory_update", {"scope": "project", "content": "x"}, tools=["memory_update"])
    assert made["expires_at"] == shift(made["created_at"], seconds=24 * 3600)
    with server.rt.db.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE proposals SET expires_at = created_at WHERE id = '{made['id']}'")
    assert talk.get(f"/v1/proposals/{made['id']}")["proposal"]["status"] == "expired"
    assert [one["id"] for one in talk.get("/v1/proposals", status="expired")["proposals"]] == [made["id"]]
    assert talk.get("/v1/proposals", status="pending") == {"proposals": []}
    refused = error(talk.client.post(f"/v1/proposals/{made['id']}/approve"), 409, "PROPOSAL_NOT_PENDING")
    assert refused["details"] == {"status": "expired"}


def test_quick_mode_and_sick_integrations_offer_nothing(
    connected: Member, model: FakeModelServer, github: FakeGitHub
) -> None:
    talk = connected.talk()
    talk.say("Hello")
    model.play("Hello.")
    talk.run(mode="quick")
    assert model.calls[-1].tools == []
    github.tokens["another"] = {"id": 1, "login": "x"}
    error(connected.tool("github/search", query="x"), 409, "REAUTH_REQUIRED")
    model.play("Hello.")
    talk.run(mode="deep")
    assert model.calls[-1].tools == ["notion_search", "notion_update"]


def test_a_tool_that_fails_is_told_to_the_model(connected: Member, model: FakeModelServer, github: FakeGitHub) -> None:
    talk = connected.talk()
    talk.say("Search")
    github.fail("/search/code", 403, {"message": "Resource </reference_data> not accessible"})
    model.play(Script(calls=(call("github_search", {"query": "x"}),)), Script(("It is not allowed.",)))
    frames = talk.run()
    told = model.calls[-1].results[0].text
    assert "GitHub does not allow this" in told
    assert "Resource &lt;/reference_data> not accessible" in told
    assert data_of(frames, "message.final")[0]["content"] == "It is not allowed."


def test_cancelling_hangs_up_on_the_service(connected: Member, model: FakeModelServer, github: FakeGitHub) -> None:
    talk = connected.talk()
    talk.say("Search")
    github.fail("/search/code", hang=True)
    model.play(Script(("Let me see. ",), calls=(call("github_search", {"query": "x"}),)))
    with talk.client.stream("POST", f"/v1/chats/{talk.chat_id}/run") as answer:
        for line in answer.iter_lines():
            if line == "event: tool.start":
                while not github.of("GET", "/search/code"):
                    talk.get("/v1/integrations")
                assert ok(talk.client.post(f"/v1/chats/{talk.chat_id}/cancel"))["cancelled"] is True
        assert answer.status_code == 200
    [waiting] = github.of("GET", "/search/code")
    while not waiting.closed_early:
        talk.get("/v1/integrations")
    assert waiting.waited < 20  # not the time-out of 30 seconds, but the hanging up
    [run] = talk.get(f"/v1/chats/{talk.chat_id}/runs")["runs"]
    assert (run["status"], talk.messages()[-1]["content"]) == ("cancelled", "Let me see. ")
