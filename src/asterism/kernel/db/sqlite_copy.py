"""Copies of an SQLite file that is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from asterism.base.errors import Unavailable


def copy_sqlite(source: Path, target: Path) -> None:
    """Write the committed state of one moment to a new file, beside readers and writers in any process.

    The copy is one file, without a journal beside it. Raises Unavailable; then there may be a part of a copy.
    """
    try:
        address = f"{source.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
        settle_sqlite(target)
    except sqlite3.Error as error:
        raise Unavailable(f"The database {source} cannot be copied: {error}.") from error


def settle_sqlite(path: Path) -> None:
    """Move what is in the journals beside a file into it, and remove them. Nobody else may have it open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
