"""What a running app is let into."""

from pathlib import Path

import pytest

from asterism.features.operations.deployments.ways import FIRST_DOOR, ways_of


@pytest.mark.parametrize(
    ("value", "told", "server"),
    [
        ("postgresql://u:p%40@db.example:6543/x?sslmode=require", "u:p%40@127.0.0.1:4100/x", ("db.example", 6543)),
        ("postgresql://u:p@10.0.0.5/x", "u:p@127.0.0.1:4100/x", ("10.0.0.5", 5432)),
        ("mysql://u:p@[::1]/x", "u:p@127.0.0.1:4100/x", ("::1", 3306)),
        ("redis://localhost", "redis://127.0.0.1:4100", ("localhost", 6379)),
    ],
)
def test_a_server_is_reached_by_a_door(value: str, told: str, server: tuple[str, int]) -> None:
    found = ways_of({"URL": value}, {value}, isolated=True)
    assert told in found.variables["URL"]
    assert found.servers == {FIRST_DOOR: server}
    plain = ways_of({"URL": value}, {value}, isolated=False)
    assert (plain.variables, plain.servers) == ({"URL": value}, {})


def test_servers_have_a_door_each_and_their_other_words_stay() -> None:
    one, other = "postgres://a@one/x?sslmode=require", "redis://:p@two:6379/0"
    found = ways_of({"A": one, "B": other, "C": "x"}, {one, other}, isolated=True)
    assert found.variables == {
        "A": "postgres://a@127.0.0.1:4100/x?sslmode=require", "B": "redis://:p@127.0.0.1:4101/0", "C": "x",
    }  # fmt: skip
    assert found.servers == {4100: ("one", 5432), 4101: ("two", 6379)}


def test_sockets_and_folders_are_shown(tmp_path: Path) -> None:
    values = {
        "DATABASE_URL": f"postgresql://u:p@/x?host={tmp_path}/pg",
        "MYSQL_URL": f"mysql://u:p@localhost/x?unix_socket={tmp_path}/my/my.sock",
        "STORAGE_DIR": f"{tmp_path}/files",
    }
    found = ways_of(values, set(values.values()), isolated=True)
    assert found.readable == (tmp_path / "pg", tmp_path / "my")
    assert found.writable == (tmp_path / "files",)
    assert (found.variables, found.servers) == (values, {})


def test_what_nobody_made_for_the_project_opens_nothing() -> None:
    values = {"DATABASE_URL": "postgresql://u:p@127.0.0.1/x", "STORAGE_DIR": "/etc", "X": "redis://cache"}
    found = ways_of(values, {"redis://other", "https://bucket"}, isolated=True)
    assert (found.variables, found.servers, found.readable, found.writable) == (values, {}, (), ())
    bucket = "s3://id:key@acc.r2.example/b"
    assert ways_of({"A": bucket}, {bucket}, isolated=True).hosts == ("acc.r2.example",)
    assert ways_of({"A": bucket}, set(), isolated=True).hosts == ()
    assert ways_of({"A": bucket}, {bucket}, isolated=False).hosts == ()
    odd = "https://storage.example/bucket"
    assert ways_of({"A": odd}, {odd}, isolated=True).servers == {}
