"""Columns that hold JSON: what goes in comes out, and nothing else is touched."""

from dataclasses import dataclass

import msgspec
import pytest

from asterism.kernel.db import JsonColumns


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    tags: tuple[str, ...] | None


COLUMNS = JsonColumns({"tags": tuple[str, ...]})


def test_a_record_comes_back_as_it_was_and_null_stands_for_none() -> None:
    for record, text in (
        (Record('["n"]', ("a", "é")), '["a","é"]'),
        (Record("n", ()), "[]"),
        (Record("n", None), None),
    ):
        row = COLUMNS.row_of(record)
        assert row == {"name": record.name, "tags": text}
        assert Record(**COLUMNS.decode({**row, "other": 1}, Record.__slots__)) == record


def test_columns_are_encoded_and_decoded_alone() -> None:
    assert COLUMNS.encode({"tags": ("a",)}) == {"tags": '["a"]'}
    assert COLUMNS.decode({"name": "n", "tags": "[]"}, ["name"]) == {"name": "n"}


def test_a_text_of_another_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        COLUMNS.decode({"tags": "[1]"}, ["tags"])
