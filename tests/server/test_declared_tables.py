"""Key rotation sees every table, also in a process that uses none of them."""

import subprocess
import sys

import sqlalchemy as sa

from tests.support.databases import SqliteFactory

PROGRAM = """
from asterism.kernel.db import metadata
from asterism.server.schema import declare_tables
declare_tables()
print("\\n".join(sorted(metadata.tables)))
"""


def test_every_table_of_the_schema_is_declared(sqlite_factory: SqliteFactory) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    engine = sa.create_engine(sqlite_factory.url())
    names = sa.inspect(engine).get_table_names()
    migrated = {name for name in names if name != "alembic_version" and "_fts" not in name}  # an index is no table
    engine.dispose()
    assert set(done.stdout.split()) == migrated
