"""Backups: taken while people push, restored whole, and refused when they are torn or altered."""

import io
import json
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from asterism.base.errors import DomainError
from asterism.features.versions import storage
from asterism.kernel.db import Database, open_database
from asterism.kernel.secrets import FileKeyStore, MasterKeyError, prove_keys
from asterism.server.backup import BackupExists, NotEmbedded, back_up
from asterism.server.data_folder import NoInstallation
from asterism.server.restore import BackupDamaged, FolderTaken, appear, restore
from asterism.server.roots import ROOTS
from asterism.server.settings import Settings
from asterism.server.stores import open_settings_blobs
from tests.support.databases import SqliteFactory
from tests.support.memory import folder_in_memory
from tests.support.process import asterism
from tests.support.server import TestServer
from tests.support.trees import error, make_project, make_workspace, ok, push

PASSPHRASE = "correct horse battery"


class Told:
    """A progress that calls a function when objects begin to be copied: in the middle of a backup."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self._then = then

    def start(self, what: str, total: int, *, items: bool = False) -> None:
        if what == "copying objects":
            self._then()

    def advance(self, amount: int) -> None:
        pass


class Backed:
    """A backup, with what was pushed before it and during it."""

    def __init__(self, file: Path, before: list[str], during: str) -> None:
        self.file, self.before, self.during = file, before, during


@pytest.fixture(scope="module")
def backed(tmp_path_factory: pytest.TempPathFactory, sqlite_factory: SqliteFactory) -> Iterator[Backed]:
    """Take a backup of a server that is pushed to all the while."""
    with folder_in_memory() as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        shutil.copyfile(sqlite_factory.template, data / "asterism.db")
        address = f"sqlite:///{data / 'asterism.db'}"
        with TestServer(data, address, key_store="file", rate_limits="off") as server, server.person() as client:
            project = make_project(client)
            main = make_workspace(client, project)
            before = [push_one(client, project, main, 0)]
            stop = threading.Event()
            pushing = threading.Thread(target=keep_pushing, args=(client, project, main, stop))
            during: list[str] = []

            def meanwhile() -> None:
                during.append(push_one(client, project, main, 10_000))
                error(client.post("/v1/blobs/gc", json={}), 409, "INVALID_STATE")

            pushing.start()
            try:
                file, _ = back_up(server.settings, folder, PASSPHRASE, Told(meanwhile))
            finally:
                stop.set()
                pushing.join(60)
            ok(client.post("/v1/blobs/gc", json={"dry_run": True}))
            yield Backed(file, before, during[0])


def push_one(client: httpx.Client, project: str, workspace: str, number: int) -> str:
    tree = {f"file{number}.txt": f"content {number}\n".encode(), "same.txt": b"the same\n"}
    return str(push(client, project, None, tree, message=str(number))["id"])


def keep_pushing(client: httpx.Client, project: str, workspace: str, stop: threading.Event) -> None:
    number = 1
    while not stop.is_set():
        push_one(client, project, workspace, number)
        number += 1


def settings_for(folder: Path, **more: Any) -> Settings:
    return Settings(data_dir=folder, key_store="file", **more)


def snapshots_in(db: Database) -> set[str]:
    with db.read() as tx:
        return {row[0] for row in tx.connection.exec_driver_sql("SELECT id FROM snapshots")}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["own store", "other store"])
def test_what_was_pushed_before_is_there_and_everything_is_whole(
    backed: Backed, tmp_path: Path, elsewhere: bool
) -> None:
    more = {"object_store": str(tmp_path / "objects")} if elsewhere else {}
    settings = settings_for(tmp_path / "new", **more)
    listing, with_key = restore(settings, backed.file, lambda: PASSPHRASE, Told())
    assert (with_key, listing.missing) == (True, [])
    db = open_database(settings.database)
    blobs = open_settings_blobs(settings)
    assert set(backed.before) <= snapshots_in(db)
    assert backed.during not in snapshots_in(db)
    users = storage.users_with_storage(db)
    assert users
    for user in users:
        assert storage.inspect(db, blobs, user, ROOTS, repair=False, progress=lambda _: None).found == 0
    assert prove_keys(db, FileKeyStore(settings.data_dir / "master.key"))
    db.close()
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700
    assert not list(settings.data_dir.rglob("*.wrapped"))


def test_an_empty_folder_may_be_there_and_a_used_one_is_refused(backed: Backed, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    restore(settings_for(folder), backed.file, None, Told())
    assert not (folder / "master.key").exists()
    with pytest.raises(FolderTaken):
        restore(settings_for(folder), backed.file, None, Told())


def test_a_folder_that_cannot_be_replaced_is_filled_from_within(tmp_path: Path) -> None:
    stage = tmp_path / ".restoring-x"
    (stage / "blobs").mkdir(parents=True)
    (stage / "asterism.db").touch()
    appear(stage, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".restoring-x", "asterism.db", "blobs"]
    with pytest.raises(FolderTaken):
        appear(stage, tmp_path)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def without_end(content: bytes) -> bytes:
    return content[: content.rindex(b"backup.json.sha256")]


def flipped_blob(content: bytes) -> bytes:
    return content.replace(b"the same\n", b"the shame", 1)


def flipped_list(content: bytes) -> bytes:
    return content.replace(b'"missing":[]', b'"missing":[ ', 1)


def other_file(content: bytes) -> bytes:
    return b"no archive at all" * 100


def way_out(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("blobs/../../escaped")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    return out.getvalue()


@pytest.mark.parametrize("spoil", [cut, without_end, flipped_blob, flipped_list, other_file, way_out])
def test_a_torn_or_altered_file_is_refused_and_leaves_nothing(
    backed: Backed, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    content = backed.file.read_bytes()
    (tmp_path / "spoilt.tar").write_bytes(spoil(content))
    assert spoil(content) != content
    with pytest.raises(BackupDamaged):
        restore(settings_for(tmp_path / "place" / "new"), tmp_path / "spoilt.tar", lambda: PASSPHRASE, Told())
    assert list((tmp_path / "place").iterdir()) == []


def test_another_passphrase_restores_nothing(backed: Backed, tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match="does not open"):
        restore(settings_for(tmp_path / "place" / "new"), backed.file, lambda: "something else", Told())
    assert list((tmp_path / "place").iterdir()) == []


def test_what_cannot_be_backed_up_says_why(tmp_path: Path, sqlite_factory: SqliteFactory) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "blobs").mkdir()
    settings = settings_for(data, database_url=sqlite_factory.url())
    taken = tmp_path / "taken.tar"
    taken.touch()
    cases: list[tuple[Settings, Path, str | None, type[DomainError]]] = [
        (settings, taken, None, BackupExists),
        (settings_for(tmp_path / "nowhere"), tmp_path / "x.tar", None, NoInstallation),
        (msgspec.structs.replace(settings, database_url="postgresql://x/y"), tmp_path / "x.tar", None, NotEmbedded),
    ]
    for given, target, passphrase, refused in cases:
        with pytest.raises(refused) as caught:
            back_up(given, target, passphrase, Told())
        assert caught.value.hint
    assert taken.read_bytes() == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "taken.tar"]


def test_the_commands_ask_for_a_passphrase_on_standard_input(backed: Backed, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    restore(settings_for(old), backed.file, lambda: PASSPHRASE, Told())
    line = f"{PASSPHRASE}\n"
    done = asterism("backup", str(tmp_path), "--with-key", "--json", "--data-dir", str(old), home=tmp_path, stdin=line)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    file = Path(told["file"])
    assert (told["missing"], file.stat().st_mode & 0o777, file.stat().st_size) == ([], 0o600, told["bytes"])
    done = asterism("restore-backup", str(file), "--data-dir", str(new), home=tmp_path, stdin=line)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in new.iterdir()) == ["asterism.db", "blobs", "master.key"]
