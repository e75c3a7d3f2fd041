"""The relational database: SQLite embedded, PostgreSQL when outgrown. SQLAlchemy Core, sync, no ORM.

A use case gets a `Tx` and never opens, commits or rolls back; the edge does that by `Database.run`, `.read()` or
`.write()`. What must happen only after the commit (wake-ups) is handed to `Tx.after_commit`, and
what others want to hear of, without the use case knowing them, is told by `Tx.tell`.
"""

from asterism.kernel.db.database import Database, RowDict, Tx, open_database
from asterism.kernel.db.json_columns import JsonColumns
from asterism.kernel.db.metadata import metadata, partial_index
from asterism.kernel.db.prepared import Prepared, among, listed, one_of
from asterism.kernel.db.upsert import insert_ignore, upsert

__all__ = [
    "Database",
    "JsonColumns",
    "Prepared",
    "RowDict",
    "Tx",
    "among",
    "insert_ignore",
    "listed",
    "metadata",
    "one_of",
    "open_database",
    "partial_index",
    "upsert",
]
