"""Copying every row of one database into another one, of whichever engine (ADR 0204).

A target that is being filled is marked in the place of its revision, so that no server takes it for an installation. A
copy that broke off is taken up by the next: tables that are equal stay, the first that is not and all that refer to it
are filled anew. Nothing is trusted: every table is compared by count and digest, read back from the target.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.base.errors import Conflict, Invalid, Unavailable
from asterism.kernel.db.database import Database, Tx
from asterism.kernel.db.metadata import metadata
from asterism.kernel.db.migrate import copying_mark, current_revision, newest_revision, set_revision, upgrade

ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 4 * 1024 * 1024
READ_AT_ONCE = 100

Row = Sequence[Any]
Start = Callable[[str, int], None]
Advance = Callable[[int], None]


class TargetTaken(Conflict):
    """The target holds something already."""

    code = "TARGET_TAKEN"


class CopyDiffers(Unavailable):
    """What was read back from the target is not what was written."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a table holds: the number of its rows, and the sum of their SHA-256 (in hex), whatever their order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class TableCopied:
    """One table of a finished copy; `sent` is false when it was there from a copy that broke off."""

    name: str
    contents: Contents
    sent: bool


def copy_tables(source: Database, target: Database, start: Start, advance: Advance) -> list[TableCopied]:
    """Fill `target` with every row of every declared table of `source`, whose schema is the newest. Blocks.

    Nobody may write to the source meanwhile; the target may be an empty database, or one that a copy broke off in.
    Memory is bounded. Returns the tables in the order they were filled. Raises TargetTaken, CopyDiffers, Invalid (a row
    that the target's engine cannot hold) or Unavailable.
    """
    tables = metadata.sorted_tables  # what is referred to comes first
    _prepare(target, tables)
    done: list[TableCopied] = []
    with source.read() as tx:
        for place, table in enumerate(tables):
            wanted = contents(tx, table)
            start(table.name, wanted.rows)
            found = _contents_of(target, table)
            if found != wanted:
                if found.rows:
                    _empty(target, tables[place:])
                _fill(tx, target, table, advance)
                if _contents_of(target, table) != wanted:
                    raise CopyDiffers(
                        f"The table {table.name} of the copy is not equal to the original.",
                        hint="See that nobody else writes to the target, and run the command again.",
                    )
            done.append(TableCopied(table.name, wanted, found != wanted))
    with target.write() as tx:
        _set_counters(tx, tables)
        set_revision(tx, newest_revision())
    return done


def contents(tx: Tx, table: sa.Table) -> Contents:
    """Read a whole table and return what it holds."""
    count, total = 0, 0
    for row in _rows(tx, table):
        count += 1
        total += int.from_bytes(hashlib.sha256(msgspec.msgpack.encode(tuple(row))).digest(), "big")
    return Contents(count, f"{total % (1 << 256):064x}")


def _contents_of(db: Database, table: sa.Table) -> Contents:
    with db.read() as tx:
        return contents(tx, table)


def _rows(tx: Tx, table: sa.Table) -> Iterator[Row]:
    yield from tx.connection.execute(sa.select(*table.columns), execution_options={"yield_per": READ_AT_ONCE})


def _prepare(target: Database, tables: Sequence[sa.Table]) -> None:
    """Make the tables of an empty target, and mark it. Raises TargetTaken."""
    found, mark = current_revision(target), copying_mark()
    if found == mark:
        return
    with target.read() as tx:
        there = set(sa.inspect(tx.connection).get_table_names())
        if found is None:
            taken = bool(there)
        else:
            taken = found != newest_revision() or any(_has_rows(tx, table) for table in tables)
    if taken:
        raise TargetTaken(
            "The target is not empty; nothing was written to it.",
            hint="Make a new database and name that one; what a copy of this version left unfinished is taken up.",
        )
    upgrade(target)
    with target.write() as tx:
        set_revision(tx, mark)


def _has_rows(tx: Tx, table: sa.Table) -> bool:
    return tx.scalar(sa.select(sa.literal(1)).select_from(table).limit(1)) is not None


def _empty(target: Database, tables: Sequence[sa.Table]) -> None:
    with target.write() as tx:
        for table in reversed(tables):
            tx.execute(sa.delete(table))


def _fill(source: Tx, target: Database, table: sa.Table, advance: Advance) -> None:
    names = [column.name for column in table.columns]
    with target.write() as tx:
        for batch in _batches(_rows(source, table)):
            try:
                tx.execute(sa.insert(table), [dict(zip(names, row, strict=True)) for row in batch])
            except sa.exc.DataError as error:
                reason = str(error.orig).partition("\n")[0]
                raise Invalid(f"A row of the table {table.name} cannot be stored in the target: {reason}") from error
            advance(len(batch))


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Group rows so that neither their number nor their size is large."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _set_counters(tx: Tx, tables: Sequence[sa.Table]) -> None:
    """Let numbers that PostgreSQL counts go on after those that were copied; SQLite looks at the rows."""
    if tx.dialect != "postgresql":
        return
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, sa.Integer):
                counter = sa.func.pg_get_serial_sequence(table.name, column.name)
                if tx.scalar(sa.select(counter)) is not None:
                    last = sa.select(sa.func.max(column)).scalar_subquery()
                    tx.execute(sa.select(sa.func.setval(counter, sa.func.coalesce(last, 1), last.is_not(None))))
