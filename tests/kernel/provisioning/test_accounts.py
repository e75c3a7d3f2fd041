"""Databases at Railway and buckets at Cloudflare: what is asked for, and every way in which it fails."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from asterism.kernel.clouds import Railway
from asterism.kernel.provisioning import ProvisioningFailed, R2Storage, RailwayDatabases, unique_name
from asterism.kernel.provisioning.r2 import Bucket, empty
from tests.support import railway
from tests.support.cloudflare import ACCOUNT, GOOD, TOKEN_ID, CloudflareServer
from tests.support.railway import RailwayServer
from tests.support.s3 import s3_server

FAILURES = [
    ("401", "does not accept the token any more"),
    ("403", "does not let this token do so"),
    ("404", "status 404"),
    ("429", "too many requests"),
    ("500", "status 500"),
    ("html", "nothing readable"),
    ("cut", "does not answer"),
    ("hang", "does not answer"),
]


@pytest.fixture
def there() -> Iterator[RailwayServer]:
    with closing(RailwayServer()) as server:
        yield server


@pytest.fixture
def cloudflare() -> Iterator[CloudflareServer]:
    with closing(CloudflareServer()) as server:
        yield server


def patience(trouble: str) -> float:
    """Seconds for a call: few where nothing answers anyway."""
    return 0.5 if trouble == "hang" else 60


def databases(there: RailwayServer, project: str | None = None) -> RailwayDatabases:
    return RailwayDatabases(Railway(there.url, railway.GOOD, patience(there.trouble)), project, pause=0.01)


def buckets(cloudflare: CloudflareServer, **settings: object) -> R2Storage:
    return R2Storage(GOOD, ACCOUNT, cloudflare.url, seconds=patience(cloudflare.trouble), **settings)  # type: ignore[arg-type]


def test_a_postgres_is_a_service_with_a_volume_and_an_address(there: RailwayServer) -> None:
    name = unique_name("My Shop, which has a name that is too long for Railway")
    made = asyncio.run(databases(there, "p9").make("database:postgres", name))
    (service,) = there.databases.services.values()
    (volume,) = there.databases.volumes.values()
    password = service["variables"]["POSTGRES_PASSWORD"]
    assert made.connection == f"postgresql://app:{password}@roundhouse.proxy.rlwy.net:12345/app"
    assert made.id == name
    assert len(service["name"]) <= 32
    assert service["name"].endswith(name[-16:])
    assert (service["projectId"], service["environmentId"], service["port"]) == ("p9", "e1", 5432)
    assert service["source"] == {"image": "ghcr.io/railwayapp-templates/postgres-ssl:17"}
    assert volume["mountPath"] in service["variables"]["PGDATA"]
    assert there.problems == []
    other = asyncio.run(databases(there, "p9").make("database:redis", unique_name("shop")))
    asyncio.run(databases(there, "p9").destroy("database:postgres", made.id))
    (redis,) = there.databases.services.values()
    assert other.connection == f"redis://default:{redis['variables']['REDIS_PASSWORD']}@roundhouse.proxy.rlwy.net:12345"
    assert "--requirepass $REDIS_PASSWORD" in redis["start"]
    assert len(there.databases.volumes) == 1  # of the other one


@pytest.mark.parametrize(
    "at", ["serviceCreate", "volumeCreate", "serviceInstanceUpdate", "tcpProxyCreate", "serviceInstanceDeployV2"]
)
@pytest.mark.parametrize("project", [None, "p9"])
def test_what_fails_half_way_leaves_nothing_at_railway(there: RailwayServer, at: str, project: str | None) -> None:
    there.fails_at = at
    with pytest.raises(ProvisioningFailed, match="Railway said: Not Authorized"):
        asyncio.run(databases(there, project).make("database:redis", unique_name("shop")))
    left = there.databases
    assert (left.projects, left.services, left.volumes) == ({}, {}, {})


def test_a_database_that_does_not_come_up_is_none(there: RailwayServer) -> None:
    there.trouble = "crash"
    with pytest.raises(ProvisioningFailed, match="ended the database as crashed"):
        asyncio.run(databases(there).make("database:postgres", unique_name("shop")))
    assert there.databases.services == {}


@pytest.mark.parametrize(("trouble", "error"), [*FAILURES, ("refused", "Railway said: Not Authorized")])
def test_what_railway_refuses_is_told(there: RailwayServer, trouble: str, error: str) -> None:
    there.trouble = trouble
    with pytest.raises(ProvisioningFailed, match=error):
        asyncio.run(databases(there).make("database:postgres", unique_name("shop")))
    with pytest.raises(ProvisioningFailed, match=error):
        asyncio.run(databases(there).destroy("database:postgres", unique_name("shop")))
    there.released.set()


def test_a_bucket_is_spoken_to_by_s3_with_a_key_of_the_token(cloudflare: CloudflareServer) -> None:
    made = asyncio.run(buckets(cloudflare).make("storage:blob", unique_name("My Shop")))
    key = hashlib.sha256(GOOD.encode()).hexdigest()
    name = made.id.replace("_", "-")
    assert made.connection == f"s3://{TOKEN_ID}:{key}@{ACCOUNT}.r2.cloudflarestorage.com/{name}"
    assert cloudflare.buckets == {name: []}
    assert GOOD not in repr(buckets(cloudflare))
    with pytest.raises(ProvisioningFailed, match="already exists"):
        asyncio.run(buckets(cloudflare).make("storage:blob", made.id))
    assert cloudflare.problems == []


def test_a_bucket_that_holds_something_is_emptied_first(cloudflare: CloudflareServer) -> None:
    made = asyncio.run(buckets(cloudflare).make("storage:blob", unique_name("shop")))
    name = made.id.replace("_", "-")
    cloudflare.buckets[name] = ["a", "b"]
    asked: list[Bucket] = []

    async def emptied(bucket: Bucket) -> None:
        asked.append(bucket)
        cloudflare.buckets[bucket.name].clear()

    asyncio.run(buckets(cloudflare, emptied=emptied).destroy("storage:blob", made.id))
    assert cloudflare.buckets == {}
    assert [one.name for one in asked] == [name]


def test_emptying_deletes_everything() -> None:
    server = s3_server()
    bucket = Bucket(server.url, server.bucket(), "id", "key")
    keys = [f"a/{number} ⁂" for number in range(3)]
    for key in keys:
        httpx.put(f"{server.url}/{bucket.name}/{key}", content=b"x", trust_env=False).raise_for_status()
    assert len(server.keys(bucket.name)) == 3
    asyncio.run(empty(bucket))
    assert server.keys(bucket.name) == set()
    with pytest.raises(ProvisioningFailed, match="could not be emptied"):
        asyncio.run(empty(Bucket(server.url, "no-such-bucket", "id", "key")))


@pytest.mark.parametrize(("trouble", "error"), FAILURES)
def test_what_cloudflare_refuses_is_told(cloudflare: CloudflareServer, trouble: str, error: str) -> None:
    cloudflare.trouble = trouble
    with pytest.raises(ProvisioningFailed, match=error):
        asyncio.run(buckets(cloudflare).make("storage:blob", unique_name("shop")))
    with pytest.raises(ProvisioningFailed, match=error):
        asyncio.run(buckets(cloudflare).destroy("storage:blob", "app_shop_1"))
    assert cloudflare.buckets == {}
    cloudflare.released.set()


def test_an_account_that_is_not_told_makes_no_bucket(cloudflare: CloudflareServer) -> None:
    nameless = R2Storage(GOOD, None, cloudflare.url)
    assert nameless.types() == frozenset()
    with pytest.raises(ProvisioningFailed, match="cannot make storage:blob"):
        asyncio.run(nameless.make("storage:blob", unique_name("shop")))
    foreign = R2Storage(GOOD, "acc2", cloudflare.url)
    with pytest.raises(ProvisioningFailed, match="does not let this token"):
        asyncio.run(foreign.make("storage:blob", unique_name("shop")))
