"""INSERT … ON CONFLICT, spelled once for both engines (SQLAlchemy Core has it per dialect only)."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from asterism.kernel.db.database import Dialect, Tx

Row = Mapping[str, Any]


def upsert(tx: Tx, table: Table, row: Row, *, key: Sequence[str], update: Sequence[str]) -> None:
    """Insert `row`; where one with the same `key` columns exists, set its `update` columns to the new values."""
    statement = _insert(tx.dialect, table).values(row)
    tx.execute(statement.on_conflict_do_update(index_elements=key, set_={c: statement.excluded[c] for c in update}))


def upsert_returning(
    tx: Tx, table: Table, rows: Sequence[Row], *, key: Sequence[str], update: Callable[[Any], Row]
) -> Sequence[Row]:
    """Insert `rows`, of which no two have the same `key`; return all of them as they stand then, in any order.

    Where one is there, `update` says what its columns become; it is given the columns that were to be inserted.
    """
    if not rows:
        return ()
    statement = _insert(tx.dialect, table)
    statement = statement.on_conflict_do_update(index_elements=key, set_=update(statement.excluded))
    return [dict(row) for row in tx.execute(statement.returning(*table.columns), rows).mappings()]


def insert_ignore(tx: Tx, table: Table, rows: Sequence[Row]) -> int:
    """Insert `rows`, passing over those that meet any unique constraint; return how many were inserted.

    All rows have the columns of the first. One statement, compiled once and run for each row: a multi-row INSERT would
    be compiled anew for every number of rows, and SQLite takes only so many parameters in one.
    """
    if not rows:
        return 0
    return tx.execute(_insert_ignore(tx.dialect, table), rows).rowcount


@cache
def _insert_ignore(dialect: Dialect, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _insert(dialect: Dialect, table: Table) -> Any:
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # an embedded server does not pay for it

    return postgresql.insert(table)
