"""Starts that cannot be: another server in the folder, a folder that is none, a database that is down or damaged."""

import json
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support.process import ServerProcess, asterism, serving
from tests.support.server import free_port


def start_refused(data: Path, home: Path, *more: str, extra: dict[str, str] | None = None) -> str:
    """Start a server that must refuse, and return what it says; it says it without a traceback."""
    done = asterism("serve", "--data-dir", str(data), "--port", str(free_port()), *more, home=home, extra=extra)
    assert done.returncode not in {0, -signal.SIGKILL}
    assert "Traceback" not in done.stderr
    assert "sqlalche" not in done.stderr
    return done.stderr


def test_a_second_server_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, home=tmp_path) as server:
        said = start_refused(data, tmp_path)
        assert str(server.process.pid) in said
        assert server.url in said
        assert server.end(signal.SIGTERM) == 0
    with serving(data, home=tmp_path) as server:  # a killed one leaves no claim behind
        server.process.kill()
        server.process.wait(30)
    with serving(data, home=tmp_path):
        pass


def test_links_are_printed_with_the_address_of_the_running_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, home=tmp_path) as server:
        for arguments in (["user", "add", "eve@example.org"], ["user", "link", "eve@example.org"]):
            done = asterism(*arguments, "--data-dir", str(data), "--json", home=tmp_path)
            assert json.loads(done.stdout)["link"].startswith(f"{server.url}/signin#")


def test_everything_that_a_server_keeps_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, home=tmp_path):
        asterism("token", "create", "--data-dir", str(data), home=tmp_path)
        seen = [path for path in [data, *data.rglob("*")] if not path.is_symlink()]
        assert {path.name for path in seen} >= {"asterism.db", "master.key", "blobs"}
        assert [path for path in seen if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_a_file_and_a_damaged_database_are_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert "is a file" in start_refused(file, tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "asterism.db").write_bytes(b"this is no database at all " * 400)
    assert "database is damaged" in start_refused(data, tmp_path)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("mysql://localhost/asterism", "postgresql://"),
        ("nonsense", "postgresql://"),
    ],
)
def test_a_database_that_is_no_use_is_named(tmp_path: Path, address: str, said: str) -> None:
    assert said in start_refused(tmp_path / "data", tmp_path, extra={"ASTERISM_DATABASE_URL": address})


def test_an_address_of_another_machine_is_no_taken_port(tmp_path: Path) -> None:
    said = start_refused(tmp_path / "data", tmp_path, "--host", "192.0.2.1")
    assert "192.0.2.1" in said
    assert "taken" not in said


def test_a_read_only_data_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-o", "size=1M,ro,mode=0700"]
    mounting = subprocess.run(["mount", "-t", "tmpfs", *options, "asterism-test", folder], capture_output=True)
    if mounting.returncode:
        pytest.skip("no tmpfs can be mounted here")
    try:
        assert "cannot be" in start_refused(folder, tmp_path)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_taken_port_is_told_from_a_taken_folder(tmp_path: Path) -> None:
    with serving(tmp_path / "one", home=tmp_path) as server:
        second = ServerProcess(tmp_path / "two", home=tmp_path, port=server.port)
        assert second.process.wait(60) != 0
        second._reader.join(5)
        assert any("is taken" in line for line in second.lines)
