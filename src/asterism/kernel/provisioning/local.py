"""Resources of this machine: folders for storage, and databases on servers that the operator lends."""

import asyncio
import secrets
import shutil
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from asterism.kernel.provisioning import mysql
from asterism.kernel.provisioning.port import Made, ProvisioningFailed, address_of

STORAGE: Final = "storage:blob"
POSTGRES: Final = "database:postgres"
MYSQL: Final = "database:mysql"
REDIS: Final = "database:redis"
CONNECT_SECONDS: Final = 10


class LocalProvisioner:
    """Storage below `folder`; a database and a role of its own each on the servers at `postgres_url` and `mysql_url`.

    Both are addresses of somebody who may create databases and roles. A Redis server cannot be divided: everybody is
    lent `redis_url` as it is.
    """

    def __init__(
        self,
        folder: Path,
        *,
        postgres_url: str | None = None,
        mysql_url: str | None = None,
        redis_url: str | None = None,
    ) -> None:
        self._folder, self._postgres, self._mysql, self._redis = folder, postgres_url, mysql_url, redis_url

    def types(self) -> frozenset[str]:
        """Return storage, and the databases whose servers are known."""
        lent = {POSTGRES: self._postgres, MYSQL: self._mysql, REDIS: self._redis}
        return frozenset({STORAGE, *(kind for kind, url in lent.items() if url)})

    async def make(self, kind: str, name: str) -> Made:
        """Make a folder, or a database with its role."""
        if kind == STORAGE:
            return await asyncio.to_thread(self._make_folder, name)
        if kind == POSTGRES and self._postgres:
            return await asyncio.to_thread(self._make_database, self._postgres, name)
        if kind == MYSQL and self._mysql:
            return await asyncio.to_thread(mysql.make_database, self._mysql, name)
        if kind == REDIS and self._redis:
            return Made(name, self._redis)
        raise ProvisioningFailed(f"this server has no {kind} to lend")

    async def destroy(self, kind: str, resource_id: str) -> None:
        """Remove a folder with all that is in it, or a database and its role."""
        if kind == STORAGE:
            await asyncio.to_thread(self._remove_folder, resource_id)
        elif kind == POSTGRES and self._postgres:
            await asyncio.to_thread(self._drop_database, self._postgres, resource_id)
        elif kind == MYSQL and self._mysql:
            await asyncio.to_thread(mysql.drop_database, self._mysql, resource_id)
        elif kind != REDIS:
            raise ProvisioningFailed(f"this server has no {kind} to lend any more")

    def _make_folder(self, name: str) -> Made:
        path = self._folder / name
        try:
            path.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise ProvisioningFailed(f"no folder for storage: {error.strerror}") from error
        return Made(name, str(path))

    def _remove_folder(self, name: str) -> None:
        path = self._folder / name
        if path.parent != self._folder or not path.exists():
            return
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise ProvisioningFailed(f"the folder cannot be removed: {error.strerror}") from error

    def _make_database(self, server: str, name: str) -> Made:
        password = secrets.token_urlsafe(24)
        try:
            with psycopg.connect(server, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
                own = sql.Identifier(name)
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(own, sql.Literal(password)))
                try:
                    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(own))
                    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(own, own))
                    connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(own))
                except psycopg.Error:
                    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(own))
                    connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(own))
                    raise
        except psycopg.Error as error:
            raise ProvisioningFailed("the PostgreSQL server refused to make a database") from error
        return Made(name, address_of(server, name, name, password))

    def _drop_database(self, server: str, name: str) -> None:
        try:
            with psycopg.connect(server, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
                own = sql.Identifier(name)
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(own))
                connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(own))
        except psycopg.Error as error:
            raise ProvisioningFailed("the PostgreSQL server refused to drop the database") from error
