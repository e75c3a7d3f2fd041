"""The how-tos, run as they stand: each in an empty home folder, as somebody new who is signed in at a server."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asterism.kernel.llm.fake_server import FakeModelServer
from tests.architecture.source import ROOT
from tests.support.databases import SqliteFactory, drop_postgres, fresh_postgres_url
from tests.support.process import clean_environment
from tests.support.server import TestServer

PAGES = sorted((ROOT / "docs" / "howto").glob("*.md"))
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHOWN = {"yaml", "nginx", "ini", "text"}
SAID = {
    "first-day": ["+- learn three verbs", "- call mother"],
    "two-agents": ["def count(prices):", "def mean(prices):"],
    "console": ["/signin#"],
    "ci-review": ["::error file=run.py,line=3", "exit code 1: the check fails"],
    "editors": ["notes"],
    "own-model": ["local"],
    "proxy": ["public_url = https://asterism.example.org", "https://asterism.example.org/signin#"],
    "backup": ["monday.backup", "asterism 0."],
    "postgresql": ["PostgreSQL", "tables copied and compared", "objects (0 B) copied"],
}
"""What the commands of a page print, among other things."""


def commands(page: Path) -> str:
    return "".join(text for kind, text in BLOCK.findall(page.read_text()) if kind == "sh")


RUN = [page for page in PAGES if commands(page)]


def test_every_block_of_a_how_to_is_run_or_no_command() -> None:
    kinds = {(page.name, kind) for page in PAGES for kind, _ in BLOCK.findall(page.read_text())}
    assert {kind for _, kind in kinds} <= SHOWN | {"sh"}
    assert {page.stem for page in RUN} == set(SAID)


@pytest.fixture
def model(sqlite_server: TestServer) -> Iterator[str]:
    """Serve a model, and return the address and port that it has."""
    fake = FakeModelServer()
    sqlite_server.run(fake.__aenter__())
    yield fake.url
    sqlite_server.run(fake.__aexit__(None, None, None))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_the_commands_of_a_how_to_work(
    page: Path,
    tmp_path: Path,
    signed_in: dict[str, str],
    sqlite_factory: SqliteFactory,
    request: pytest.FixtureRequest,
) -> None:
    script = commands(page)
    if page.stem == "own-model":
        script = script.replace("http://127.0.0.1:11434/v1", request.getfixturevalue("model"))
    if page.stem == "postgresql":
        url = fresh_postgres_url()
        request.addfinalizer(lambda: drop_postgres(url))
        script = script.replace("postgresql://asterism@db.example.org/asterism", url)
        script = script.replace("s3://asterism/content", f"s3://{request.getfixturevalue('s3').bucket()}/content")
    for data in (tmp_path / "data", tmp_path / ".local" / "share" / "asterism"):  # a server has run there
        data.mkdir(parents=True)
        shutil.copyfile(sqlite_factory.template, data / "asterism.db")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=clean_environment(tmp_path, {**signed_in, "PATH": path, "GIT_CONFIG_NOSYSTEM": "1"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not [said for said in SAID[page.stem] if said not in done.stdout], done.stdout + done.stderr
