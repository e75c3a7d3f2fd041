"""Thousands of generated requests to every route: no answer is a fault of the server, or other than documented."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.conftest import BIN, run
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
SECONDS = 30
ENDS_THE_SESSION = "/v1/auth/(logout|tokens|devices)|/v1/oauth/revoke"
# Its body is a format of our own, which a generator cannot write; tests/vcs/test_batch.py does.
UNWRITABLE = "^/v1/blobs/batch$"
# They ask services of others, which are not there: 502 is the right answer. Tests with loopback services cover them.
ASKS_OTHERS = "^/v1/integrations/|^/v1/tools/|^/v1/infrastructure/credentials"
# It ends when its reader leaves, for which a generator waits too long; tests/wire/v1/test_project_log.py reads it.
ENDLESS = "/log/stream$"


@pytest.fixture(scope="module")
def server(sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    folder = tmp_path_factory.mktemp("generated")
    project = folder / "project"
    subprocess.run(["git", "init", "--quiet", project], check=True)
    with TestServer(folder / "data", sqlite_factory.url(), project_root=project, rate_limits="off") as running:
        yield running


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("face", ["v1", "api"])
def test_every_answer_is_documented_and_none_is_a_fault(face: str, server: TestServer, tmp_path: Path) -> None:
    with server.person() as client:
        token = client.headers["Authorization"]
    said = run(
        BIN / "schemathesis",
        *("--no-color", "run", f"{server.url}/schema/openapi.json"),
        *("--header", f"Authorization: {token}"),
        *("--include-path-regex", f"^/{face}/"),
        *("--exclude-path-regex", f"{ENDS_THE_SESSION}|{UNWRITABLE}|{ASKS_OTHERS}|{ENDLESS}"),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "3", "--max-time", str(SECONDS)),
        *("--checks", ",".join(CHECKS)),
        *("--continue-on-failure", "--seed", "1", "--request-timeout", "30"),
        *("--suppress-health-check", "all", "--warnings", "off"),
        cwd=tmp_path,
        seconds=280,
    )
    assert " passed" in said
