"""Users and tokens of a data folder, looked after on the command line."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from asterism.base.errors import Invalid, NotFound
from asterism.cli import token, user
from asterism.features.accounts.identity import OwnerStays


@pytest.fixture
def everyday_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("everyday_umask")
def test_users_and_tokens_are_listed_and_taken_away(tmp_path: Path) -> None:
    runner = CliRunner(env={"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)})

    def command(app: Any, *words: str, refused: type[Exception] | None = None) -> str:
        done = runner.invoke(app, [*words, "--data-dir", str(tmp_path / "data")])
        assert (None if done.exception is None else type(done.exception)) is refused, done.output
        return done.stdout

    made = json.loads(command(token.app, "create", "--name", "laptop", "--json"))
    command(user.app, "add", "eve@example.org")
    [listed] = json.loads(command(token.app, "list", "--json"))["tokens"]
    assert (listed["id"], listed["name"]) == (made["id"], "laptop")
    assert made["access_token"] not in json.dumps(listed)
    command(token.app, "revoke", made["id"], "--user", "eve@example.org", refused=NotFound)
    command(token.app, "revoke", made["id"])
    assert command(token.app, "list") == ""
    command(user.app, "remove", "eve@example.org", refused=Invalid)
    command(user.app, "remove", "owner@localhost", "--yes", refused=OwnerStays)
    command(user.app, "remove", "eve@example.org", "--yes")
    assert [line.split()[-1] for line in command(user.app, "list").splitlines()] == ["owner@localhost"]


def test_an_empty_name_of_a_data_folder_does_not_mean_the_current_one() -> None:
    done = CliRunner().invoke(token.app, ["list", "--data-dir", ""])
    assert done.exit_code == 2
    assert "names no folder" in done.output
