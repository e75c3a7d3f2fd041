"""`asterism fsck`: finds what was lost on disk beside a running server, and a push brings it back."""

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import httpx

from tests.support.process import asterism, serving

CONTENT = b"some content"
NAME = hashlib.sha256(CONTENT).hexdigest()


def fsck(data: Path, *more: str) -> tuple[int, Any]:
    done = asterism("fsck", "--data-dir", str(data), "--json", *more, home=data.parent)
    return done.returncode, json.loads(done.stdout)


def test_what_is_lost_is_found_repaired_and_sent_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    token = asterism("token", "create", "--data-dir", str(data), home=tmp_path).stdout.strip()
    with serving(data, home=tmp_path) as server:
        client = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"})
        address = f"/v1/blobs/upload/{NAME}"
        assert client.put(address, content=CONTENT).status_code == 201
        assert fsck(data)[0] == 0
        [pack] = [path for path in (data / "blobs").rglob("*") if path.is_file()]
        pack.write_bytes(b"")
        status, found = fsck(data)
        assert (status, next(iter(found["users"].values()))["lost_blobs"]) == (1, [NAME])
        status, found = fsck(data, "--repair")
        assert (status, found["repaired"]) == (1, True)  # it has to be sent again
        assert client.post("/v1/blobs/exists", json={"hashes": [NAME]}).json()["missing"] == [NAME]
        answer = client.put(address, content=CONTENT)
        assert (answer.status_code, answer.json()["created"]) == (201, True)
        assert client.get(f"/v1/blobs/download/{NAME}").content == CONTENT
        assert fsck(data)[0] == 0
        client.close()


def test_files_that_others_may_read_are_closed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    asterism("token", "create", "--data-dir", str(data), home=tmp_path)
    old = data / "blobs" / "old" / "content"
    old.parent.mkdir(parents=True)
    old.write_bytes(CONTENT)
    old.chmod(0o644)
    (old.parent / "link").symlink_to("/etc/passwd")
    status, found = fsck(data)
    assert (status, found["open_files"]) == (1, 1)
    assert "1 file that others may read" in asterism("fsck", "--data-dir", str(data), home=tmp_path).stdout
    assert fsck(data, "--repair")[0] == 0
    assert old.stat().st_mode & 0o777 == 0o600
    assert fsck(data)[0] == 0


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    asterism("token", "create", "--data-dir", str(data), home=tmp_path)
    with sqlite3.connect(data / "asterism.db") as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("INSERT INTO packs (id, user_id, size, live_bytes) VALUES ('p', 'nobody', 1, 1)")
    connection.close()
    status, found = fsck(data)
    assert status == 1
    assert "packs" in found["database"][0]


def test_a_misspelt_folder_is_refused_by_what_cannot_begin_there(tmp_path: Path) -> None:
    nowhere = tmp_path / "typo"
    for arguments in (["fsck"], ["keys", "rotate"], ["user", "link", "a@b"], ["user", "add", "a@b"]):
        done = asterism(*arguments, "--data-dir", str(nowhere), home=tmp_path)
        assert done.returncode == 4
        assert "is not the data folder" in done.stderr
        assert not nowhere.exists()
    done = asterism("token", "create", "--data-dir", str(nowhere), home=tmp_path)
    assert done.returncode == 0
    assert "new data folder" in done.stderr


def test_authors_are_taught_on_the_command_line(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    asterism("token", "create", "--data-dir", data, home=tmp_path)
    done = asterism("user", "author", "add", "Ada <ada@example.org>", "--data-dir", data, home=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Ada <ada@example.org>\n")
    wrong = asterism("user", "author", "add", "Ada", "--data-dir", data, home=tmp_path)
    assert (wrong.returncode, "Name <mail>" in wrong.stderr) == (2, True)
