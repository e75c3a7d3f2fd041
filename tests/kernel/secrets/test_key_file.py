"""The key file: private, whole, and never silently replaced."""

import os
import stat
from pathlib import Path

import pytest

from asterism.kernel.secrets import FileKeyStore, MasterKeyError, OsKeyStore, open_key_store, unwrap_ring, wrap_ring
from asterism.kernel.secrets.keys import new_ring

RING = new_ring("2026-01-01")


def test_the_file_is_private_and_alone(tmp_path: Path) -> None:
    FileKeyStore(tmp_path / "master.key").create(RING)
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["master.key"]


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    FileKeyStore(path).create(RING)
    path.chmod(0o644)
    with pytest.raises(MasterKeyError, match="other users") as caught:
        FileKeyStore(path).load()
    assert "chmod 600" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "content", ["", "junk", "{}", '{"active":"k","keys":{}}', '{"active":"k","keys":{"k":"AAAA"}}']
)
def test_a_damaged_file_is_an_error_and_stays(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(MasterKeyError):
        open_key_store(path).load()
    assert path.read_text() == content


def test_what_exists_decides_where_the_ring_is(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    assert isinstance(open_key_store(path, "os"), OsKeyStore)
    FileKeyStore(path).create(RING)
    assert isinstance(open_key_store(path, "os"), FileKeyStore)
    path.write_text('{"entry":"master-key-1","generation":"1","store":"os"}')
    assert isinstance(open_key_store(path, "file"), OsKeyStore)


def test_what_a_killed_writer_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    FileKeyStore(path).create(RING)
    (tmp_path / ".master.key.0123456789ab").write_text("half a key")
    open_key_store(path)
    assert os.listdir(tmp_path) == ["master.key"]
    assert FileKeyStore(path).load() == RING


def test_a_passphrase_has_twelve_characters() -> None:
    assert unwrap_ring(wrap_ring(RING, "p" * 12), "p" * 12).keys == RING.keys
    with pytest.raises(MasterKeyError, match="at least 12"):
        wrap_ring(RING, "p" * 11)
