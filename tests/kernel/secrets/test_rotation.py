"""Start-up checks and rotation, on both engines."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from asterism.base.clock import ManualClock
from asterism.kernel.credentials import FileCredentials
from asterism.kernel.db import Database, metadata
from asterism.kernel.secrets import (
    EnvelopeSecrets,
    MasterKeyError,
    MemoryKeyStore,
    Place,
    check_keys,
    rotate,
    sealed_column,
)
from asterism.kernel.secrets.keys import KeyRing, new_ring
from asterism.kernel.secrets.tables import encryption_keys

COUNT = 1203  # more than two batches


@pytest.fixture
def store(db: Database) -> MemoryKeyStore:
    store = MemoryKeyStore()
    check_keys(db, store)
    return store


@pytest.fixture
def safes(db: Database) -> Iterator[sa.Table]:
    """A table with a sealed column, only for this test."""
    table = sa.Table("safes", metadata, sa.Column("id", sa.Text, primary_key=True), sealed_column("content"))
    table.create(db.engine)
    yield table
    metadata.remove(table)


def fill(db: Database, safes: sa.Table, secrets: EnvelopeSecrets, ids: list[str]) -> None:
    rows = [{"id": i, "content": secrets.seal(Place("safes", "content", i), f"value {i}")} for i in ids]
    with db.write() as tx:
        tx.execute(sa.insert(safes), rows)


def contents(db: Database, safes: sa.Table) -> dict[str, str]:
    with db.read() as tx:
        return {row["id"]: row["content"] for row in tx.all(sa.select(safes))}


def test_a_first_start_makes_a_key_and_a_second_keeps_it(db: Database) -> None:
    store = MemoryKeyStore()
    check_keys(db, store)
    first = store.load()
    check_keys(db, store)
    assert first is not None
    assert store.load() == first


def test_a_lost_key_stops_the_start(db: Database, store: MemoryKeyStore) -> None:
    with pytest.raises(MasterKeyError, match="missing"):
        check_keys(db, MemoryKeyStore())


def test_another_installations_key_stops_the_start(db: Database, store: MemoryKeyStore) -> None:
    with pytest.raises(MasterKeyError, match="does not belong"):
        check_keys(db, MemoryKeyStore(new_ring("2026-01-01")))


def test_a_key_of_the_same_name_with_other_bytes_stops_the_start(db: Database, store: MemoryKeyStore) -> None:
    ring = store.load()
    assert ring is not None
    forged = type(ring)(active=ring.active, keys={ring.active: b"\0" * 32})
    with pytest.raises(MasterKeyError, match="does not belong"):
        check_keys(db, MemoryKeyStore(forged))


def test_rotation_rewraps_every_record_and_leaves_the_data_alone(
    db: Database, store: MemoryKeyStore, safes: sa.Table
) -> None:
    secrets = EnvelopeSecrets(store)
    fill(db, safes, secrets, [f"{n:05}" for n in range(COUNT)])
    before = contents(db, safes)
    report = rotate(db, store)
    after = contents(db, safes)
    assert report.rewrapped == COUNT + 1  # and the proof of the first key
    assert report.unreadable == 0
    for row_id, sealed in after.items():
        assert sealed.startswith(f"enc:v2:{report.key_id}:")
        assert sealed.split(":")[4:] == before[row_id].split(":")[4:]
        assert secrets.open(Place("safes", "content", row_id), sealed) == f"value {row_id}"


def test_a_swapped_row_is_counted_and_left(db: Database, store: MemoryKeyStore, safes: sa.Table) -> None:
    secrets = EnvelopeSecrets(store)
    fill(db, safes, secrets, ["a", "b"])
    with db.write() as tx:
        tx.execute(sa.update(safes).where(safes.c.id == "a").values(content=contents(db, safes)["b"]))
    report = rotate(db, store)
    assert report.unreadable == 1
    assert not contents(db, safes)["a"].startswith(f"enc:v2:{report.key_id}:")


def test_a_retired_key_goes_after_a_day_unless_it_is_named(
    db: Database, store: MemoryKeyStore, safes: sa.Table, clock: ManualClock
) -> None:
    first = store.load()
    assert first is not None
    second = rotate(db, store)
    clock.advance(25 * 3600)
    third = rotate(db, store)
    ring = store.load()
    assert ring is not None
    assert third.dropped == [first.active]
    assert set(ring.keys) == {second.key_id, third.key_id}
    check_keys(db, store)
    with db.read() as tx:
        assert {row["id"] for row in tx.all(sa.select(encryption_keys))} == set(ring.keys)


def test_writers_that_go_on_while_keys_rotate_lose_nothing(
    db: Database, store: MemoryKeyStore, safes: sa.Table
) -> None:
    secrets, stop, written = EnvelopeSecrets(store), threading.Event(), []

    def write_on() -> None:
        while not stop.is_set():
            row_id = f"{len(written):05}"
            fill(db, safes, secrets, [row_id])
            written.append(row_id)

    thread = threading.Thread(target=write_on)
    thread.start()
    report = rotate(db, store)
    stop.set()
    thread.join()
    rows = contents(db, safes)
    assert set(rows) == set(written)
    for row_id, sealed in rows.items():
        assert secrets.open(Place("safes", "content", row_id), sealed) == f"value {row_id}"
        assert sealed.startswith(f"enc:v2:{report.key_id}:")


class Killed(BaseException):
    """Stands for the end of the process."""


class FragileStore(MemoryKeyStore):
    """A key store during whose next save but `left` the process is killed, before or after the ring is written."""

    left = -1
    after = False

    def save(self, ring: KeyRing) -> None:
        self.left -= 1
        if self.left == -1 and not self.after:
            raise Killed
        super().save(ring)
        if self.left == -1:
            raise Killed


class FragilePlace:
    """A file of keys during whose next sealing the process is killed, before or after the file is written."""

    def __init__(self, file: FileCredentials) -> None:
        self.file = file
        self.killed: str | None = None

    def reseal(self) -> tuple[int, int]:
        if self.killed == "before":
            raise Killed
        done = self.file.reseal()
        if self.killed == "after":
            raise Killed
        return done

    def key_ids(self) -> set[str]:
        return self.file.key_ids()


@pytest.mark.parametrize(
    "moment", ["place before", "place after", *(f"save {n} {w}" for n in (0, 1) for w in ("b", "a"))]
)
def test_a_rotation_that_is_killed_loses_nothing(
    db: Database, safes: sa.Table, clock: ManualClock, tmp_path: Path, moment: str
) -> None:
    store = FragileStore()
    check_keys(db, store)
    secrets = EnvelopeSecrets(store)
    place = FragilePlace(FileCredentials(tmp_path / "credentials.json", secrets))
    place.file.write("openai", "the key")
    fill(db, safes, secrets, ["a"])
    rotate(db, store, places=[place])
    clock.advance(25 * 3600)  # now there is a key to drop, so both saves happen
    kind, *more = moment.split()
    if kind == "place":
        place.killed = more[0]
    else:
        store.left, store.after = int(more[0]), more[1] == "a"
    with pytest.raises(Killed):
        rotate(db, store, places=[place])
    place.killed, store.left = None, -1
    for _ in range(3):
        check_keys(db, store)  # as a start does
        assert place.file.read("openai") == "the key"
        assert secrets.open(Place("safes", "content", "a"), contents(db, safes)["a"]) == "value a"
        clock.advance(25 * 3600)
        rotate(db, store, places=[place])
    ring = store.load()
    assert ring is not None
    assert len(ring.keys) == 2  # the rest was dropped in the end


def test_what_cannot_be_opened_outside_the_database_keeps_its_key(
    db: Database, store: MemoryKeyStore, clock: ManualClock, tmp_path: Path
) -> None:
    file = FileCredentials(tmp_path / "credentials.json", EnvelopeSecrets(store))
    file.write("openai", "the key")
    sealed = json.loads(file.path.read_text())["openai"]
    file.path.write_text(json.dumps({"elsewhere": sealed}))  # sealed for another account: it opens nowhere
    first = store.load()
    assert first is not None
    for _ in range(2):
        report = rotate(db, store, places=[file])
        clock.advance(25 * 3600)
        assert (report.unreadable, report.dropped) == (1, [])
    ring = store.load()
    assert ring is not None
    assert first.active in ring.keys


def test_two_rotations_at_once_keep_both_keys(db: Database, store: MemoryKeyStore, clock: ManualClock) -> None:
    first = rotate(db, store)
    clock.advance(25 * 3600)

    class Between:
        """Rotates in the middle of the other rotation."""

        second: str | None = None

        def reseal(self) -> tuple[int, int]:
            self.second = rotate(db, store).key_id
            return 0, 0

        def key_ids(self) -> set[str]:
            return set()

    between = Between()
    third = rotate(db, store, places=[between])
    ring = store.load()
    assert ring is not None
    assert {first.key_id, between.second, third.key_id} <= set(ring.keys)
