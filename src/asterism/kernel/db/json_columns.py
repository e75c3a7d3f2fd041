"""Columns that hold typed values as JSON text."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from asterism.kernel.db.database import RowDict


class JsonColumns:
    """The columns of a table that hold JSON, each with the type of its values; all the others are taken as they are.

    NULL stands for None on both ways.
    """

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = types

    def encode(self, values: Mapping[str, Any]) -> RowDict:
        """Return values by column as the database keeps them."""
        return {
            name: msgspec.json.encode(value).decode() if name in self._types and value is not None else value
            for name, value in values.items()
        }

    def row_of(self, record: Any) -> RowDict:
        """Return the columns of a record that has slots, one for each column."""
        return self.encode({name: getattr(record, name) for name in record.__slots__})

    def decode(self, row: RowDict, names: Iterable[str]) -> dict[str, Any]:
        """Return the named columns of a row as values. Raises msgspec.ValidationError at JSON of another shape."""
        values = {name: row[name] for name in names}
        for name, type_ in self._types.items():
            if values.get(name) is not None:
                values[name] = msgspec.json.decode(values[name], type=type_)
        return values
