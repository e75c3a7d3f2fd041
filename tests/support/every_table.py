"""Rows in every table of the schema, for what must carry or see all of them."""

from typing import Any

import sqlalchemy as sa

from asterism.kernel.db import Tx
from asterism.kernel.db.metadata import metadata
from asterism.server.schema import declare_tables

ROWS = 3


def fill_every_table(tx: Tx) -> list[sa.Table]:
    """Insert a few made-up rows, whose references hold, into each table; return the tables."""
    declare_tables()
    tables = metadata.sorted_tables
    for table in tables:
        tx.execute(sa.insert(table), [_row(table, number) for number in range(1, ROWS + 1)])
    return tables


def _row(table: sa.Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: "sa.Column[Any]", number: int) -> Any:
    if column.foreign_keys:
        return _value(next(iter(column.foreign_keys)).column, number)
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return number % 2 == 0
    if isinstance(kind, sa.Integer):
        return number * 1000 if isinstance(kind, sa.BigInteger) else number
    if isinstance(kind, sa.Float):
        return number / 3
    if isinstance(kind, sa.LargeBinary):
        return bytes([0, 255, number])
    return f"{column.table.name}.{column.name} «{number}»"
