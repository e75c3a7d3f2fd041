"""Queries that are compiled once: the same rows and errors as any other query has, on both engines."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError

from asterism.kernel.db import Database, Prepared, Tx, among, listed, one_of

SHELF = sa.Table(
    "shelf",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("lent", sa.Boolean, nullable=False),
)
ROWS = [
    {"id": 1, "title": "Emma", "note": None, "lent": True},
    {"id": 2, "title": "“Ivanhoe”", "note": "torn: 50 %", "lent": False},
    {"id": 3, "title": "Ulysses", "note": None, "lent": True},
]
LENT = Prepared(
    sa.select(SHELF.c.title, SHELF.c.note, SHELF.c.lent, SHELF.c.id)
    .where(SHELF.c.lent.is_(sa.true()), SHELF.c.id >= sa.bindparam("from", type_=sa.Integer))
    .order_by(SHELF.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
TITLED = Prepared(sa.select(SHELF.c.note, SHELF.c.lent).where(SHELF.c.title == sa.bindparam("title")))
NOWHERE = Prepared(sa.select(sa.table("nowhere", sa.column("id", sa.Text))))


@pytest.fixture
def tx(db: Database) -> Iterator[Tx]:
    """Open a transaction on a table of three rows."""
    with db.write() as tx:
        SHELF.create(tx.connection)
        tx.execute(sa.insert(SHELF), ROWS)
        yield tx


def test_rows_are_tuples_read_as_their_types_say(tx: Tx) -> None:
    assert LENT.rows(tx, **{"from": 1, "limit": 10}) == [("Emma", None, True, 1), ("Ulysses", None, True, 3)]
    assert TITLED.first(tx, title="“Ivanhoe”") == ("torn: 50 %", False)
    assert all(type(row[2]) is bool for row in LENT.rows(tx, **{"from": 1, "limit": 10}))


def test_values_are_those_of_each_call(tx: Tx) -> None:
    assert [row[3] for row in LENT.rows(tx, **{"from": 1, "limit": 1})] == [1]
    assert [row[3] for row in LENT.rows(tx, **{"from": 2, "limit": 10})] == [3]
    assert TITLED.first(tx, title="' OR 1=1 --") is None
    assert TITLED.rows(tx, title="Emma") == [(None, True)]


def test_many_texts_are_one_value(tx: Tx) -> None:
    wanted = Prepared(
        sa.select(SHELF.c.id).where(SHELF.c.title.op("IN")(one_of(sa.bindparam("titles")))).order_by(SHELF.c.id)
    )
    for titles, found in ((["Ulysses", "none", "“Ivanhoe”"], [2, 3]), ([], []), (["Emma'", '"', "\\", "é"], [])):
        assert [row[0] for row in wanted.rows(tx, titles=listed(titles))] == found
    assert len(wanted.rows(tx, titles=listed([str(number) for number in range(50_000)] + ["Emma"]))) == 1


def test_a_value_that_is_missing_is_no_null(tx: Tx) -> None:
    with pytest.raises(SQLAlchemyError):
        TITLED.rows(tx)


def test_rows_are_read_by_name_too(tx: Tx) -> None:
    assert TITLED.one(tx, title="“Ivanhoe”") == {"note": "torn: 50 %", "lent": False}
    assert TITLED.one(tx, title="nothing") is None
    assert TITLED.all(tx, title="Emma") == [{"note": None, "lent": True}]


def test_constants_stand_in_the_query(tx: Tx) -> None:
    chosen = Prepared(sa.select(SHELF.c.id).where(among(SHELF.c.title, ("Emma", "Ulysses"))).order_by(SHELF.c.id))
    assert chosen.rows(tx) == [(1,), (3,)]


def test_errors_are_those_of_any_query(db: Database) -> None:
    with pytest.raises((OperationalError, ProgrammingError)) as caught, db.read() as tx:
        NOWHERE.rows(tx)
    assert isinstance(caught.value, DBAPIError)
    assert "nowhere" in str(caught.value.orig)
