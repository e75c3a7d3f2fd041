"""A disk that fills up while people work: 503 UNAVAILABLE, nothing lost, nothing half-written, and it goes on after."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from asterism.vcs.batch import MEDIA_TYPE, frame_head
from tests.support.databases import SqliteFactory
from tests.support.deploying import Place, answer_of
from tests.support.server import TestServer
from tests.support.trees import make_project, make_workspace, ok, push

MIB = 1024 * 1024
DISK = 24 * MIB


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Mount a file system of 24 MiB; skipped, with the reason, where that is not allowed."""
    folder = Path(tempfile.mkdtemp(prefix="ast-disk-"))
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "asterism-test", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounting.returncode:
        folder.rmdir()
        pytest.skip(f"no tmpfs can be mounted here: {mounting.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


@pytest.fixture
def cramped(small_disk: Path, sqlite_factory: SqliteFactory) -> Iterator[TestServer]:
    """Run a server whose data folder lies on the small disk."""
    database = small_disk / "asterism.db"
    shutil.copyfile(sqlite_factory.template, database)
    with TestServer(small_disk, f"sqlite:///{database}") as server:
        yield server


def blob(number: int, size: int = MIB) -> tuple[str, bytes]:
    content = number.to_bytes(4, "big") * (size // 4)
    return hashlib.sha256(content).hexdigest(), content


def fill(folder: Path) -> Path:
    """Leave not one free byte."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
        os.fsync(file.fileno())
    return filler


def is_unavailable(answer: httpx.Response) -> bool:
    return answer.status_code == 503 and answer.json()["error"]["code"] == "UNAVAILABLE"


def test_uploads_fail_cleanly_and_what_was_acknowledged_stays(cramped: TestServer, small_disk: Path) -> None:
    reserve = small_disk / "reserve"
    reserve.write_bytes(b"\0" * 3 * MIB)
    with cramped.person() as client:
        stored: dict[str, bytes] = {}
        for number in range(DISK // MIB + 5):
            name, content = blob(number)
            answer = client.put(f"/v1/blobs/upload/{name}", content=content)
            if answer.status_code != 201:
                break
            stored[name] = content
        assert is_unavailable(answer), answer.text
        assert stored
        assert client.post("/v1/blobs/exists", json={"hashes": [name]}).json()["missing"] == [name]
        for known, bytes_of in stored.items():
            assert client.get(f"/v1/blobs/download/{known}").content == bytes_of

        free = shutil.disk_usage(small_disk).free
        assert all(is_unavailable(client.put(f"/v1/blobs/upload/{name}", content=content)) for _ in range(5))
        assert free - shutil.disk_usage(small_disk).free < 64 * 1024, "refused uploads leave something behind"
        reserve.unlink()
        assert client.put(f"/v1/blobs/upload/{name}", content=content).status_code == 201
        assert client.get(f"/v1/blobs/download/{name}").content == content


def test_the_database_refuses_to_write_and_goes_on_reading(cramped: TestServer, small_disk: Path) -> None:
    with cramped.person() as client:
        kept = [client.post("/v1/projects", json={"name": f"kept {n}"}).json()["project"]["id"] for n in range(3)]
        filler = fill(small_disk)
        refused = [client.post("/v1/projects", json={"name": "x" * 255}) for _ in range(40)]
        assert is_unavailable(refused[-1])
        made = [answer.json()["project"]["id"] for answer in refused if answer.status_code == 201]
        assert all(is_unavailable(answer) for answer in refused if answer.status_code != 201)
        listed = client.get("/v1/projects?limit=100")
        assert listed.status_code == 200
        assert {project["id"] for project in listed.json()["projects"]} == {*kept, *made}

        filler.unlink()
        assert client.post("/v1/projects", json={"name": "after"}).status_code == 201
        assert len(client.get("/v1/projects?limit=100").json()["projects"]) == len(kept) + len(made) + 1


def test_a_batch_that_no_longer_fits_keeps_what_had_arrived(cramped: TestServer) -> None:
    blobs = [blob(number) for number in range(DISK // MIB + 5)]
    with cramped.person() as client:
        answer = client.post(
            "/v1/blobs/batch",
            content=b"".join(frame_head(name, len(data)) + data for name, data in blobs),
            headers={"Content-Type": MEDIA_TYPE},
        )
        assert is_unavailable(answer), answer.text
        existing = client.post("/v1/blobs/exists", json={"hashes": [name for name, _ in blobs]}).json()["existing"]
        assert existing
        contents = dict(blobs)
        assert all(client.get(f"/v1/blobs/download/{name}").content == contents[name] for name in existing)


def test_a_full_disk_can_be_freed_by_collecting(cramped: TestServer, small_disk: Path) -> None:
    with cramped.person() as client:
        stored = 0
        for number in range(DISK // MIB + 5):
            name, content = blob(number)
            if client.put(f"/v1/blobs/upload/{name}", content=content).status_code != 201:
                break
            stored += 1
        fill(small_disk)
        refused = [client.post("/v1/projects", json={"name": "x" * 255}) for _ in range(40)]
        assert is_unavailable(refused[-1])
        answer = client.post("/v1/blobs/gc", json={"dryRun": False, "minAgeSeconds": 0})
        assert answer.status_code == 200, answer.text
        assert answer.json()["deletedBlobs"] == stored
        assert client.put(f"/v1/blobs/upload/{name}", content=content).status_code == 201
        assert client.post("/v1/projects", json={"name": "after"}).status_code == 201


def test_a_sync_changes_nothing_and_is_done_once_there_is_room(cramped: TestServer, small_disk: Path) -> None:
    with cramped.person() as client:
        project = make_project(client)
        main, side = (make_workspace(client, project, name=name) for name in ("main", "side"))
        base = push(client, project, main, {"a": b"1\n", "b": b"1\n2\n3\n"})["id"]
        push(client, project, main, {"a": b"2\n", "b": b"1\n2\n4\n"}, parent_snapshot_ids=[base])
        push(client, project, side, {"a": b"3\n", "b": b"0\n2\n3\n"}, parent_snapshot_ids=[base])
        preview = ok(client.post(f"/v1/workspaces/{side}/sync/prepare", json={}))["preview"]["id"]
        before = ok(client.get(f"/v1/workspaces/{side}"))["workspace"]
        wanted = {"preview_id": preview, "decisions": {"a": {"content": "x" * (6 * MIB)}}}
        filler = fill(small_disk)
        refused = client.post(f"/v1/workspaces/{side}/sync/execute", json=wanted)
        assert is_unavailable(refused), refused.text
        assert ok(client.get(f"/v1/workspaces/{side}"))["workspace"] == before
        filler.unlink()
        done = ok(client.post(f"/v1/workspaces/{side}/sync/execute", json=wanted))
        assert (done["files_updated"], done["workspace_version"]) == (2, before["version"] + 1)


def test_a_build_that_fills_the_disk_fails_and_leaves_room(small_disk: Path, sqlite_factory: SqliteFactory) -> None:
    """Its files go before its end is written, so the server has a disk again; the app before goes on."""
    database = small_disk / "asterism.db"
    shutil.copyfile(sqlite_factory.template, database)
    with TestServer(small_disk, f"sqlite:///{database}", sandbox="plain") as server, server.person() as client:
        place = Place(client)
        first = place.deploy()
        settings = f"/v1/infrastructure/workspaces/{place.workspace}/deployment-settings"
        free = shutil.disk_usage(small_disk).free
        fills = f"head -c {2 * DISK} /dev/zero > big; for i in 1 2 3; do cat big > more$i; done; echo full; exit 28"
        ok(client.put(settings, json={"build_command": fills}))
        failed = place.deploy()
        assert (failed["success"], failed["error"]) == (False, "The build failed with exit code 28.")
        assert place.log(failed["deployment_id"])[-1] == failed["error"]
        assert free - shutil.disk_usage(small_disk).free < DISK // 4, "the build's files are gone"
        assert answer_of(first["url"]) == "one"
        ok(client.put(settings, json={"build_command": "true"}))
        assert place.deploy()["success"]
