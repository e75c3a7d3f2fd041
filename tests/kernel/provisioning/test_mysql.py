"""Databases on a MariaDB that an operator lends: a real server."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql
import pytest

from asterism.kernel.provisioning import LocalProvisioner, Made, ProvisioningFailed, unique_name
from tests.support.mysql import PASSWORD, mysql, needs_mysql

KIND = "database:mysql"
pytestmark = needs_mysql


def local(tmp_path: Path, url: str | None = None) -> LocalProvisioner:
    return LocalProvisioner(tmp_path, mysql_url=url or mysql().url)


def make(provisioner: LocalProvisioner, name: str = "My Shop, which has a long name!") -> Made:
    return asyncio.run(provisioner.make(KIND, unique_name(name)))


def connect(made: Made, database: str | None = None) -> "pymysql.Connection":
    """Connect as an app does that is told the address alone."""
    parts = urlsplit(made.connection)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=database or parts.path.removeprefix("/"),
        unix_socket=parse_qs(parts.query).get("unix_socket", [None])[0],
        autocommit=True,
    )


def test_an_app_works_in_its_own_database_and_in_no_other(tmp_path: Path) -> None:
    provisioner = local(tmp_path)
    one, other = make(provisioner), make(provisioner)
    with connect(one) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE things (name VARCHAR(20))")
        cursor.execute("INSERT INTO things VALUES ('täglich ⁂')")
        cursor.execute("SELECT name FROM things")
        assert cursor.fetchall() == (("täglich ⁂",),)
        for forbidden in (f"USE `{other.id}`", "CREATE DATABASE mine", "CREATE USER me", "SELECT * FROM mysql.user"):
            with pytest.raises(pymysql.Error):
                cursor.execute(forbidden)
    like = one.id.replace("_", "x")  # what the name would match if `_` stood for any character
    with root() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE `{like}`")
    try:
        with pytest.raises(pymysql.Error):
            connect(one, database=like)
    finally:
        with root() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE `{like}`")
    for made in (one, other):
        asyncio.run(provisioner.destroy(KIND, made.id))


def root() -> "pymysql.Connection":
    return pymysql.connect(host="127.0.0.1", port=mysql().port, user="operator", password=PASSWORD, autocommit=True)


def test_what_is_dropped_is_gone_with_its_user_even_while_somebody_works_in_it(tmp_path: Path) -> None:
    provisioner = local(tmp_path)
    made = make(provisioner)
    working = connect(made)
    with working.cursor() as cursor:
        cursor.execute("CREATE TABLE things (id INT)")
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO things VALUES (1)")  # holds the table
    for _ in range(2):
        asyncio.run(provisioner.destroy(KIND, made.id))
    with pytest.raises(pymysql.Error):
        connect(made)
    with root() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM mysql.global_priv WHERE user = %s", (made.id[-32:],))
        assert cursor.fetchone() == (0,)
    with pytest.raises(pymysql.Error), working.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_a_server_is_lent_by_its_socket_too(tmp_path: Path) -> None:
    provisioner = local(tmp_path, mysql().socket_url)
    made = make(provisioner)
    assert made.connection.endswith(f"/{made.id}?unix_socket={mysql().socket}")
    with connect(made) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT DATABASE()")
        assert cursor.fetchone() == (made.id,)
    asyncio.run(provisioner.destroy(KIND, made.id))


def test_a_database_that_has_the_name_already_is_left_alone(tmp_path: Path) -> None:
    name = unique_name("shop")
    with root() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE `{name}`")
        with pytest.raises(ProvisioningFailed, match="refused to make a database"):
            asyncio.run(local(tmp_path).make(KIND, name))
        cursor.execute("SELECT COUNT(*) FROM mysql.global_priv WHERE user = %s", (name[-32:],))
        assert cursor.fetchone() == (0,)
        cursor.execute(f"DROP DATABASE `{name}`")


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with root() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE USER lender@'%' IDENTIFIED BY 'x'")
        cursor.execute("GRANT CREATE, DROP, CREATE USER ON *.* TO lender@'%'")  # it may grant nothing
    name = unique_name("shop")
    provisioner = local(tmp_path, f"mysql://lender:x@127.0.0.1:{mysql().port}")
    with pytest.raises(ProvisioningFailed, match="refused to make a database"):
        asyncio.run(provisioner.make(KIND, name))
    with root() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s", (name,))
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT COUNT(*) FROM mysql.global_priv WHERE user = %s", (name[-32:],))
        assert cursor.fetchone() == (0,)
        cursor.execute("DROP USER lender@'%'")


def test_a_wrong_password_is_no_part_of_what_is_said(tmp_path: Path) -> None:
    provisioner = local(tmp_path, f"mysql://operator:hidden@127.0.0.1:{mysql().port}")
    with pytest.raises(ProvisioningFailed) as failed:
        make(provisioner)
    assert "hidden" not in str(failed.value)
    with pytest.raises(ProvisioningFailed, match="refused to drop"):
        asyncio.run(provisioner.destroy(KIND, "app_x_1"))
