"""What is left to the end of a transaction is written right before the commit, or not at all."""

from collections.abc import Sequence
from typing import Any

import pytest

from asterism.kernel.db import Database, Tx


class Writer:
    def __init__(self) -> None:
        self.wrote: list[tuple[str, list[int]]] = []

    def __call__(self, tx: Tx, about: str, items: Sequence[Any]) -> None:
        self.wrote.append((about, list(items)))
        tx.after_commit(lambda: self.wrote.append(("committed", [])))


def test_it_is_written_once_for_each_name_in_the_order_of_the_names(db: Database) -> None:
    write = Writer()
    with db.write() as tx:
        for about, item in (("b", 1), ("a", 2), ("b", 3)):
            tx.leave_to_end(write, about, item)
        assert write.wrote == []
    assert write.wrote == [("a", [2]), ("b", [1, 3]), ("committed", []), ("committed", [])]


def test_a_transaction_that_fails_leaves_nothing(db: Database) -> None:
    write = Writer()

    def fail(tx: Tx) -> None:
        tx.leave_to_end(write, "a", 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), db.write() as tx:
        fail(tx)
    assert write.wrote == []
