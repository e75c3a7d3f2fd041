"""Connections of SQLite between reading transactions, with what was read on them and still holds."""

from typing import Any

from sqlalchemy.engine import Connection

MOST_REMEMBERED = 1_000

Remembered = dict[tuple[str, str], Any]


def driver_of(connection: Connection) -> Any:
    """Return the driver's own connection."""
    return connection.connection.dbapi_connection


class Resting:
    """A connection that only reads."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver = driver_of(connection)
        self._state: tuple[int, int] | None = None
        self._remembered: Remembered = {}

    def remembered(self) -> Remembered:
        """Return what was put there on this connection since anybody last committed anything; asked in a transaction.

        `data_version` changes with the commits of every other connection, of this process or another. Asked inside a
        transaction it is that of the moment which the transaction sees: the question takes the snapshot, or has the one
        that is taken. What this connection wrote itself would show in `total_changes`.
        """
        [version] = self.driver.execute("PRAGMA data_version").fetchone()
        state = (version, self.driver.total_changes)
        if state != self._state or len(self._remembered) >= MOST_REMEMBERED:
            self._state, self._remembered = state, {}
        return self._remembered
