"""Connecting Notion and GitHub (Starbot 8.1): by token, by OAuth, as a GitHub App; status, renewal, forgetting."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from asterism.kernel.upstreams.fakes import FakeGitHub, FakeNotion
from tests.support.trees import error, ok
from tests.wire.v1.integrations.conftest import Member

ENGINES = ["sqlite", "postgresql"]
CALLBACK = "https://console.example/done"


def started(member: Member, provider: str, **body: str) -> dict[str, str]:
    """Begin a sign-in; return what the address asks, with the answer's state."""
    answer = ok(member.connect(provider, **body))
    assert set(answer) == {"authorization_url", "state"}
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer["authorization_url"]).query).items()}
    assert asked["state"] == answer["state"]
    return asked


def test_nothing_is_connected_at_first(member: Member) -> None:
    assert ok(member.client.get("/v1/integrations")) == {
        "integrations": [
            {
                "provider": provider,
                "connected": False,
                "auth_type": None,
                "account": None,
                "scopes": [],
                "connected_at": None,
                "status": "disconnected",
            }
            for provider in ("notion", "github")
        ]
    }


def test_a_token_is_verified_and_shows_whose_it_is(member: Member, github: FakeGitHub, notion: FakeNotion) -> None:
    made = ok(member.connect("github", token="ghp-canary-1"))["integration"]
    assert made["connected_at"].endswith("Z")
    assert {**made, "connected_at": ""} == {
        "provider": "github",
        "connected": True,
        "auth_type": "token",
        "account": {"id": "9001", "name": "octo-team"},
        "scopes": ["repo", "read:org"],
        "connected_at": "",
        "status": "ok",
    }
    assert ok(member.connect("notion", token="ntn-canary-1"))["integration"]["account"]["name"] == "Acme"
    sent = github.of("GET", "/user")[0].headers
    assert sent["authorization"] == "Bearer ghp-canary-1"
    assert sent["accept"] == "application/vnd.github+json"
    assert sent["x-github-api-version"] == "2026-03-10"
    assert sent["user-agent"].startswith("Asterism/")
    assert notion.of("GET", "/v1/users/me")[0].headers["notion-version"] == "2026-03-11"


def test_a_refused_token_leaves_what_was_there(connected: Member, github: FakeGitHub) -> None:
    before = connected.of("github")
    github.tokens["good"] = {"id": 1, "login": "x"}
    error(connected.connect("github", token="bad"), 422, "INVALID_CREDENTIAL")
    github.fail("/user", 503, times=2)
    error(connected.connect("github", token="good"), 502, "UPSTREAM_ERROR")
    github.fail("/user", 429, headers={"retry-after": "7"})
    limited = connected.connect("github", token="good")
    error(limited, 429, "UPSTREAM_RATE_LIMITED")
    assert limited.headers["retry-after"] == "7"
    assert connected.of("github") == before


@pytest.mark.parametrize("token", ["", "a\r\nX-Evil: 1", "tök", " a", "a" * 4097, "a\x7f"])
def test_a_token_that_no_header_can_carry_is_refused(member: Member, github: FakeGitHub, token: str) -> None:
    error(member.connect("github", token=token), 422, "VALIDATION_ERROR")
    assert github.asked == []


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("notion", {"token": "t", "code": "c"}),
        ("notion", {"code": "c", "state": "s"}),
        ("notion", {"code": "c"}),
        ("notion", {"token": "t", "redirect_uri": CALLBACK}),
        ("github", {"token": "t", "installation_id": 7}),
        ("github", {"installation_id": 7, "code": "c"}),
        ("github", {"state": "s"}),
        ("github", {"installation_id": "7"}),
        ("github", {"installation_id": 7.5}),
        ("notion", {"redirect_uri": "https://evil.example/x"}),
        ("notion", {"redirect_uri": "https://console.example@evil.example/x"}),
        ("notion", {"redirect_uri": "javascript:alert(1)"}),
        ("notion", {"redirect_uri": "http://[::1/x"}),
    ],
)
def test_mixed_bodies_and_foreign_redirects_are_refused(
    member: Member, github: FakeGitHub, notion: FakeNotion, provider: str, body: dict[str, object]
) -> None:
    error(member.connect(provider, **body), 422, "VALIDATION_ERROR")
    assert github.asked + notion.asked == []


def test_notion_by_oauth(member: Member, notion: FakeNotion) -> None:
    asked = started(member, "notion", redirect_uri=CALLBACK)
    assert asked == {**asked, "client_id": notion.client[0], "response_type": "code", "owner": "user"}
    code = notion.grant(CALLBACK)
    done = ok(member.connect("notion", code=code, state=asked["state"], redirect_uri=CALLBACK))["integration"]
    assert (done["auth_type"], done["account"]["name"]) == ("oauth", "Acme")
    sent = notion.of("POST", "/v1/oauth/token")[0]
    assert sent.headers["authorization"].startswith("Basic ")
    assert sent.body == {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    again = member.connect("notion", code=notion.grant(CALLBACK), state=asked["state"], redirect_uri=CALLBACK)
    error(again, 422, "INVALID_STATE")


def test_the_default_redirect_is_ours(member: Member) -> None:
    asked = started(member, "notion")
    assert asked["redirect_uri"].endswith("/integrations/notion/callback")
    assert asked["redirect_uri"].startswith(f"http://{member.client.base_url.host}")


def test_a_state_is_its_users_and_good_once(make_member: Callable[[], Member], github: FakeGitHub) -> None:
    mine, theirs = make_member(), make_member()
    state = started(mine, "github")["state"]
    error(theirs.connect("github", code=github.grant(), state=state), 422, "INVALID_STATE")
    error(mine.connect("github", code=github.grant(), state="made up"), 422, "INVALID_STATE")
    error(mine.connect("github", code="wrong", state=state), 422, "INVALID_CREDENTIAL")
    error(mine.connect("github", code=github.grant(), state=state), 422, "INVALID_STATE")
    state = started(mine, "github")["state"]
    codes = [github.grant() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda code: mine.connect("github", code=code, state=state), codes))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]


def test_an_installation_needs_proof(make_member: Callable[[], Member], github: FakeGitHub) -> None:
    github.installations = {n: ["octo-team"] for n in range(1, 105)} | {200: ["somebody-else"]}
    member = make_member()
    error(member.connect("github", installation_id=104), 422, "INVALID_CREDENTIAL")
    ok(member.connect("github", token="ghp-canary-1"))
    error(member.connect("github", installation_id=200), 422, "INVALID_CREDENTIAL")
    error(member.connect("github", installation_id=999), 422, "INVALID_CREDENTIAL")
    assert member.of("github")["auth_type"] == "token"
    made = ok(member.connect("github", installation_id=104))["integration"]
    assert (made["auth_type"], made["account"], made["scopes"]) == (
        "app",
        {"id": "174", "name": "org-104"},
        ["contents:write"],
    )
    other = make_member()
    state = started(other, "github")["state"]
    code = github.grant({"id": 5, "login": "somebody-else"})
    done = ok(other.connect("github", installation_id=200, code=code, state=state))
    assert done["integration"]["account"]["name"] == "org-200"


@pytest.mark.parametrize("skew", [0, -1800, 1800])
def test_an_app_gets_one_token_for_many_calls_whatever_its_clock_says(
    member: Member, github: FakeGitHub, skew: int
) -> None:
    number = 7000 + skew  # tokens of installations are remembered by the server
    github.installations = {number: ["octo-team"]}
    github.add_repository("octo/demo")
    github.skew = skew
    ok(member.connect("github", token="ghp-canary-1"))
    ok(member.connect("github", installation_id=number))
    for _ in range(3):
        ok(member.tool("github/search", query="Demo"))
    assert github.app_tokens_made == 1
    assert all(asked.bearer.startswith("ghs_") for asked in github.of("GET", "/search/code"))


def test_a_revoked_app_token_is_made_anew_and_a_lost_installation_is_told(member: Member, github: FakeGitHub) -> None:
    github.installations = {8: ["octo-team"]}
    github.add_repository("octo/demo")
    ok(member.connect("github", token="ghp-canary-1"))
    ok(member.connect("github", installation_id=8))
    ok(member.tool("github/search", query="Demo"))
    github.tokens.clear()
    github.tokens["another"] = {"id": 1, "login": "x"}
    ok(member.tool("github/search", query="Demo"))
    github.tokens = {"another": {"id": 1, "login": "x"}}
    github.installations.clear()
    error(member.tool("github/search", query="Demo"), 409, "REAUTH_REQUIRED")
    assert member.of("github")["status"] == "needs_reauth"


def by_oauth(member: Member, notion: FakeNotion) -> None:
    state = started(member, "notion", redirect_uri=CALLBACK)["state"]
    ok(member.connect("notion", code=notion.grant(CALLBACK), state=state, redirect_uri=CALLBACK))


def test_two_calls_refresh_once(member: Member, notion: FakeNotion) -> None:
    by_oauth(member, notion)
    notion.tokens = {"another": {"id": "b", "workspace": "x"}}  # the access token has run out
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: member.tool("notion/search", query=""), range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    refreshes = [a for a in notion.of("POST", "/v1/oauth/token") if a.body["grant_type"] == "refresh_token"]
    assert len(refreshes) == 1
    assert member.of("notion")["status"] == "ok"


def test_a_refresh_that_fails_changes_nothing_and_one_that_is_refused_needs_a_person(
    member: Member, notion: FakeNotion
) -> None:
    by_oauth(member, notion)
    notion.tokens = {"another": {"id": "b", "workspace": "x"}}
    notion.fail("/v1/oauth/token", 503)
    error(member.tool("notion/search", query=""), 502, "UPSTREAM_ERROR")
    assert member.of("notion")["status"] == "ok"
    ok(member.tool("notion/search", query=""))
    notion.tokens = {"another": {"id": "b", "workspace": "x"}}
    notion.refresh_tokens.clear()
    found = error(member.tool("notion/search", query=""), 409, "REAUTH_REQUIRED")
    assert found["details"]["upstream_status"] == 401
    assert member.of("notion")["status"] == "needs_reauth"


def test_who_connects_anew_while_a_refresh_is_under_way_keeps_the_new_account(
    member: Member, notion: FakeNotion
) -> None:
    by_oauth(member, notion)
    notion.tokens = {"another": {"id": "b", "workspace": "Second"}}
    arrived = threading.Event()
    notion.fail("/v1/oauth/token", hold=arrived)
    notion.refresh_tokens.clear()  # so that the refresh is refused in the end
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(member.tool, "notion/search", query="")
        while len(notion.of("POST", "/v1/oauth/token")) < 2:
            ok(member.client.get("/v1/integrations"))
        ok(member.connect("notion", token="another"))
        arrived.set()
        error(late.result(60), 409, "REAUTH_REQUIRED")
    kept = member.of("notion")
    assert (kept["status"], kept["auth_type"], kept["account"]["name"]) == ("ok", "token", "Second")
    ok(member.tool("notion/search", query=""))
    assert notion.asked[-1].bearer == "another"


def test_what_a_service_calls_an_account_is_kept_as_one_plain_line(
    member: Member, notion: FakeNotion, github: FakeGitHub
) -> None:
    notion.fail("/v1/users/me", 200, {"id": "a\0", "name": "Ada\0\x1b[2J\nLovelace" + "x" * 400})
    found = ok(member.connect("notion", token="t"))["integration"]["account"]
    assert (found["id"], found["name"][:18], len(found["name"])) == ("a", "Ada [2J Lovelacexx", 300)
    github.fail("/user", 200, {"id": 7, "login": "\0"}, headers={"x-oauth-scopes": "repo, \tread:org"})
    found = ok(member.connect("github", token="t"))["integration"]
    assert (found["account"], found["scopes"]) == ({"id": "7", "name": "GitHub"}, ["repo", "read:org"])


@pytest.mark.parametrize(
    "odd", [{"token": "t", "expires_at": "soon"}, {"token": "", "expires_at": "2030-01-01T00:00Z"}]
)
def test_a_token_of_an_app_that_cannot_be_read_is_asked_for_again(
    connected: Member, github: FakeGitHub, odd: dict[str, str]
) -> None:
    number = 500 + len(odd["token"])
    github.installations = {number: ["octo-team"]}
    ok(connected.connect("github", installation_id=number))
    github.fail("/access_tokens", 201, odd)
    error(connected.tool("github/search", query="x"), 502, "UPSTREAM_ERROR")
    ok(connected.tool("github/search", query="x"))


def test_disconnecting_forgets_and_revokes(member: Member, notion: FakeNotion) -> None:
    by_oauth(member, notion)
    assert ok(member.client.delete("/v1/integrations/notion")) == {"success": True}
    assert ok(member.client.delete("/v1/integrations/notion")) == {"success": True}
    assert notion.of("POST", "/v1/oauth/revoke")
    assert notion.tokens == {}
    assert member.of("notion")["status"] == "disconnected"
    error(member.tool("notion/search", query=""), 409, "INTEGRATION_NOT_CONNECTED")
    assert notion.of("POST", "/v1/search") == []
    error(member.client.delete("/v1/integrations/gitlab"), 404, "NOT_FOUND")
