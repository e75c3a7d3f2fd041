"""Deployments to Cloudflare and Railway: servers on loopback that check what they are told."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support import railway
from tests.support.clouds import GOOD, CloudServer
from tests.support.databases import SqliteFactory
from tests.support.deploying import Place
from tests.support.railway import RailwayServer
from tests.support.server import TestServer
from tests.support.trees import ok

WORKER = {
    "wrangler.toml": b'name = "theirs"\nmain = "index.js"\n',
    "index.js": b'export default { fetch: () => new Response("hi") }\n',
    "notes.txt": b"x",
}
WRANGLER = """#!/usr/bin/env python3
import json, os, sys, urllib.request
config = json.load(open(sys.argv[sys.argv.index("-c") + 1]))
base, account = os.environ["CLOUDFLARE_API_BASE_URL"], os.environ["CLOUDFLARE_ACCOUNT_ID"]
secret = sys.argv[1:3] == ["secret", "bulk"]
body = {"config": config, "secrets": json.load(sys.stdin) if secret else None, "argv": sys.argv[1:]}
url = f"{base}/accounts/{account}/workers/scripts/{config['name']}" + ("/secrets" if secret else "")
headers = {"authorization": "Bearer " + os.environ["CLOUDFLARE_API_TOKEN"], "content-type": "application/json"}
asked = urllib.request.Request(url, json.dumps(body).encode(), headers, method="PUT")
answer = json.load(urllib.request.urlopen(asked, timeout=60))
print("token is", os.environ["CLOUDFLARE_API_TOKEN"])
if not secret and answer["success"]:
    print(f"Deployed {config['name']} triggers (0.1 sec)\\n  https://{config['name']}.me.workers.dev")
"""


class Here:
    """A server, and the providers that it knows."""

    def __init__(self, server: TestServer, clouds: CloudServer, railway_server: RailwayServer) -> None:
        self.server, self.clouds, self.railway = server, clouds, railway_server


@pytest.fixture(scope="module")
def here(sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    url = sqlite_factory.url()
    program = tmp_path_factory.mktemp("wrangler") / "wrangler"
    program.write_text(WRANGLER)
    program.chmod(0o755)
    clouds, railway_server = CloudServer(), RailwayServer()
    settings: dict[str, Any] = {"railway_base_url": railway_server.url, "wrangler": program, "sandbox": "plain"}
    cloudflare = clouds.settings["cloudflare_base_url"]
    with TestServer(tmp_path_factory.mktemp("data"), url, cloudflare_base_url=cloudflare, **settings) as server:
        yield Here(server, clouds, railway_server)
    clouds.close()
    railway_server.close()


@pytest.fixture
def person(here: Here) -> Iterator[httpx.Client]:
    with here.server.person() as client:
        yield client


def store(client: httpx.Client, provider: str, token: str, **metadata: str) -> None:
    body = {"provider": provider, "api_token": token, "metadata": metadata}
    answer = client.post("/v1/infrastructure/credentials", json=body)
    assert answer.status_code == 201, answer.text


def test_a_worker_is_deployed_by_wrangler(here: Here, person: httpx.Client) -> None:
    place = Place(person, WORKER)
    store(person, "cloudflare", GOOD, account_id="acc1")
    variables = [{"key": "PLAIN", "value": "seen"}, {"key": "HIDDEN", "value": "very-secret", "is_secret": True}]
    ok(person.put(f"/v1/projects/{place.project}/env-vars", json={"variables": variables}))
    settings = f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings"
    ok(person.put(settings, json={"build_command": "echo built"}))
    done = place.deploy()
    assert done["success"], place.log(done["deployment_id"])
    (found,) = place.list()
    name = done["url"].removeprefix("https://").removesuffix(".me.workers.dev")
    assert name.endswith(place.project[-10:].lower())
    assert found["provider"] == "cloudflare"
    puts = [(path, token, json.loads(body)) for method, path, token, body in here.clouds.calls if method == "PUT"][-2:]
    assert [path for path, _, _ in puts] == [
        f"/client/v4/accounts/acc1/workers/scripts/{name}", f"/client/v4/accounts/acc1/workers/scripts/{name}/secrets",
    ]  # fmt: skip
    assert {token for _, token, _ in puts} == {f"Bearer {GOOD}"}
    assert puts[0][2]["config"]["vars"] == {"PLAIN": "seen"}
    assert puts[0][2]["config"]["main"] == "index.js"
    assert puts[1][2]["secrets"] == {"HIDDEN": "very-secret"}
    assert not any("secret" in word.replace("secret", "", 1) or GOOD in word for one in puts for word in one[2]["argv"])
    said = "\n".join(place.log(found["id"]))
    assert "token is ***" in said
    assert GOOD not in said
    assert "very-secret" not in said


def test_what_cannot_go_to_cloudflare_says_why(person: httpx.Client) -> None:
    store(person, "cloudflare", GOOD)
    edge = {"worker.js": b"x", "package.json": b'{"dependencies": {"hono": "4"}}'}
    assert Place(person, edge).deploy()["error"] == "Only Wrangler projects can go to Cloudflare"
    assert Place(person, WORKER).deploy()["error"].startswith("The Cloudflare credential names no account")


def test_a_tree_is_built_and_run_by_railway(here: Here, person: httpx.Client) -> None:
    tree = {"main.py": b"print(1)", "requirements.txt": b"", "src/a.py": b"x"}
    place = Place(person, tree)
    store(person, "railway", railway.GOOD)
    place.set_env(HIDDEN="very-secret")
    done = place.deploy()
    assert done["success"], place.log(done["deployment_id"])
    assert done["url"] == "https://app.up.railway.app"
    assert here.railway.problems == []
    assert here.railway.files == tree
    assert here.railway.variables == {"HIDDEN": "very-secret"}
    assert here.railway.commands["startCommand"] == "python main.py"
    (found,) = place.list()
    assert found["provider"] == "railway"
    log = place.log(found["id"])
    assert "step 1" in log
    assert "Railway: success" in log
    assert place.deploy(force=True)["url"] == done["url"]
    assert here.railway.domains == ["app.up.railway.app"]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("refused", "Railway said: Not Authorized"),
        ("crash", "Railway ended the deployment as crashed."),
    ],
)
def test_what_railway_refuses_is_told(here: Here, person: httpx.Client, trouble: str, error: str) -> None:
    store(person, "railway", railway.GOOD)
    place = Place(person, {"main.py": b"print(1)"})
    here.railway.trouble = trouble
    try:
        done = place.deploy()
    finally:
        here.railway.trouble = ""
    assert (done["success"], done["error"]) == (False, error)
    assert place.log(done["deployment_id"])[-1] == error
