"""Resources that a person's own account at a provider holds for a project: made, told, destroyed."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from asterism.features.versions.projects import tables
from asterism.server.jobs import expiry_chores
from tests.support import railway
from tests.support.cloudflare import ACCOUNT, GOOD, CloudflareServer
from tests.support.databases import SqliteFactory
from tests.support.deploying import APP, Place
from tests.support.facts import until
from tests.support.railway import RailwayServer
from tests.support.server import TestServer
from tests.support.trees import error, ok

SHOP = {"main.py": b"import os\nprint(os.environ['DATABASE_URL'])\n", "requirements.txt": b"psycopg\n"}
FILES = {"main.py": APP, "requirements.txt": b"boto3\n"}


@pytest.fixture(scope="module")
def there() -> Iterator[RailwayServer]:
    with closing(RailwayServer()) as running:
        yield running


@pytest.fixture(scope="module")
def cloudflare() -> Iterator[CloudflareServer]:
    with closing(CloudflareServer()) as running:
        yield running


@pytest.fixture(scope="module")
def server(
    there: RailwayServer,
    cloudflare: CloudflareServer,
    sqlite_factory: SqliteFactory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[TestServer]:
    addresses = {"railway_base_url": there.url, "cloudflare_base_url": cloudflare.url}
    url = sqlite_factory.url()
    with TestServer(tmp_path_factory.mktemp("data"), url, sandbox="plain", **addresses) as running:
        yield running


@pytest.fixture
def person(server: TestServer) -> Iterator[httpx.Client]:
    with server.person() as client:
        yield client


def store(client: httpx.Client, provider: str, token: str, **metadata: str) -> None:
    body = {"provider": provider, "api_token": token, "metadata": metadata}
    ok(client.post("/v1/infrastructure/credentials", json=body), 201)


def resources(client: httpx.Client, place: Place, path: str = "") -> Any:
    return client.get(f"/v1/infrastructure/projects/{place.project}/resources{path}")


def test_a_database_of_an_account_is_made_told_and_destroyed(
    there: RailwayServer, server: TestServer, person: httpx.Client
) -> None:
    store(person, "railway", railway.GOOD)
    place = Place(person, SHOP)
    done = place.deploy()
    assert done["success"], place.log(done["deployment_id"])
    (made,) = done["provisioned_resources"]
    assert (made["type"], made["provider"], made["status"]) == ("database:postgres", "railway", "ready")
    assert there.variables["DATABASE_URL"].startswith("postgresql://app:")
    password = next(iter(there.databases.services.values()))["variables"]["POSTGRES_PASSWORD"]
    assert password not in str(ok(resources(person, place))) + "".join(place.log(done["deployment_id"]))
    with server.rt.db.read() as tx:
        sealed = str(tx.all(sa.text("SELECT connection_info FROM infrastructure_resources")))
    assert password not in sealed
    (variable,) = ok(person.get(f"/v1/projects/{place.project}/env-vars"))["variables"]
    assert (variable["key"], variable["is_secret"]) == ("DATABASE_URL", True)
    assert place.deploy(force=True)["provisioned_resources"] == []

    path = f"/v1/infrastructure/projects/{place.project}/resources/{made['id']}"
    there.trouble = "500"
    error(person.delete(path), 502, "UPSTREAM_ERROR")
    there.trouble = ""
    found = ok(resources(person, place, f"/{made['id']}"))["resource"]
    assert (found["status"], found["error"]) == ("error", "Railway answered status 500: no reason")
    there.databases.services.clear()  # by hand, there: gone already counts as destroyed
    ok(person.delete(path))
    assert (there.databases.projects, there.databases.volumes) == ({}, {})
    assert ok(person.get(f"/v1/projects/{place.project}/env-vars"))["variables"] == []


def test_what_an_account_refuses_fails_the_deployment(there: RailwayServer, person: httpx.Client) -> None:
    store(person, "railway", railway.GOOD)
    place = Place(person, SHOP)
    there.fails_at = "tcpProxyCreate"
    done = place.deploy()
    there.fails_at = ""
    assert (done["success"], done["error"]) == (False, "Railway said: Not Authorized")
    assert place.log(done["deployment_id"])[-1] == "Railway said: Not Authorized"
    (row,) = ok(resources(person, place))["resources"]
    assert (row["status"], row["error"]) == ("error", "Railway said: Not Authorized")
    assert there.databases.services == {}
    assert place.deploy()["success"]  # what failed gives way


def test_without_the_credential_nothing_is_destroyed(there: RailwayServer, person: httpx.Client) -> None:
    store(person, "railway", railway.GOOD)
    place = Place(person, SHOP)
    (made,) = place.deploy()["provisioned_resources"]
    ok(person.delete("/v1/infrastructure/credentials/railway"))
    path = f"/v1/infrastructure/projects/{place.project}/resources/{made['id']}"
    error(person.delete(path), 502, "UPSTREAM_ERROR")
    told = ok(resources(person, place, f"/{made['id']}"))["resource"]["error"]
    assert told == "there is no credential of railway; store one"
    store(person, "railway", railway.GOOD)
    ok(person.delete(path))


def test_a_bucket_is_storage_and_goes_with_its_project(
    cloudflare: CloudflareServer, server: TestServer, person: httpx.Client
) -> None:
    store(person, "cloudflare", GOOD, account_id=ACCOUNT)
    place = Place(person, FILES)
    ok(person.put(
        f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings",
        json={"start_command": "test -n \"$STORAGE_URL\" && exec python3 main.py"},
    ))  # fmt: skip
    done = place.deploy()
    assert done["success"], place.log(done["deployment_id"])
    (made,) = done["provisioned_resources"]
    assert (made["type"], made["provider"]) == ("storage:blob", "cloudflare")
    (bucket,) = cloudflare.buckets
    (variable,) = ok(person.get(f"/v1/projects/{place.project}/env-vars"))["variables"]
    assert (variable["key"], variable["is_secret"]) == ("STORAGE_URL", True)
    assert place.deploy(force=True)["provisioned_resources"] == []

    ok(person.delete(f"/v1/projects/{place.project}"))
    with server.rt.db.write() as tx:
        long_ago = {"deleted_at": "2020-01-01"}
        tx.execute(sa.update(tables.projects).where(tables.projects.c.id == place.project).values(long_ago))
    with server.rt.db.write() as tx:
        expiry_chores()["deleted projects"](tx)
    until(lambda: bucket not in cloudflare.buckets)
    assert cloudflare.problems == []


def test_an_account_without_its_id_leaves_storage_here(cloudflare: CloudflareServer, person: httpx.Client) -> None:
    store(person, "cloudflare", GOOD)
    done = Place(person, FILES).deploy()
    assert [one["provider"] for one in done["provisioned_resources"]] == ["local"]
