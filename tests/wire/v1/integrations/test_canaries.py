"""No secret of an integration appears in a reply, a log, an event, an audit entry, or in the database."""

from pathlib import Path

import pytest

from asterism.kernel.llm import ToolCall
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.upstreams.fakes import FakeGitHub, FakeNotion
from tests.support.server import TestServer
from tests.support.trees import ok
from tests.wire.v1.integrations.conftest import Member

pytestmark = pytest.mark.xdist_group("llm")
TOKENS = ["ghp-canary-of-a-token", "ntn-canary-of-a-token"]
CALLBACK = "https://console.example/done"


def test_secrets_stay_where_they_belong(
    member: Member,
    server: TestServer,
    model: FakeModelServer,
    github: FakeGitHub,
    notion: FakeNotion,
    capfd: pytest.CaptureFixture[str],
) -> None:
    said: list[str] = []
    talk = member.talk()

    def search(service: str = "github") -> None:
        said.append(member.tool(f"{service}/search", query="x").text)

    said.append(member.connect("github", token=TOKENS[0]).text)
    echo = {"message": f"Bad {TOKENS[0]}", "errors": [{"code": TOKENS[0]}]}
    for status, body in ((403, echo), (401, echo), (422, echo), (200, b"<html>"), (302, {})):
        github.fail("/search/code", status, body, headers={"location": f"http://x.invalid/?t={TOKENS[0]}"})
        search()
    github.fail("/search/code", cut=True, status=200)
    search()
    github.fail("/search/code", 403, echo)
    talk.say("Search")
    model.play(Script(calls=(ToolCall("c1", "github_search", '{"query": "x"}'),)), Script(("No.",)))
    said += [str(frame.data) for frame in talk.run()]
    github.installations = {77: ["octo-team"]}
    said.append(member.connect("github", installation_id=77).text)
    search()
    said.append(member.connect("notion", token=TOKENS[1]).text)
    state = ok(member.connect("notion", redirect_uri=CALLBACK))["state"]
    code = notion.grant(CALLBACK)
    sent_back = {"code": code, "state": state, "error_description": "never shown without an error"}
    said.append(member.client.get("/integrations/notion/callback", params=sent_back).text)
    said.append(member.connect("notion", code=code, state=state, redirect_uri=CALLBACK).text)
    renewed = dict(notion.tokens)
    notion.tokens = {"another": {"id": "b", "workspace": "x"}}
    search("notion")
    said.append(member.client.get("/v1/integrations").text)
    said.append(member.client.get("/v1/auth/audit").text)

    oauth = [*renewed, *notion.tokens, *notion.refresh_tokens, *github.tokens]
    secrets = [*TOKENS, code, github.client[1], notion.client[1], "PRIVATE KEY"]
    secrets += [token for token in oauth if len(token) > 12]
    assert len(secrets) > 8
    logged = "".join(capfd.readouterr())
    assert "github/search" in logged or "tools" in logged
    database = Path(server.settings.database.removeprefix("sqlite:///"))
    stored = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    assert b"octo-team" in stored
    for secret in secrets:
        assert secret not in "".join(said)
        assert secret not in logged
        assert secret.encode() not in stored
