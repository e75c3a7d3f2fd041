"""What every adapter promises that makes databases and storage."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from asterism.kernel.clouds import Railway
from asterism.kernel.provisioning import (
    LocalProvisioner,
    MemoryProvisioner,
    Provisioner,
    ProvisioningFailed,
    R2Storage,
    RailwayDatabases,
    unique_name,
)
from tests.support.cloudflare import ACCOUNT, GOOD, CloudflareServer
from tests.support.databases import postgres
from tests.support.railway import GOOD as RAILWAY_TOKEN
from tests.support.railway import RailwayServer


@pytest.fixture(params=["memory", "local", "railway", "r2"])
def provisioner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Provisioner]:
    if request.param == "memory":
        yield MemoryProvisioner()
    elif request.param == "local":
        yield LocalProvisioner(tmp_path / "storage", postgres_url=postgres().url())
    elif request.param == "railway":
        with closing(RailwayServer()) as server:
            yield RailwayDatabases(Railway(server.url, RAILWAY_TOKEN), pause=0.01)
            assert server.problems == []
            assert (server.databases.projects, server.databases.services, server.databases.volumes) == ({}, {}, {})
    else:
        with closing(CloudflareServer()) as cloudflare:
            yield R2Storage(GOOD, ACCOUNT, cloudflare.url)
            assert cloudflare.problems == []
            assert cloudflare.buckets == {}


def test_what_is_made_is_new_each_time_and_can_be_destroyed_twice(provisioner: Provisioner) -> None:
    for kind in sorted(provisioner.types()):
        one, other = (asyncio.run(provisioner.make(kind, unique_name("My Shop!"))) for _ in range(2))
        assert one.id != other.id
        assert "shop" in one.id
        assert one.connection != other.connection
        assert one.connection not in repr(one)
        for _ in range(2):
            asyncio.run(provisioner.destroy(kind, one.id))
        asyncio.run(provisioner.destroy(kind, other.id))


def test_what_cannot_be_made_is_said(provisioner: Provisioner) -> None:
    with pytest.raises(ProvisioningFailed):
        asyncio.run(provisioner.make("database:mysql", unique_name("shop")))


def test_an_app_works_in_its_own_database_and_in_no_other(tmp_path: Path) -> None:
    local = LocalProvisioner(tmp_path, postgres_url=postgres().url())
    one, other = (asyncio.run(local.make("database:postgres", unique_name("My Shop!"))) for _ in range(2))
    with psycopg.connect(one.connection) as connection:
        connection.execute("CREATE TABLE things (id int)")
    with psycopg.connect(postgres().url()) as connection:
        allowed = connection.execute(
            "SELECT has_database_privilege(%s, %s, 'CONNECT'), rolsuper, rolcreatedb FROM pg_roles WHERE rolname = %s",
            (one.id, other.id, one.id),
        ).fetchone()
    assert allowed == (False, False, False)
    for made in (one, other):
        asyncio.run(local.destroy("database:postgres", made.id))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(one.connection)


def test_a_server_that_is_down_makes_nothing(tmp_path: Path) -> None:
    local = LocalProvisioner(tmp_path, postgres_url="postgresql://u:hidden@127.0.0.1:9/x")
    with pytest.raises(ProvisioningFailed) as failed:
        asyncio.run(local.make("database:postgres", unique_name("shop")))
    assert "hidden" not in str(failed.value)


def test_what_is_not_lent_any_more_does_not_count_as_destroyed(tmp_path: Path) -> None:
    for kind in ("database:postgres", "database:mysql"):
        with pytest.raises(ProvisioningFailed, match="any more"):
            asyncio.run(LocalProvisioner(tmp_path).destroy(kind, "app_x_1"))
    asyncio.run(LocalProvisioner(tmp_path).destroy("database:redis", "app_x_1"))  # everybody's: nothing to destroy


def test_a_storage_folder_is_removed_with_its_content_and_nothing_else(tmp_path: Path) -> None:
    local = LocalProvisioner(tmp_path / "storage")
    assert local.types() == {"storage:blob"}
    made = asyncio.run(local.make("storage:blob", unique_name("shop")))
    (Path(made.connection) / "a").write_text("x")
    (tmp_path / "other").mkdir()
    asyncio.run(local.destroy("storage:blob", "../other"))
    assert (tmp_path / "other").is_dir()
    asyncio.run(local.destroy("storage:blob", made.id))
    assert not Path(made.connection).exists()
