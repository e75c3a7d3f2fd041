"""Which columns hold sealed text."""

from collections.abc import Iterator

import sqlalchemy as sa

from asterism.kernel.db import metadata


def sealed_column(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Declare a text column whose values are sealed for `Place(table, name, row.id)`.

    The table needs a text primary key `id`. Rotation visits exactly the columns declared by this function.
    """
    return sa.Column(name, sa.Text, nullable=nullable, info={"sealed": True})


def sealed_columns() -> Iterator[tuple[sa.Table, sa.Column[str]]]:
    """Yield every sealed column of the schema, in a stable order."""
    for name in sorted(metadata.tables):
        table = metadata.tables[name]
        for column in table.columns:
            if column.info.get("sealed"):
                yield table, column
