"""Resources of this machine: folders for storage, and databases on servers that the operator lends."""

import asyncio
import shutil
from pathlib import Path
from typing import Final

from asterism.kernel.provisioning import mysql, postgres
from asterism.kernel.provisioning.port import Made, ProvisioningFailed

STORAGE: Final = "storage:blob"
POSTGRES: Final = "database:postgres"
MYSQL: Final = "database:mysql"
REDIS: Final = "database:redis"


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
            return await asyncio.to_thread(postgres.make_database, self._postgres, name)
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
            await asyncio.to_thread(postgres.drop_database, self._postgres, resource_id)
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
