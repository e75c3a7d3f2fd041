"""Inserting what is not there yet, counted alike on both engines."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from asterism.kernel.db import Database, Tx, insert_ignore, upsert

CARDS = sa.Table(
    "cards",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.Text, unique=True),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
)
MANY = 20_000


@pytest.fixture
def tx(db: Database) -> Iterator[Tx]:
    """Open a transaction on a table with two unique columns."""
    with db.write() as tx:
        CARDS.create(tx.connection)
        yield tx


def cards(*numbers: int, text: str = "") -> list[dict[str, object]]:
    return [{"id": number, "code": f"c{number}", "text": text} for number in numbers]


def texts(tx: Tx) -> dict[int, str]:
    return {row["id"]: row["text"] for row in tx.all(sa.select(CARDS))}


def test_only_what_is_new_is_inserted_and_counted(tx: Tx) -> None:
    assert insert_ignore(tx, CARDS, cards(1, 2, 3, text="first")) == 3
    assert insert_ignore(tx, CARDS, cards(2, 3, 4, 5, text="second")) == 2
    assert insert_ignore(tx, CARDS, cards(1, 5)) == 0
    assert insert_ignore(tx, CARDS, []) == 0
    assert texts(tx) == {1: "first", 2: "first", 3: "first", 4: "second", 5: "second"}


def test_one_row_is_counted_too(tx: Tx) -> None:
    assert insert_ignore(tx, CARDS, cards(1)) == 1
    assert insert_ignore(tx, CARDS, cards(1)) == 0


def test_any_unique_column_and_the_same_row_twice_count(tx: Tx) -> None:
    assert insert_ignore(tx, CARDS, cards(7, 7)) == 1
    assert insert_ignore(tx, CARDS, [{"id": 8, "code": "c7"}, {"id": 9, "code": "c9"}]) == 1
    assert texts(tx).keys() == {7, 9}


def test_there_may_be_more_rows_than_one_statement_has_parameters(tx: Tx) -> None:
    assert insert_ignore(tx, CARDS, cards(5, MANY - 1)) == 2
    assert insert_ignore(tx, CARDS, cards(*range(MANY))) == MANY - 2


def test_other_errors_are_not_passed_over(tx: Tx) -> None:
    with pytest.raises(sa.exc.IntegrityError), tx.connection.begin_nested():
        insert_ignore(tx, CARDS, [{"id": 1, "code": "c1", "text": None}])


def test_the_statement_is_the_same_for_any_number_of_rows(tx: Tx) -> None:
    seen: list[str] = []
    sa.event.listen(tx.connection, "before_cursor_execute", lambda *call: seen.append(call[2]))
    for size in (1, 2, 50):
        insert_ignore(tx, CARDS, cards(*range(size)))
    assert len(set(seen)) == 1


def test_upsert_changes_only_the_columns_named(tx: Tx) -> None:
    upsert(tx, CARDS, {"id": 1, "code": "a", "text": "old"}, key=["id"], update=["text"])
    upsert(tx, CARDS, {"id": 1, "code": "b", "text": "new"}, key=["id"], update=["text"])
    assert [dict(row) for row in tx.all(sa.select(CARDS))] == [{"id": 1, "code": "a", "text": "new"}]
