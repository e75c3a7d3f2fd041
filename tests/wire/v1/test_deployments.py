"""Deployments: from a pushed tree to an app that answers, again and again."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.base.ids import ulid
from tests.support.databases import SqliteFactory, fresh_postgres_url
from tests.support.deploying import APP, TREE, Place, answer_of, until
from tests.support.server import TestServer
from tests.support.trees import error, field_error, ok, push


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestServer]:
    url = sqlite_factory.url() if request.param == "sqlite" else fresh_postgres_url()
    with TestServer(tmp_path_factory.mktemp("data"), url, sandbox="plain") as running:
        yield running


def test_a_pushed_tree_becomes_an_app_that_answers(alice: httpx.Client) -> None:
    place = Place(alice)
    done = place.deploy()
    assert (done["success"], done["status"], done["error"], done["unsatisfied"]) == (True, "success", None, [])
    assert answer_of(done["url"]) == "one"
    (listed,) = place.list()
    assert listed["id"] == done["deployment_id"]
    assert (listed["snapshot_id"], listed["trigger"], listed["provider"]) == (place.snapshot, "manual", "local")
    assert (listed["env_version"], len(listed["plan_hash"])) == (1, 64)
    assert listed["plan"] == {
        "runtime": "python", "build": None, "start": "python main.py", "resources": [], "source": "rules",
    }  # fmt: skip
    assert until(lambda: [line for line in place.log(listed["id"]) if line.startswith("Running at")])
    events = ok(alice.get(f"/v1/projects/{place.project}"))["events"]
    assert events[0]["type"] == "deployment.succeeded"


def test_the_address_stays_through_versions_and_a_broken_one_changes_nothing(alice: httpx.Client) -> None:
    place = Place(alice)
    first = place.deploy()
    push(alice, place.project, place.workspace, {"main.py": APP.replace(b"VERSION", b"two")})
    second = place.deploy()
    assert second["url"] == first["url"]
    assert answer_of(second["url"]) == "two"
    blamed = ok(alice.get(f"/v1/snapshots/{place.snapshot}/blame?path=main.py"))
    assert blamed["deployments"] == [{"id": first["deployment_id"], "url": first["url"], "status": "success"}]
    push(alice, place.project, place.workspace, {"main.py": b"raise SystemExit(3)"})
    third = place.deploy()
    assert (third["success"], third["url"]) == (False, None)
    assert third["error"] == "The app ended with status 3."
    assert place.log(third["deployment_id"])[-1] == third["error"]
    assert answer_of(second["url"]) == "two"


def test_a_rollback_repeats_tree_values_and_plan(alice: httpx.Client) -> None:
    place = Place(alice)
    place.set_env(GREETING="hello")
    first = place.deploy()
    place.set_env(GREETING="changed")
    push(alice, place.project, place.workspace, TREE | {"notes.txt": b""})
    second = place.deploy()
    assert answer_of(second["url"]) == "changed"
    rolled = ok(alice.post(f"/v1/infrastructure/deployments/{first['deployment_id']}/rollback"))["deployment"]
    assert rolled["rollback_of"] == first["deployment_id"]
    path = f"/v1/infrastructure/deployments/{rolled['id']}"
    done = until(lambda: one if (one := ok(alice.get(path))["deployment"])["status"] != "deploying" else None)
    assert done["status"] == "success"
    assert answer_of(done["url"]) == "hello"
    found = {one["id"]: one for one in place.list()}
    older = found[first["deployment_id"]]
    for member in ("manifest_hash", "env_version", "plan_hash", "plan", "snapshot_id"):
        assert done[member] == older[member], member
    diff = ok(alice.get(f"/v1/infrastructure/deployments/{older['id']}/diff/{second['deployment_id']}"))
    assert diff["files"] == [{"path": "notes.txt", "change": "added"}]
    assert diff["env"] == {"added": [], "removed": [], "changed": ["GREETING"]}


def test_secrets_are_masked_in_what_is_said(alice: httpx.Client) -> None:
    place = Place(alice)
    place.set_env(TOKEN="a-very-secret-value")
    done = place.deploy()
    said = until(lambda: [line for line in place.log(done["deployment_id"]) if line.startswith("secret is")])
    assert said == ["secret is ***"]


def test_a_build_that_fails_says_so(alice: httpx.Client) -> None:
    place = Place(alice)
    settings = f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings"
    ok(alice.put(settings, json={"build_command": "echo building; echo no luck >&2; exit 4"}))
    done = place.deploy()
    assert (done["success"], done["error"]) == (False, "The build failed with exit code 4.")
    log = ok(alice.get(f"/v1/infrastructure/deployments/{done['deployment_id']}/logs"))["log"]
    said = [(entry["step"], entry["content"]) for entry in log["entries"]]
    assert ("build", "building") in said
    assert ("build", "no luck") in said
    assert said[-1] == ("deploy", done["error"])
    assert log["completedAt"]
    path = f"/v1/infrastructure/deployments/{done['deployment_id']}/logs/stream"
    frames = [fields_of(frame) for frame in alice.get(path).text.split("\n\n") if frame.startswith("id:")]
    assert [one["event"] for one in frames] == ["log"] * (len(frames) - 1) + ["ended"]
    told = [json.loads(one["data"]) for one in frames]
    assert [entry for one in told[:-1] for entry in one["entries"]] == log["entries"]
    assert (told[-1]["status"], told[-1]["error"]) == ("failed", done["error"])
    last = {"Last-Event-ID": frames[-2]["id"]}
    assert [fields_of(one)["event"] for one in alice.get(path, headers=last).text.strip().split("\n\n")] == ["ended"]
    assert alice.get(path, headers={"Last-Event-ID": frames[-1]["id"]}).status_code == 204


def fields_of(frame: str) -> dict[str, str]:
    """Return the fields of a frame of server-sent events."""
    return dict(line.split(": ", 1) for line in frame.split("\n"))


def test_what_nobody_can_run_is_said(alice: httpx.Client) -> None:
    done = Place(alice, {"notes.txt": b"x"}).deploy()
    assert done["error"] == "Nothing here can be run: no runtime was found in the files."


def test_a_site_is_served_as_it_is(alice: httpx.Client) -> None:
    done = Place(alice, {"public/index.html": b"<h1>hi</h1>", "secret.txt": b"no"}).deploy()
    assert answer_of(done["url"]) == "<h1>hi</h1>"
    assert httpx.get(f"{done['url']}/secret.txt", trust_env=False).status_code == 404


def test_a_workspace_is_deployed_at_once_and_followed_in_its_conversation(alice: httpx.Client) -> None:
    place = Place(alice)
    begun = ok(alice.post(f"/v1/workspaces/{place.workspace}/deploy"))
    assert begun["deployment_id"] == begun["deploymentId"]
    assert (begun["status"], begun["snapshot_id"]) == ("deploying", place.snapshot)
    path = f"/v1/conversations/{begun['conversation_id']}/deployments"
    assert [one["id"] for one in ok(alice.get(path))["deployments"]] == [begun["deployment_id"]]
    done = until(lambda: one if (one := ok(alice.get(path))["deployments"][0])["status"] == "success" else None)
    assert answer_of(done["url"]) == "one"
    log = ok(alice.get(f"{path}/{begun['deployment_id']}/logs"))["log"]
    assert (log["deploymentId"], log["entries"][0]["step"]) == (begun["deployment_id"], "install")
    again = ok(alice.post(f"/v1/conversations/{begun['conversation_id']}/deploy"))
    assert again["conversation_id"] == begun["conversation_id"]
    until(lambda: len(ok(alice.get(path))["deployments"]) == 2)


def test_what_an_app_wants_is_made_or_named(alice: httpx.Client) -> None:
    tree = TREE | {"cache.py": b"REDIS_URL", "wrangler.toml": b"[[r2_buckets]]\nbinding = 'FILES'\n"}
    place = Place(alice, tree)
    settings = f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings"
    ok(alice.put(settings, json={"start_command": "ls -d $STORAGE_DIR; exec python3 main.py"}))
    done = place.deploy()
    assert [one["type"] for one in done["provisioned_resources"]] == ["storage:blob"]
    assert done["unsatisfied"] == [
        {"type": "database:redis", "envVar": "REDIS_URL", "reason": "no provider can make it"}
    ]
    (variable,) = ok(alice.get(f"/v1/projects/{place.project}/env-vars"))["variables"]
    assert (variable["key"], variable["is_secret"]) == ("STORAGE_DIR", True)
    assert place.deploy(force=True)["provisioned_resources"] == []


def test_the_same_triple_is_not_deployed_twice_unless_it_must(alice: httpx.Client) -> None:
    place = Place(alice)
    first = place.deploy()
    assert place.deploy()["deployment_id"] == first["deployment_id"]
    assert place.deploy(force=True)["deployment_id"] != first["deployment_id"]
    assert len(place.list()) == 2


def test_two_deploys_at_once_follow_each_other_at_one_address(alice: httpx.Client) -> None:
    place = Place(alice)
    with ThreadPoolExecutor(2) as pool:
        one, other = [done.result(120) for done in [pool.submit(place.deploy, force=True) for _ in range(2)]]
    assert (one["success"], other["success"], one["url"]) == (True, True, other["url"]), (one, other)
    assert one["deployment_id"] != other["deployment_id"]
    assert answer_of(one["url"]) == "one"


def test_an_end_is_told_once(alice: httpx.Client, bob: httpx.Client) -> None:
    place = Place(alice, TREE | {"wait": b""})
    settings = f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings"
    ok(alice.put(settings, json={"build_command": "sleep 600"}))
    begun = ok(alice.post(f"/v1/workspaces/{place.workspace}/deploy"))
    path = f"/v1/infrastructure/deployments/{begun['deployment_id']}"
    until(lambda: "$ sleep 600" in place.log(begun["deployment_id"]))
    field_error(alice.post(f"{path}/status", json={"status": "odd"}), "status")
    field_error(alice.post(f"{path}/status", json={"status": "success", "url": "ftp://x"}), "url")
    field_error(alice.post(f"{path}/status", json={"status": "failed", "error": "x" * 10_001}), "error")
    error(bob.post(f"{path}/status", json={"status": "failed"}), 404, "NOT_FOUND")
    told = {"status": "success", "url": "https://app.example.org"}
    for _ in range(2):
        assert ok(alice.post(f"{path}/status", json=told)) == {"success": True}
    error(alice.post(f"{path}/status", json={"status": "failed"}), 409, "INVALID_STATE")
    (found,) = place.list()
    assert (found["status"], found["url"]) == ("success", "https://app.example.org")


def test_a_call_that_comes_too_late_changes_nothing(alice: httpx.Client) -> None:
    place = Place(alice)
    ended = place.deploy()
    path = f"/v1/infrastructure/deployments/{ended['deployment_id']}"
    error(alice.post(f"{path}/status", json={"status": "failed", "error": "late"}), 409, "INVALID_STATE")
    ok(alice.post(f"{path}/status", json={"status": "success", "url": "https://elsewhere.example.org"}))
    (found,) = place.list()
    assert (found["status"], found["url"], found["error"]) == ("success", ended["url"], None)
    assert answer_of(ended["url"]) == "one"


def test_what_cannot_be_deployed(alice: httpx.Client, bob: httpx.Client) -> None:
    place = Place(alice, {})
    path = f"/v1/infrastructure/projects/{place.project}/deploy"
    error(alice.post(path, json={}), 409, "NO_SNAPSHOT")
    error(alice.post(f"/v1/workspaces/{place.workspace}/deploy"), 409, "NO_SNAPSHOT")
    error(alice.post(path, json={"manifest_hash": "0" * 64}), 422, "MANIFEST_NOT_FOUND")
    error(bob.post(path, json={}), 404, "NOT_FOUND")
    error(bob.post(f"/v1/workspaces/{place.workspace}/deploy"), 404, "NOT_FOUND")
    error(alice.get(f"/v1/infrastructure/deployments/{ulid()}"), 404, "NOT_FOUND")
    error(alice.post(f"/v1/infrastructure/deployments/{ulid()}/rollback"), 404, "NOT_FOUND")


def test_apps_start_again_with_the_server(sqlite_factory: SqliteFactory, tmp_path: Any) -> None:
    url = sqlite_factory.url()
    with TestServer(tmp_path / "data", url, sandbox="plain") as server, server.person("a@example.org") as client:
        place = Place(client)
        address = place.deploy()["url"]
        assert answer_of(address) == "one"
    with pytest.raises(httpx.ConnectError):
        answer_of(address)
    with TestServer(tmp_path / "data", url, sandbox="plain"):

        def up() -> bool:
            try:
                return answer_of(address) == "one"
            except httpx.HTTPError:
                return False

        assert until(up)


def test_an_app_that_another_server_deploys_anew_moves_there(tmp_path: Path) -> None:
    shared: dict[str, Any] = {"master_key_file": tmp_path / "master.key", "object_store": str(tmp_path / "blobs")}
    url = fresh_postgres_url()
    with (
        TestServer(tmp_path / "a", url, sandbox="plain", **shared) as first,
        TestServer(tmp_path / "b", url, sandbox="plain", **shared) as second,
        first.person() as client,
        second.client(client.headers["Authorization"].split()[1]) as there,
    ):
        place = Place(client)
        old = place.deploy()
        first.run(first.rt.deployments.end_orphans())
        assert answer_of(old["url"]) == "one"
        push(client, place.project, place.workspace, {"main.py": APP.replace(b"VERSION", b"two")})
        place.client = there
        new = place.deploy()
        assert new["success"], new["error"]
        assert answer_of(new["url"]) == "two"
        for server in (first, second):
            server.run(server.rt.deployments.end_orphans())
        assert (first.rt.deployments.shop.local.running(), answer_of(new["url"])) == (set(), "two")
