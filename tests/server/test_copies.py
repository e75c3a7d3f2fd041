"""Moving up: every row to PostgreSQL and every object to another store, compared, and taken up where it broke off."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from asterism.base.errors import Invalid, Unavailable
from asterism.kernel.blobs import Blobs, Spool, open_blobs
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.metadata import metadata
from asterism.kernel.db.migrate import current_revision, newest_revision, upgrade
from asterism.kernel.db.table_copy import CopyDiffers, TargetTaken, contents, copy_tables
from asterism.server.content_copy import copy_objects
from asterism.server.data_folder import FolderInUse, claimed
from asterism.server.database_copy import copy_database
from asterism.server.settings import Settings
from tests.support.databases import SqliteFactory, drop_postgres, fresh_postgres_url, postgres
from tests.support.every_table import ROWS, fill_every_table
from tests.support.s3 import S3Server


class Told:
    """Is told how far it is, and breaks off where it should."""

    def __init__(self, stop_at: str = "") -> None:
        self.stop_at, self.now = stop_at, ""

    def start(self, what: str, total: int, *, items: bool = False) -> None:
        self.now, self.seen = what, (total, items)

    def advance(self, _amount: int) -> None:
        if self.now == self.stop_at:
            raise KeyboardInterrupt


@pytest.fixture
def source(sqlite_factory: SqliteFactory) -> Iterator[Database]:
    db = open_database(sqlite_factory.url())
    with db.write() as tx:
        fill_every_table(tx)
    yield db
    db.close()


@pytest.fixture(params=["migrated"])
def target(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Open an empty database: as PostgreSQL makes it, or one with tables, which is quicker."""
    url = fresh_postgres_url() if request.param == "migrated" else postgres().create_database("copy_target")
    db = open_database(url)
    yield db
    db.close()
    drop_postgres(url)


def all_rows(db: Database) -> dict[str, list[tuple[object, ...]]]:
    with db.read() as tx:
        return {
            table.name: sorted((tuple(row) for row in tx.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def copy(source: Database, target: Database, told: Told) -> list[str]:
    """Copy, and return the tables that were sent."""
    return [table.name for table in copy_tables(source, target, told.start, told.advance) if table.sent]


@pytest.mark.parametrize("target", ["new"], indirect=True)
def test_every_row_of_every_table_arrives_and_numbers_go_on(source: Database, target: Database) -> None:
    assert len(copy(source, target, Told())) == len(metadata.sorted_tables) > 70
    assert all_rows(target) == all_rows(source)
    assert {len(rows) for rows in all_rows(target).values()} == {ROWS}
    assert current_revision(target) == newest_revision()
    with target.write() as tx:
        audit = metadata.tables["audit_entries"]
        row = tx.one(sa.select(audit).limit(1)) or {}
        another = {name: value for name, value in row.items() if name != "seq"} | {"id": "another"}
        seq = tx.scalar(sa.insert(audit).values(another).returning(audit.c.seq))
        assert seq == max(row[0] for row in all_rows(source)["audit_entries"]) + 1
    with pytest.raises(TargetTaken):
        copy(source, target, Told())


def test_a_copy_that_broke_off_serves_nobody_and_is_taken_up(source: Database, target: Database) -> None:
    with pytest.raises(KeyboardInterrupt):
        copy(source, target, Told(stop_at="workspaces"))
    with pytest.raises(Unavailable, match="not finished"):
        upgrade(target)
    with source.write() as tx:  # it was used in between
        tx.execute(sa.update(metadata.tables["snapshots"]).values(summary="changed"))
    sent = copy(source, target, Told())
    assert all_rows(target) == all_rows(source)
    assert "users" not in sent
    assert {"snapshots", "workspaces", "conversation_parts"} <= set(sent)


def test_what_the_target_cannot_hold_is_named_and_nothing_else_told(source: Database, target: Database) -> None:
    with source.write() as tx:
        tx.execute(sa.update(metadata.tables["tags"]).values(snapshot_id="secret\0text"))
    with pytest.raises(Invalid, match="tags") as caught:
        copy(source, target, Told())
    assert "secret" not in caught.value.message


def test_digests_tell_one_changed_value_and_no_order(source: Database) -> None:
    users = metadata.tables["users"]
    with source.write() as tx:
        before = contents(tx, users)
        tx.execute(sa.update(users).where(users.c.id == tx.scalar(sa.select(users.c.id).limit(1))).values(email="new"))
        assert contents(tx, users).rows == before.rows
        assert contents(tx, users).digest != before.digest


def test_a_served_folder_is_not_copied(tmp_path: Path, sqlite_factory: SqliteFactory) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=sqlite_factory.url())
    (tmp_path / "data").mkdir(mode=0o700)
    with claimed(settings, "http://127.0.0.1:3000"), pytest.raises(FolderInUse, match=str(os.getpid())):
        copy_database(settings, "postgresql://nobody@127.0.0.1:1/none", Told())


@pytest.fixture
def keys_of(tmp_path: Path) -> Callable[[int], list[str]]:
    """Return what fills the folder `old` with objects and tells their keys."""

    def fill(number: int) -> list[str]:
        store = open_blobs(tmp_path / "old", spool=tmp_path / "spool")
        keys = [f"u/blobs/{n:02}" for n in range(number)]
        for n, key in enumerate(keys):
            store.put(key, os.urandom(6_000_000 if n == 1 else n))
        return keys

    return fill


def test_objects_are_sent_compared_and_not_sent_again(
    s3: S3Server, tmp_path: Path, keys_of: Callable[[int], list[str]]
) -> None:
    keys = keys_of(12)
    old = open_blobs(tmp_path / "old", spool=tmp_path / "spool")
    new = open_blobs(f"s3://{s3.bucket()}/moved", spool=tmp_path / "incoming")
    with s3.failing(403, "AccessDenied", method="PUT", about="u/blobs/07"), pytest.raises(Unavailable):
        copy_objects(old, new, keys, Told())
    new.put("u/blobs/02", b"xx")  # the right size, and something else
    done = copy_objects(old, new, [*keys, "u/blobs/gone"], Told())
    assert (done.sent + done.present, done.missing) == (12, ["u/blobs/gone"])
    assert all(new.get(key) == old.get(key) for key in keys)
    again = copy_objects(old, new, keys, Told())
    assert (again.sent, again.present) == (0, 12)
    assert not list((tmp_path / "incoming").glob("*"))


class Spoiling:
    """A store that keeps something else than it is given."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._blobs, name)

    def put_spool(self, key: str, spool: Spool) -> None:
        self._blobs.put(key, b"x" * spool.size)


def test_an_object_that_comes_out_different_ends_the_copy(tmp_path: Path, keys_of: Callable[[int], list[str]]) -> None:
    keys = keys_of(3)
    old, new = (open_blobs(tmp_path / name, spool=tmp_path / "spool") for name in ("old", "new"))
    with pytest.raises(CopyDiffers, match=keys[2]):
        copy_objects(old, Spoiling(new), [keys[2]], Told())
