"""What a client command loads, and how it speaks."""

import subprocess
import sys

import pytest

from asterism.base.errors import Conflict, Invalid, NotFound, Unauthenticated, Unavailable
from asterism.cli.main import VERBS
from asterism.cli.output import command, printable
from asterism.cli.progressbar import Bar

CLIENT_VERBS = {
    "clone",
    "diff",
    "export-git",
    "import-git",
    "init",
    "log",
    "login",
    "logout",
    "projects",
    "pull",
    "push",
}
CLIENT_VERBS |= {"restore", "status", "tag", "whoami", "workspaces"}
HEAVY = ("litestar", "sqlalchemy", "granian", "pydantic_ai", "dbos", "rich.progress", "keyring", "obstore")


def loaded_after(code: str) -> set[str]:
    """Return which heavy packages a fresh interpreter holds after running `code`."""
    check = f"import sys\n{code}\nprint(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_client_verbs_load_nothing_of_the_server():
    modules = ", ".join(f"asterism.cli.{VERBS[verb][0]}" for verb in sorted(CLIENT_VERBS))
    work = "asterism.client.push, asterism.client.clone, asterism.client.pull, asterism.client.restore"
    bridge = "asterism.client.compare, asterism.client.gitbridge.importing, asterism.client.gitbridge.exporting"
    assert loaded_after(f"import {modules}, {work}, {bridge}, asterism.cli.output, asterism.cli.session") == set()


def test_help_loads_no_verb():
    assert loaded_after("import asterism.cli.main\nassert 'asterism.cli.push' not in sys.modules") == set()


@pytest.mark.parametrize(
    ("error", "code"),
    [(Invalid("x"), 1), (Unauthenticated("x"), 3), (NotFound("x"), 4), (Conflict("x"), 5), (Unavailable("x"), 6)],
)
def test_errors_have_exit_codes(error, code, capsys):
    with pytest.raises(SystemExit) as ended, command(as_json=False):
        raise error
    assert ended.value.code == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("asterism: x\n")


def test_a_failure_is_one_object_with_json(capsys):
    with pytest.raises(SystemExit), command(as_json=True):
        raise NotFound("gone", hint="look")
    assert capsys.readouterr().out == '{"error": {"code": "NOT_FOUND", "message": "gone", "hint": "look"}}\n'


def test_trouble_with_the_disk_is_told(capsys):
    with pytest.raises(SystemExit) as ended, command(as_json=False):
        raise OSError(28, "No space left on device", "/x")
    assert ended.value.code == 1
    assert capsys.readouterr().err == "asterism: No space left on device (/x)\n"


def test_an_interrupt_has_its_own_code():
    with pytest.raises(SystemExit) as ended, command(as_json=False):
        raise KeyboardInterrupt
    assert ended.value.code == 130


def test_names_can_not_drive_a_terminal():
    assert printable("a\x1b[2Jb\r日本") == "a\\x1b[2Jb\\r日本"


def test_a_bar_shows_nothing_where_nobody_looks(capsys):
    with Bar(enabled=False) as bar:
        bar.start("Sending", 10)
        bar.advance(10)
        bar.finish()
    assert capsys.readouterr().err == ""
