"""The one MetaData that every feature's `tables.py` registers on, with stable constraint names for migrations."""

from typing import Any

from sqlalchemy import Index, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def partial_index(name: str, *columns: Any, where: Any, unique: bool = False) -> Index:
    """Declare an index of the rows that meet a condition.

    Migrations give it the same condition on PostgreSQL; to name it here would load that dialect, 2 MiB, everywhere.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where)
