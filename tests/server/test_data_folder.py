"""The data folder: private, claimed by one server, refused with a plain word where it cannot be one."""

import os
import stat
from pathlib import Path

import msgspec
import pytest

from asterism.base.errors import Invalid
from asterism.kernel.db import open_database
from asterism.server.data_folder import DataFolderUnusable, FolderInUse, claimed, open_folder, running_address
from asterism.server.settings import Settings
from asterism.server.stores import open_settings_blobs

URL = "http://127.0.0.1:3000"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_second_claim_is_refused_naming_process_and_address(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with claimed(settings, URL):
        with pytest.raises(FolderInUse) as caught, claimed(settings, "http://127.0.0.1:3001"):
            pass
        assert str(os.getpid()) in caught.value.message
        assert URL in caught.value.message
        assert running_address(tmp_path) == URL
    assert running_address(tmp_path) is None
    with claimed(settings, URL):
        assert running_address(tmp_path) == URL


def test_two_folders_cannot_share_one_database_file(tmp_path: Path) -> None:
    shared = f"sqlite:///{tmp_path / 'shared.db'}"
    (tmp_path / "link.db").symlink_to(tmp_path / "shared.db")
    first = Settings(data_dir=tmp_path / "one", database_url=shared)
    for address in (shared, f"sqlite:///{tmp_path / 'link.db'}"):
        second = Settings(data_dir=tmp_path / "two", database_url=address)
        with claimed(first, URL), pytest.raises(FolderInUse), claimed(second, URL):
            pass


def test_the_claim_of_a_folder_holds_by_every_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    second = Settings(data_dir=tmp_path / "link")
    with claimed(Settings(data_dir=tmp_path / "real"), URL), pytest.raises(FolderInUse), claimed(second, URL):
        pass


def test_servers_on_postgresql_share_no_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://somewhere/asterism")
    second = claimed(settings, "http://127.0.0.1:3001")
    with claimed(settings, URL), pytest.raises(FolderInUse, match=f"process {os.getpid()} at {URL}") as caught, second:
        pass
    assert "have a folder each" in str(caught.value.hint)


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    open_folder(settings)
    open_database(settings.database).close()
    assert (mode(settings.data_dir), mode(settings.data_dir / "asterism.db")) == (0o700, 0o600)


def test_an_open_data_folder_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for name in ("asterism.db", "jobs.db", "jobs.db-wal"):
        (tmp_path / name).touch(mode=0o644)
    open_folder(Settings(data_dir=tmp_path))
    assert mode(tmp_path) == 0o700
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize("found", [0o755, 0o1777])
def test_a_shared_folder_with_other_things_is_left_alone(tmp_path: Path, found: int) -> None:
    (tmp_path / "letters").mkdir()
    tmp_path.chmod(found)
    with pytest.raises(DataFolderUnusable, match="open to other users"):
        open_folder(Settings(data_dir=tmp_path))
    assert mode(tmp_path) == found


@pytest.mark.parametrize("names", [[], ["lost+found"]])
def test_an_empty_volume_is_closed(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).mkdir()
    tmp_path.chmod(0o1777)
    open_folder(Settings(data_dir=tmp_path))
    assert mode(tmp_path) == 0o700


@pytest.mark.parametrize("name", ["/tmp", "/var/tmp", "/"])
def test_folders_of_everybody_are_left_alone(name: str) -> None:
    before = mode(Path(name))
    with pytest.raises(DataFolderUnusable):
        open_folder(Settings(data_dir=Path(name)))
    assert mode(Path(name)) == before


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_is_no_data_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("something")
    with pytest.raises(DataFolderUnusable, match="is a file"):
        open_folder(Settings(data_dir=tmp_path / place))


def test_a_place_for_the_database_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/file/db")
    with pytest.raises(DataFolderUnusable, match="file cannot be used"), claimed(settings, URL):
        pass


def test_a_damaged_note_does_not_hide_the_claim(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with claimed(settings, URL):
        (tmp_path / "server.json").write_bytes(msgspec.json.encode({"pid": "?"}))
        assert running_address(tmp_path) is None
        with pytest.raises(FolderInUse, match="another process"), claimed(settings, URL):
            pass


@pytest.mark.parametrize("address", ["memory://", "s3://bucket/prefix"])
def test_content_for_a_remote_store_waits_in_the_data_folder(tmp_path: Path, address: str) -> None:
    store = open_settings_blobs(Settings(data_dir=tmp_path / "data", object_store=address))
    assert store.spool_folder.parent == tmp_path / "data"


def test_a_store_nobody_knows_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        open_settings_blobs(Settings(data_dir=tmp_path, object_store="ftp://me:hunter2@host/x"))
    assert "ftp://host/x" in caught.value.message
    assert "hunter2" not in caught.value.message


def test_content_beside_the_data_folder_is_closed_too(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir(mode=0o755)
    open_settings_blobs(Settings(data_dir=tmp_path / "data", object_store=str(tmp_path / "blobs")))
    assert mode(tmp_path / "blobs") == 0o700
