"""Schemas of later versions, made up here: whom they serve, and whom they do not."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from asterism.base.clock import ManualClock
from asterism.base.errors import Unavailable
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import MIGRATIONS, current_revision, newest_revision, require_newest, upgrade
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer
from tests.support.trees import make_project, make_workspace, push

ADDS = '''"""Adds."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, serves_since = "9001", "{below}", "{below}"

def upgrade():
    op.add_column("projects", sa.Column("grown", sa.Text))
    op.create_table("grown", sa.Column("id", sa.Text, primary_key=True))
'''
REMOVES = '''"""Removes."""
from alembic import op
revision, down_revision = "9002", "9001"

def upgrade():
    op.drop_table("grown")
'''


def later(folder: Path, *contents: str) -> Path:
    """Make the migrations of a later version."""
    shutil.copytree(MIGRATIONS, folder)
    for number, content in enumerate(contents, 9001):
        (folder / "versions" / f"{number}_later.py").write_text(content.format(below=newest_revision()))
    return folder


def test_what_only_grew_serves_this_version_and_what_changed_does_not(db: Database, tmp_path: Path) -> None:
    assert upgrade(db, later(tmp_path / "grown", ADDS))
    assert current_revision(db) == "9001"
    assert not upgrade(db)  # an older program starts, and leaves it as it is
    assert current_revision(db) == "9001"
    with pytest.raises(Unavailable, match="newer version"):
        require_newest(db)
    assert upgrade(db, later(tmp_path / "changed", ADDS, REMOVES))
    with pytest.raises(Unavailable, match="schema 9002"):
        upgrade(db)
    assert not upgrade(db, tmp_path / "changed")


def test_an_empty_file_gets_what_is_newer_than_the_script_too(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path}/empty.db")
    assert upgrade(db, later(tmp_path / "grown", ADDS))
    assert current_revision(db) == "9001"
    db.close()


def test_a_file_of_somebody_else_is_not_made_ours(tmp_path: Path) -> None:
    db = open_database(f"sqlite:///{tmp_path}/theirs.db")
    with db.write() as tx:
        tx.execute(sa.text("CREATE TABLE users (name TEXT)"))
    with pytest.raises(Exception, match="already exists"):
        upgrade(db)
    assert current_revision(db) is None
    db.close()


def test_what_tells_nothing_serves_nobody_older(db: Database) -> None:
    with db.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9001', serves_since = NULL"))
    with pytest.raises(Unavailable, match="newer version"):
        upgrade(db)
    with db.write() as tx:
        tx.execute(sa.text("ALTER TABLE alembic_version DROP COLUMN serves_since"))
    with pytest.raises(Unavailable, match="newer version"):
        upgrade(db)


def test_a_server_starts_on_what_only_grew(sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    url = sqlite_factory.url()
    db = open_database(url, clock=ManualClock())
    upgrade(db, later(tmp_path / "grown", ADDS))
    db.close()
    with TestServer(tmp_path / "data", url) as server, server.person() as client:
        project = make_project(client)
        assert push(client, project, make_workspace(client, project), {"a": b"1"})["id"]
