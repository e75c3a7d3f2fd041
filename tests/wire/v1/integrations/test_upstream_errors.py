"""Every row of Starbot 8.5, shown by a fake that fails."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from asterism.kernel.upstreams.fakes import FakeGitHub, FakeNotion
from tests.support.trees import error, ok
from tests.wire.v1.integrations.conftest import Member

ENGINES = ["sqlite", "postgresql"]


@pytest.mark.parametrize(
    ("status", "body", "headers", "ours", "code", "wait"),
    [
        (401, {"message": "Bad credentials"}, {}, 409, "REAUTH_REQUIRED", None),
        (403, {"message": "Resource not accessible"}, {}, 403, "UPSTREAM_FORBIDDEN", None),
        (403, {"message": "Slow down"}, {"retry-after": "17"}, 429, "UPSTREAM_RATE_LIMITED", 17),
        (403, {"message": "You have exceeded a secondary RATE LIMIT"}, {}, 429, "UPSTREAM_RATE_LIMITED", 60),
        (429, {"message": "too many"}, {}, 429, "UPSTREAM_RATE_LIMITED", 60),
        (429, {"message": "too many"}, {"retry-after": "5"}, 429, "UPSTREAM_RATE_LIMITED", 5),
        (404, {"message": "Not Found"}, {}, 404, "UPSTREAM_NOT_FOUND", None),
        (410, {"message": "Gone"}, {}, 404, "UPSTREAM_NOT_FOUND", None),
        (400, {"message": "Problems parsing JSON"}, {}, 422, "UPSTREAM_VALIDATION", None),
        (422, {"message": "Validation Failed"}, {}, 422, "UPSTREAM_VALIDATION", None),
        (409, {"message": "Conflict"}, {}, 409, "UPSTREAM_CONFLICT", None),
        (500, {"message": "Oops"}, {}, 502, "UPSTREAM_ERROR", None),
        (503, b"<html>", {}, 502, "UPSTREAM_ERROR", None),
        (200, b"<html>", {}, 502, "UPSTREAM_ERROR", None),
        (200, {"message": "an error inside"}, {}, 502, "UPSTREAM_ERROR", None),
        (200, b"[" * 100_000, {}, 502, "UPSTREAM_ERROR", None),
        (302, {}, {"location": "http://10.0.0.1/x"}, 502, "UPSTREAM_ERROR", None),
        (304, None, {}, 502, "UPSTREAM_ERROR", None),
    ],
)
def test_github(
    connected: Member,
    github: FakeGitHub,
    status: int,
    body: Any,
    headers: dict[str, str],
    ours: int,
    code: str,
    wait: int | None,
) -> None:
    github.fail("/search/code", status, body, headers=headers, times=9)
    answer = connected.tool("github/search", query="x")
    found = error(answer, ours, code)
    details = found["details"]
    assert set(details) == {
        "provider",
        "upstream_status",
        "upstream_code",
        "upstream_message",
        "upstream_request_id",
    }
    assert details["provider"] == "github"
    assert answer.headers.get("retry-after") == (None if wait is None else str(wait))
    assert connected.of("github")["status"] == ("needs_reauth" if status == 401 else "ok")
    assert len(github.of("GET", "/search/code")) == (2 if status >= 500 else 1)
    github.faults.clear()
    if "retry-after" not in headers:
        ok(connected.tool("github/search", query="x"))
        assert connected.of("github")["status"] == "ok"


@pytest.mark.parametrize(
    ("status", "code", "ours", "our_code"),
    [
        (401, "unauthorized", 409, "REAUTH_REQUIRED"),
        (403, "restricted_resource", 403, "UPSTREAM_FORBIDDEN"),
        (404, "object_not_found", 404, "UPSTREAM_NOT_FOUND"),
        (400, "validation_error", 422, "UPSTREAM_VALIDATION"),
        (409, "conflict_error", 409, "UPSTREAM_CONFLICT"),
        (429, "rate_limited", 429, "UPSTREAM_RATE_LIMITED"),
        (529, "service_overload", 429, "UPSTREAM_RATE_LIMITED"),
        (500, "internal_server_error", 502, "UPSTREAM_ERROR"),
    ],
)
def test_notion(connected: Member, notion: FakeNotion, status: int, code: str, ours: int, our_code: str) -> None:
    body = {"object": "error", "status": status, "code": code, "message": "m" * 400, "request_id": "r-1"}
    notion.fail("/v1/search", status, body, times=9, headers={"retry-after": "30"} if status in (429, 529) else {})
    answer = connected.tool("notion/search", query="")
    details = error(answer, ours, our_code)["details"]
    assert (details["upstream_code"], details["upstream_request_id"]) == (code, "r-1")
    assert len(details["upstream_message"]) == 300
    assert answer.headers.get("retry-after") == ("30" if ours == 429 else None)


@pytest.mark.parametrize("status", [403, 429])
def test_a_counter_that_is_used_up_says_when_it_is_full_again(
    connected: Member, github: FakeGitHub, status: int
) -> None:
    used_up = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 600)}
    github.fail("/search/code", status, {"message": "API calls are used up"}, headers=used_up)
    answer = connected.tool("github/search", query="x")
    error(answer, 429, "UPSTREAM_RATE_LIMITED")
    assert 480 < int(answer.headers["retry-after"]) <= 720


def test_every_call_carries_what_the_service_wants(connected: Member, github: FakeGitHub, notion: FakeNotion) -> None:
    github.add_repository("octo/demo")
    for kind in ("code", "issues", "repositories", "commits"):
        ok(connected.tool("github/search", query="x", type=kind))
    pull = {"repo": "octo/demo", "title": "t", "head": "x", "base": "main", "files": [{"path": "a", "content": "b"}]}
    ok(connected.tool("github/pr", **pull), 201)
    notion.add_page("a" * 32, "A page")
    ok(connected.tool("notion/search", query=""))
    ok(connected.tool("notion/update", page_id="a" * 32, title="New", markdown="More"))
    for sent in github.asked:
        kind = "github.text-match+json" if sent.path.endswith("/search/code") else "github+json"
        assert sent.headers["accept"] == f"application/vnd.{kind}", sent.path
        assert sent.headers["x-github-api-version"] == "2026-03-10"
        assert sent.headers["user-agent"].startswith("Asterism/")
        assert sent.headers["authorization"] == "Bearer ghp-canary-1"
    for sent in notion.asked:
        assert sent.headers["notion-version"] == "2026-03-11"
        assert sent.headers["authorization"] == "Bearer ntn-canary-1"
        if sent.method != "GET":
            assert sent.headers["content-type"] == "application/json"
    assert {sent.method for sent in notion.asked} >= {"GET", "POST", "PATCH"}


def test_nothing_connected_asks_nobody(member: Member, github: FakeGitHub, notion: FakeNotion) -> None:
    found = error(member.tool("github/search", query="x"), 409, "INTEGRATION_NOT_CONNECTED")
    assert "/v1/integrations/github/connect" in found["hint"]
    error(member.tool("notion/search", query=""), 409, "INTEGRATION_NOT_CONNECTED")
    assert github.asked + notion.asked == []


def test_a_used_up_limit_is_answered_here_until_its_reset(connected: Member, github: FakeGitHub) -> None:
    github.remaining["code_search"] = 1
    ok(connected.tool("github/search", query="x"))
    answer = connected.tool("github/search", query="x")
    error(answer, 429, "UPSTREAM_RATE_LIMITED")
    assert 3500 < int(answer.headers["retry-after"]) <= 3700
    assert len(github.of("GET", "/search/code")) == 1
    ok(connected.tool("github/search", query="x", type="repositories"))


@pytest.mark.parametrize("status", [403, 429])
def test_a_service_that_names_a_time_is_asked_nothing_until_then(
    make_member: Callable[[], Member], github: FakeGitHub, notion: FakeNotion, status: int
) -> None:
    member, other = make_member(), make_member()
    for one in (member, other):
        ok(one.connect("github", token="t"))
        ok(one.connect("notion", token="t"))
    github.fail(
        "/search/code", status, {"message": "You exceeded a secondary rate limit"}, headers={"retry-after": "90"}
    )
    error(member.tool("github/search", query="x"), 429, "UPSTREAM_RATE_LIMITED")
    asked = len(github.asked)
    again = member.tool("github/search", query="x", type="repositories")
    error(again, 429, "UPSTREAM_RATE_LIMITED")
    assert 60 < int(again.headers["retry-after"]) <= 90
    assert len(github.asked) == asked
    ok(other.tool("github/search", query="x"))
    ok(member.tool("notion/search", query=""))
    ok(member.connect("github", token="another"))
    ok(member.tool("github/search", query="x"))


def test_a_branch_is_removed_although_a_limit_is_known(connected: Member, github: FakeGitHub) -> None:
    demo = github.add_repository("octo/demo")
    github.fail("/pulls", 403, {"message": "You exceeded a secondary rate limit"}, headers={"retry-after": "90"})
    pull = {"repo": "octo/demo", "title": "t", "head": "x", "base": "main", "files": [{"path": "a", "content": "b"}]}
    found = error(connected.tool("github/pr", **pull), 429, "UPSTREAM_RATE_LIMITED")
    assert found["details"]["branch_removed"] is True
    assert set(demo.branches) == {"main"}


def test_a_token_that_comes_back_in_a_message_is_not_passed_on(connected: Member, github: FakeGitHub) -> None:
    github.fail("/search/code", 403, {"message": "The token ghp-canary-1 may not do that."})
    answer = connected.tool("github/search", query="x")
    assert error(answer, 403, "UPSTREAM_FORBIDDEN")["details"]["upstream_message"].startswith("The token [secret]")
    assert "canary" not in answer.text


def test_calls_leave_audit_rows_without_content(connected: Member, github: FakeGitHub) -> None:
    github.add_repository("octo/demo")
    ok(connected.tool("github/search", query="needle-in-hay", repo="octo/demo"))
    pull = {"repo": "octo/gone", "title": "needle-in-hay", "head": "x", "base": "main"}
    error(connected.tool("github/pr", **pull), 404, "UPSTREAM_NOT_FOUND")
    entries = ok(connected.client.get("/v1/auth/audit"))["entries"]
    rows = [
        (e["subject"], e["details"]["target"], e["details"]["outcome"]) for e in entries if e["action"] == "tool_called"
    ]
    assert rows == [("github_pr", "octo/gone:x", "UPSTREAM_NOT_FOUND"), ("github_search", "octo/demo", "ok")]
    assert "needle" not in str(entries)
    assert "canary" not in str(entries)
