"""Queries that many requests ask: compiled once, and handed to the driver of SQLite as they are."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from asterism.kernel.db.database import RowDict, Tx

Row = tuple[Any, ...]
Read = Callable[[Any], Any]


class one_of(FunctionElement[str]):
    """The texts of a parameter made by `listed`: `column.op("IN")(one_of(sa.bindparam("names")))`."""

    inherit_cache = True


@compiles(one_of, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608 - a parameter


@compiles(one_of, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"(SELECT json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS json)))"


def listed(values: Sequence[str]) -> str:
    """Return the value of a parameter for `one_of`: one text for them all, so that the query stays the same."""
    return msgspec.json.encode(values).decode()


def among(column: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of some constants; `in_` is written anew for each execution."""
    return sa.or_(*(column == value for value in values))


class Prepared:
    """A SELECT whose values are named parameters (`sa.bindparam`), run in any transaction.

    SQLAlchemy's own execution costs ten times what SQLite takes to find a row by an index, so there the text goes to
    the driver; PostgreSQL, where a round trip costs more than both, is asked as usual. Values are texts, integers and
    None; what is no such column, as a boolean, is read back as its type says.
    """

    def __init__(self, query: "sa.Select[Any]") -> None:
        self._query = query

    def rows(self, tx: Tx, **values: str | int | None) -> list[Row]:
        """Return all rows, as tuples in the order of the columns. Raises what `Tx.execute` does."""
        if tx.dialect != "sqlite":
            return [tuple(row) for row in tx.execute(self._query, values)]
        text, defaults, readers = self._for_sqlite
        try:
            found: list[Row] = tx.driver.execute(text, defaults | values).fetchall()
        except sqlite3.Error as error:
            raise DBAPIError.instance(text, values, error, sqlite3.Error) from error
        return _read(found, readers) if readers else found

    def one(self, tx: Tx, **values: str | int | None) -> RowDict | None:
        """Return the first row by column name, as `Tx.one` does."""
        row = self.first(tx, **values)
        return None if row is None else dict(zip(self._names, row, strict=True))

    def all(self, tx: Tx, **values: str | int | None) -> list[RowDict]:
        """Return all rows by column name, as `Tx.all` does."""
        return [dict(zip(self._names, row, strict=True)) for row in self.rows(tx, **values)]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self._query.selected_columns)

    def first(self, tx: Tx, **values: str | int | None) -> Row | None:
        """Return the first row, None when there is none."""
        return next(iter(self.rows(tx, **values)), None)

    @cached_property
    def _for_sqlite(self) -> tuple[str, dict[str, Any], dict[int, Read]]:
        """The text, the values that the query itself holds, and what reads the columns that need it, by position."""
        dialect = sqlite.dialect(paramstyle="named")
        compiled = self._query.compile(dialect=dialect)
        readers: dict[int, Any] = {
            place: read
            for place, column in enumerate(self._query.selected_columns)
            if (read := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        }
        own = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled), own, readers


def _read(rows: Sequence[Row], readers: dict[int, Read]) -> list[Row]:
    """Read values by columns, which takes half as long as row by row."""
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    if not columns:
        return []
    for place, read in readers.items():
        columns[place] = map(read, columns[place])
    return list(zip(*columns, strict=True))
