"""`asterism doctor`: what is well is called so, each thing that is wrong is found and told without secrets."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from asterism.kernel.db.migrate import copying_mark
from asterism.server.boot import prepare
from asterism.server.container import build_runtime
from asterism.server.doctor import Finding, examine
from asterism.server.settings import Settings
from tests.support.databases import SqliteFactory
from tests.support.process import asterism
from tests.support.server import TestServer, free_port


def found(settings: Settings) -> dict[str, Finding]:
    findings: dict[str, Finding] = {}
    for one in examine(settings):
        findings.setdefault(one.about, one)
    return findings


@pytest.fixture
def settings(tmp_path: Path, sqlite_factory: SqliteFactory) -> Settings:
    """Return the settings of an installation that served once."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    Path(sqlite_factory.url().removeprefix("sqlite:///")).rename(data / "asterism.db")
    settings = Settings(data_dir=data, port=free_port(), key_store="file", sandbox="plain", agent="builtin")
    rt = build_runtime(settings)
    prepare(rt, settings)
    rt.db.close()
    return settings


def test_a_running_server_is_well_and_stays_as_it_is(server: TestServer) -> None:
    findings = found(msgspec.structs.replace(server.settings, port=free_port()))
    well = {about: one.state for about, one in findings.items()}
    assert {about: well[about] for about in ("database", "store", "keys", "server", "git")} == dict.fromkeys(
        ("database", "store", "keys", "server", "git"), "ok"
    )
    assert not list(server.rt.blobs.list("doctor"))


def at_revision(settings: Settings, revision: str) -> Settings:
    with sqlite3.connect(settings.data_dir / "asterism.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?1, serves_since = ?1", (revision,))
    connection.close()
    return settings


def newer(settings: Settings) -> Settings:
    return at_revision(settings, "9999")


def half_copied(settings: Settings) -> Settings:
    return at_revision(settings, copying_mark())


def without_key(settings: Settings) -> Settings:
    (settings.data_dir / "master.key").unlink()
    return settings


def no_store(settings: Settings) -> Settings:
    (settings.data_dir / "file").touch()
    return msgspec.structs.replace(settings, object_store=str(settings.data_dir / "file"))


def no_database(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, database_url="postgresql://me:hunter22@127.0.0.1:1/x?password=hunter33")


def no_model(settings: Settings) -> Settings:
    address = f"http://127.0.0.1:{free_port()}/v1"
    return msgspec.structs.replace(settings, openai_base_url=address, openai_api_key="hunter22")


@pytest.mark.parametrize(
    ("spoil", "about"),
    [
        (newer, "database"),
        (half_copied, "database"),
        (without_key, "keys"),
        (no_store, "store"),
        (no_database, "database"),
        (no_model, "model openai"),
    ],
)
def test_what_is_wrong_is_found_and_no_secret_told(
    settings: Settings, spoil: Callable[[Settings], Settings], about: str
) -> None:
    assert [one for one in examine(settings) if one.state == "fails"] == []
    findings = list(examine(spoil(settings)))
    wrong = [one for one in findings if one.about == about]
    assert wrong[0].state == "fails"
    assert wrong[0].hint
    assert "hunter" not in str(findings)


def test_resources_that_nobody_can_destroy_are_told(settings: Settings) -> None:
    assert "resources" not in found(settings)
    with sqlite3.connect(settings.data_dir / "asterism.db") as connection:
        rows = [(f"r{tries}", "railway", "database:redis", f"gone-{tries}", tries, "2026") for tries in (2, 3)]
        columns = "id, provider, type, provider_resource_id, attempts, due_at"
        connection.executemany(f"INSERT INTO discarded_resources ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.close()
    told = found(settings)["resources"]
    assert (told.state, told.text) == (
        "warns",
        "1 of deleted projects could not be destroyed: railway database:redis gone-3",
    )


def test_the_command_says_so_by_lines_json_and_its_status(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = asterism("doctor", "--data-dir", str(data), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "warns  data folder" in done.stdout
    assert not data.exists()
    done = asterism("doctor", "--json", home=tmp_path, extra={"ASTERISM_PORT": "-1"})
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["well"], answer["findings"][0]["about"]) == (1, False, "settings")
