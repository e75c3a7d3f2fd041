"""The real wrangler, in the sandbox, against Cloudflare's API on loopback."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from asterism.features.operations.deployments.toolchains import lend_node
from tests.support.cloudflare import ACCOUNT, GOOD, CloudflareServer
from tests.support.databases import SqliteFactory
from tests.support.deploying import WHEEL, Place
from tests.support.sandboxes import needs_bubblewrap
from tests.support.server import TestServer
from tests.support.trees import ok
from tests.support.wrangler import PROGRAM, needs_wrangler

WORKER = {
    "wrangler.toml": b'name = "theirs"\nmain = "src/index.js"\ncompatibility_date = "2026-01-01"\n',
    "src/index.js": b'import { text } from "./text.js"\nexport default { fetch: () => new Response(text) }\n',
    "src/text.js": b'export const text = "hello from one"\n',
}
HIDDEN = 'very "secret"\nof two'


@pytest.fixture
def cloudflare() -> Iterator[CloudflareServer]:
    running = CloudflareServer()
    yield running
    running.close()


@pytest.fixture
def server(
    cloudflare: CloudflareServer, sqlite_factory: SqliteFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestServer]:
    lent = lend_node(tmp_path / "node", WHEEL)  # wrangler wants a newer Node than many machines have
    assert lent is not None
    monkeypatch.setenv("PATH", os.pathsep.join((str(lent[0]), str(WHEEL / "bin"), os.environ["PATH"])))
    (tmp_path / "data").mkdir()
    settings = {"cloudflare_base_url": cloudflare.url, "wrangler": PROGRAM, "sandbox": "bubblewrap"}
    with TestServer(tmp_path / "data", sqlite_factory.url(), **settings) as running:
        yield running


@needs_wrangler
@needs_bubblewrap
def test_the_real_wrangler_deploys_a_worker_from_inside_the_sandbox(
    server: TestServer, cloudflare: CloudflareServer
) -> None:
    with server.person() as person:
        place = Place(person, WORKER)
        body = {"provider": "cloudflare", "api_token": GOOD, "metadata": {"account_id": ACCOUNT}}
        ok(person.post("/v1/infrastructure/credentials", json=body), 201)
        variables = [{"key": "PLAIN", "value": "seen"}, {"key": "HIDDEN", "value": HIDDEN, "is_secret": True}]
        ok(person.put(f"/v1/projects/{place.project}/env-vars", json={"variables": variables}))
        done = place.deploy()
        said = "\n".join(place.log(done["deployment_id"]))
        assert done["success"], said
        ((name, worker),) = cloudflare.workers.items()
        assert done["url"] == f"https://{name}.me.workers.dev"
        assert name.endswith(place.project[-10:].lower())
        assert b"hello from one" in worker["modules"]["index.js"]  # its files made one by the esbuild of wrangler
        assert worker["metadata"]["bindings"] == [{"name": "PLAIN", "type": "plain_text", "text": "seen"}]
        assert worker["secrets"] == {"HIDDEN": HIDDEN}
        for line in ("$ wrangler deploy", f"Uploaded {name}", "$ wrangler secret bulk", "1 secrets successfully"):
            assert line in said
        assert GOOD not in said
        assert HIDDEN.partition("\n")[0] not in said
        assert cloudflare.problems == []
        assert place.deploy(force=True)["url"] == done["url"]
        assert ("POST", f"/accounts/{ACCOUNT}/workers/scripts/{name}/versions") in cloudflare.asked

        cloudflare.trouble = "403"
        refused = place.deploy(force=True)
        assert (refused["success"], refused["error"]) == (False, "The deploy failed with exit code 1.")
        assert "Unauthorized to access" in "\n".join(place.log(refused["deployment_id"]))
