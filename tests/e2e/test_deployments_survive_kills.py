"""A deployment over the death of its server, in every step: told as interrupted, and nothing of it is left."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from asterism.features.accounts import identity
from asterism.kernel.db import open_database
from tests.support.databases import SqliteFactory
from tests.support.deploying import Place, answer_of
from tests.support.dying import dying_deployments
from tests.support.facts import until
from tests.support.killable import KillableServer
from tests.support.server import free_port
from tests.support.trees import ok

pytestmark = pytest.mark.slow
DIE = b"""
[ "$DIE" = "$1" ] || exit 0
kill -9 "$SERVER"
exec sh -c "sleep 600; : $MARK"
"""
APP = b"""
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if os.environ.get("DIE") == "up":
            os.kill(int(os.environ["SERVER"]), 9)
        self.send_response(200); self.send_header("content-length", "3"); self.end_headers()
        self.wfile.write(b"one")
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
TREE = {"die.sh": DIE, "main.py": APP, "package.json": b'{"dependencies": {"a": "1"}}', "package-lock.json": b"{}"}
SETTINGS = {"build_command": "sh die.sh build", "start_command": "sh die.sh start; exec python3 main.py"}


class Life:
    """A server that dies and comes back, and a project with an app on it."""

    def __init__(self, folder: Path, factory: SqliteFactory) -> None:
        self.data, self.armed, self.port = folder / "data", folder / "armed", free_port()
        self.data.mkdir(mode=0o700)
        shutil.copyfile(factory.template, self.data / "asterism.db")
        database = open_database(f"sqlite:///{self.data / 'asterism.db'}")
        with database.write() as tx:
            user = identity.add_user(tx, "a@example.org")
            token = identity.create_token(tx, user, kind="u", name="test", client="cli", seconds=3600)
        database.close()
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {token.text}"},
            timeout=60,
            trust_env=False,
        )
        self.alter = dying_deployments(folder / "tools", self.armed)
        self.mark = f"left-{os.getpid()}-{folder.name}"
        self.start()
        self.place = Place(self.client, TREE)
        settings = f"/v1/infrastructure/workspaces/{self.place.workspace}/deployment-settings"
        ok(self.client.put(settings, json=SETTINGS))

    def start(self) -> None:
        self.server = KillableServer(self.data, self.port, self.alter, sandbox="plain")

    def die_in(self, step: str) -> str:
        """Deploy, and have the server die in that step; return the deployment once the server is back."""
        self.place.set_env(DIE=step, SERVER=str(self.server.process.pid), MARK=self.mark)
        self.armed.touch() if step == "tree" else None
        with suppress(httpx.HTTPError):  # it may die before it has answered
            self.client.post(f"/v1/workspaces/{self.place.workspace}/deploy")
        self.server.process.join(60)
        assert self.server.process.exitcode == -9, step
        self.start()
        return str(self.place.list()[0]["id"])

    def answers(self, url: str) -> bool:
        try:
            return answer_of(url) == "one"
        except httpx.HTTPError:
            return False

    def left(self) -> list[str]:
        """Return the processes that something of a dead step is still in."""
        found = []
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if self.mark.encode() in process.read_bytes():
                    found.append(process.parent.name)
            except OSError:
                continue
        return found


@pytest.fixture
def life(tmp_path: Path, sqlite_factory: SqliteFactory) -> Iterator[Life]:
    made = Life(tmp_path, sqlite_factory)
    yield made
    made.server.kill()
    made.client.close()


def test_a_deployment_whose_server_dies_is_interrupted_and_the_app_before_goes_on(life: Life) -> None:
    life.place.set_env(DIE="nowhere")
    first = life.place.deploy()
    assert first["success"], first
    seen = {first["deployment_id"]}
    for step in ("tree", "install", "build", "start", "up"):
        begun = life.die_in(step)
        assert begun not in seen, step
        seen.add(begun)
        until(lambda begun=begun: life.place.list()[0]["status"] != "deploying")
        found = life.place.list()[0]
        assert (found["id"], found["status"], found["error"]) == (begun, "failed", "Interrupted"), step
        assert life.place.log(begun)[-1] == "Interrupted", step
        until(lambda: life.answers(first["url"]))
        until(lambda: not life.left())
        until(lambda: os.listdir(life.data / "apps" / "trees") == [first["deployment_id"]])
    life.place.set_env(DIE="nowhere")
    again = life.place.deploy(force=True)
    assert (again["success"], again["url"]) == (True, first["url"])
