"""Which of several server processes still live, told by advisory locks of PostgreSQL.

Each process holds a session lock named after itself for as long as it lives; the database releases it when the process
dies, however it dies. So whoever can take the lock of a process that has jobs running knows that nobody runs them. No
clock, no heartbeat table, no protocol.
"""

import zlib
from collections.abc import Sequence
from contextlib import suppress

import sqlalchemy as sa

from asterism.base.errors import Unavailable
from asterism.kernel.db import Database

LOCK_CLASS = 7276425


class Liveness:
    """Holds the lock of this process, on a connection of its own."""

    def __init__(self, db: Database, owner: str) -> None:
        self._db = db
        self._owner = owner
        self._connection = self._connect()

    def dead(self, owners: Sequence[str]) -> list[str]:
        """Return those of other processes that live no more. Raises Unavailable; then the next call begins anew."""
        try:
            if self._connection.closed:
                self._connection = self._connect()
            self._connection.scalar(sa.text("SELECT 1"))  # whoever lost its lock must not wait for others to notice
            return [owner for owner in owners if self._is_dead(owner)]
        except sa.exc.DBAPIError as error:
            with suppress(sa.exc.DBAPIError):
                self._connection.close()
            raise Unavailable("The database cannot be reached.") from error

    def close(self) -> None:
        """Release the lock: another process takes over what is unfinished."""
        self._connection.close()

    def _is_dead(self, owner: str) -> bool:
        number = {"class": LOCK_CLASS, "number": _number(owner)}
        if not self._connection.scalar(sa.text("SELECT pg_try_advisory_lock(:class, :number)"), number):
            return False
        self._connection.execute(sa.text("SELECT pg_advisory_unlock(:class, :number)"), number)
        return True

    def _connect(self) -> sa.Connection:
        connection = self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()  # it is held for as long as the process lives, and closing it releases the lock
        number = {"class": LOCK_CLASS, "number": _number(self._owner)}
        connection.execute(sa.text("SELECT pg_advisory_lock(:class, :number)"), number)
        return connection


def _number(owner: str) -> int:
    """Fold the name of a process into the signed 32 bits that an advisory lock takes."""
    return zlib.crc32(owner.encode()) - 2**31
