"""`asterism integrations` and `asterism proposals` against a server, and the fakes as commands."""

import json
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from asterism.kernel.llm import ToolCall
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.upstreams.fakes import FakeGitHub, FakeNotion
from tests.support import forks
from tests.support.forks import ASTERISM
from tests.support.process import clean_environment, started
from tests.support.trees import ok
from tests.wire.v1.integrations.conftest import Member

pytestmark = pytest.mark.xdist_group("llm")
CANARY = "ghp-canary-command-line"


class CommandLine:
    """Runs commands for a user."""

    def __init__(self, member: Member, home: Path) -> None:
        token = member.client.headers["authorization"].removeprefix("Bearer ")
        settings = {"ASTERISM_URL": str(member.client.base_url), "ASTERISM_TOKEN": token}
        self._environment, self._home = clean_environment(home, settings), home

    def __call__(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        command = [*ASTERISM, *arguments]
        return forks.run(command, env=self._environment, cwd=self._home, input=stdin, text=True)

    def start(self, *arguments: str) -> "AbstractContextManager[subprocess.Popen[str]]":
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return started([*ASTERISM, *arguments], env=self._environment, cwd=self._home, text=True, **pipes)

    def json(self, *arguments: str, stdin: str = "") -> Any:
        done = self(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def run(member: Member, tmp_path: Path) -> CommandLine:
    """Make a command line of a user."""
    return CommandLine(member, tmp_path)


def test_a_token_comes_from_standard_input_and_is_never_shown(run: CommandLine, github: FakeGitHub) -> None:
    done = run("integrations", "connect", "github", stdin=f"{CANARY}\n")
    assert (done.returncode, done.stdout) == (0, "GitHub is connected as octo-team.\n"), done.stderr
    assert github.of("GET", "/user")[0].bearer == CANARY
    listed = run("integrations", "list")
    assert listed.stdout == "notion   disconnected\ngithub   ok            as octo-team\n"
    assert CANARY not in done.stdout + done.stderr + listed.stdout + json.dumps(run.json("integrations", "list"))
    nothing = run("integrations", "connect", "notion")
    assert (nothing.returncode, "nothing on standard input" in nothing.stderr) == (2, True)
    github.tokens["other"] = {"id": 1, "login": "x"}
    refused = run("integrations", "connect", "github", stdin=f"{CANARY}\n")
    assert (refused.returncode, "does not accept the token" in refused.stderr) == (1, True)
    assert run.json("integrations", "disconnect", "github") == {"disconnected": "github"}
    assert run.json("integrations", "list")["integrations"][1]["status"] == "disconnected"


def test_a_browser_signs_in_and_its_address_is_pasted(member: Member, run: CommandLine, notion: FakeNotion) -> None:
    begun = member.connect("notion").json()
    asked = parse_qs(urlsplit(begun["authorization_url"]).query)
    back = f"{asked['redirect_uri'][0]}?code={notion.grant(asked['redirect_uri'][0])}&state={begun['state']}"
    made = run.json("integrations", "connect", "notion", "--browser", stdin=back + "\n")["integration"]
    assert (made["auth_type"], made["account"]["name"]) == ("oauth", "Acme")
    wrong = run("integrations", "connect", "notion", "--browser", stdin="https://example.com/\n")
    assert (wrong.returncode, "no code and state" in wrong.stderr) == (2, True)


def test_the_command_goes_on_once_the_page_has_connected(member: Member, run: CommandLine, notion: FakeNotion) -> None:
    with run.start("integrations", "connect", "notion", "--browser") as waiting:
        assert waiting.stderr is not None
        waiting.stderr.readline()
        asked = parse_qs(urlsplit(waiting.stderr.readline().strip()).query)
        back = asked["redirect_uri"][0]
        body = {"code": notion.grant(back), "state": asked["state"][0], "redirect_uri": back}
        ok(member.connect("notion", **body))
        assert waiting.wait(timeout=120) == 0
        assert waiting.stdout is not None
        assert waiting.stdout.read() == "Notion is connected as Acme.\n"


def test_proposals_are_shown_and_decided(
    connected: Member, tmp_path: Path, model: FakeModelServer, github: FakeGitHub
) -> None:
    run = CommandLine(connected, tmp_path)
    demo = github.add_repository("octo/demo")
    talk = connected.talk()
    asked = {"repo": "octo/demo", "title": "Hi", "base": "main", "files": [{"path": "a", "content": "b\n"}]}
    idents = []
    for head in ("one", "two", "main2"):
        talk.say("Please")
        call = ToolCall("c", "github_pr", json.dumps(asked | {"head": head}))
        model.play(Script(calls=(call,)), Script(("Proposed.",)))
        [told] = [frame.data for frame in talk.run() if frame.event == "proposal.created"]
        idents.append(told["proposal_id"])
    listed = run("proposals", "list", "--status", "pending").stdout.splitlines()
    assert listed[0] == f'{idents[2]}  pending   Open pull request "Hi" in octo/demo'
    assert "--- /dev/null\n+++ a\n@@ -0,0 +1 @@\n+b\n" in run("proposals", "show", idents[0]).stdout
    done = run("proposals", "approve", idents[0])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "https://github.com/octo/demo/pull/1"
    assert "one" in demo.branches
    assert run.json("proposals", "reject", idents[1])["proposal"]["status"] == "rejected"
    assert run("proposals", "approve", idents[1]).returncode == 5
    demo.branches["main2"] = demo.branches["main"]
    failed = run("proposals", "approve", idents[2])
    assert (failed.returncode, "BRANCH_EXISTS" in failed.stdout) == (1, True)
    assert run("proposals", "show", "nothing").returncode == 4


@pytest.mark.parametrize(
    ("name", "path", "headers"),
    [
        ("fake-github", "/repos/octo/demo/git/ref/heads/main", {"User-Agent": "x"}),
        ("fake-notion", "/v1/users/me", {"Notion-Version": "2026-03-11"}),
    ],
)
def test_the_fakes_serve_until_they_are_stopped(name: str, path: str, headers: dict[str, str]) -> None:
    command = [*ASTERISM, "dev", name, "--port", "0", "--json"]
    with forks.popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            with httpx.Client(
                trust_env=False, timeout=60, headers={"Authorization": "Bearer any", **headers}
            ) as client:
                assert client.get(url + path).status_code == 200
        finally:
            process.terminate()
