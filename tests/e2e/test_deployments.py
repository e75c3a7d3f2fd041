"""From a folder to a running app and back, by the commands that a person types."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support import forks
from tests.support.commands import answer, run
from tests.support.databases import SqliteFactory
from tests.support.facts import until
from tests.support.process import ASTERISM, clean_environment, started
from tests.support.server import TestServer

APP = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("asked for", self.path, flush=True)
        text = os.environ.get("GREETING", "nobody").encode()
        self.send_response(200); self.send_header("content-length", str(len(text))); self.end_headers()
        self.wfile.write(text)
print("up with", os.environ.get("GREETING"), flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def person(sqlite_factory: SqliteFactory, tmp_path: Path) -> Iterator[dict[str, str]]:
    with TestServer(tmp_path / "data", sqlite_factory.url(), sandbox="plain") as server, server.person() as client:
        token = client.headers["Authorization"].split()[1]
        yield {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": token}


def test_a_folder_is_deployed_looked_at_and_rolled_back(tmp_path: Path, person: dict[str, str]) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "main.py").write_text(APP)

    def command(*words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        done = run(tmp_path, person, *words, cwd=folder)
        assert done.returncode == code, done.stderr
        return done

    def type_in(text: str, *words: str) -> None:
        environment = clean_environment(tmp_path) | person
        done = forks.run([*ASTERISM, *words], input=text, text=True, cwd=folder, env=environment)
        assert done.returncode == 0, done.stderr
        assert text.strip() not in done.stdout + done.stderr

    answer(run(tmp_path, person, "push", "--project", "shop", "--json", cwd=folder))
    assert "Nothing was deployed" in command("deployments").stderr
    assert "Nothing was deployed" in command("logs", code=4).stderr
    type_in("hello-you\n", "env", "set", "GREETING")
    assert command("env", "list").stdout == "GREETING=****-you\n"
    done = command("deploy", "--logs")
    address = done.stderr.split("Running at ")[-1].strip()
    assert httpx.get(address, trust_env=False).text == "hello-you"
    assert "install" in done.stdout
    assert "hello-you" not in done.stdout

    (folder / "vars").write_text("GREETING='second value'\nOTHER=1\n")
    command("env", "import", "vars", "--plain")
    assert "OTHER=1" in command("env", "list").stdout
    command("env", "unset", "OTHER")
    assert "There is no variable" in command("env", "unset", "OTHER", code=4).stderr
    second = answer(run(tmp_path, person, "deploy", "--wait", "--json", cwd=folder))
    assert (second["status"], second["url"]) == ("success", address)
    assert httpx.get(address, trust_env=False).text == "second value"

    newest, oldest = answer(run(tmp_path, person, "deployments", "--json", cwd=folder))["deployments"]
    assert newest["id"] == second["id"]
    command("rollback", oldest["id"][-12:], "--wait")
    assert httpx.get(address, trust_env=False).text == "hello-you"
    assert "There is no deployment" in command("rollback", "nothere", code=4).stderr
    assert "Running at" in command("logs").stdout

    environment = clean_environment(tmp_path) | person
    following = [*ASTERISM, "logs", "-f"]
    with started(following, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        until(lambda: "up with" in process.stdout.readline())
        assert httpx.get(f"{address}/say-it-live", trust_env=False).text == "hello-you"
        until(lambda: "asked for /say-it-live" in process.stdout.readline())

    settings = f"{person['ASTERISM_URL']}/v1/infrastructure/workspaces/{second['workspace_id']}/deployment-settings"
    headers = {"Authorization": f"Bearer {person['ASTERISM_TOKEN']}"}
    httpx.put(settings, json={"build_command": "exit 9"}, headers=headers).raise_for_status()
    assert "exit code 9" in command("deploy", "--wait", code=1).stderr
    assert os.path.exists(folder / "main.py")
