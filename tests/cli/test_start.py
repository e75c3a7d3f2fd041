"""What a client command loads, and how it speaks."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import pytest
from typer import Option
from typer.main import get_command
from typer.testing import CliRunner

from asterism.base.errors import Conflict, Invalid, NotFound, Unauthenticated, Unavailable
from asterism.cli.coercion import lighten
from asterism.cli.main import VERBS
from asterism.cli.main import app as whole
from asterism.cli.options import folder, verb_app
from asterism.cli.output import command, path_text, printable, show
from asterism.cli.progressbar import Bar
from asterism.cli.style import paint
from asterism.client.workcopy.state import Binding, State
from tests.support.forks import ASTERISM, popen
from tests.support.process import asterism

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
CLIENT_VERBS |= {"chat", "discard", "workspace", "restore", "status", "tag", "whoami", "workspaces"}
HEAVY = ("starlette", "sqlalchemy", "granian", "pydantic_ai", "rich.progress", "keyring", "obstore")


def loaded_after(code: str) -> set[str]:
    """Return which heavy packages a fresh interpreter holds after running `code`."""
    check = f"import sys\n{code}\nprint(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_client_verbs_load_nothing_of_the_server():
    modules = ", ".join(f"asterism.cli.{VERBS[verb][0]}" for verb in sorted(CLIENT_VERBS))
    work = "asterism.client.push, asterism.client.clone, asterism.client.pull, asterism.client.restore"
    bridge = "asterism.client.compare, asterism.client.gitbridge.imports, asterism.client.gitbridge.exports"
    assert loaded_after(f"import {modules}, {work}, {bridge}, asterism.cli.output, asterism.cli.session") == set()


@pytest.mark.parametrize("verb", ["actions", "env", "token", "keys", "user", "merge_driver"])
def test_a_group_alone_shows_its_verbs(verb: str) -> None:
    done = CliRunner().invoke(importlib.import_module(f"asterism.cli.{verb}").app, [])
    assert done.exit_code == 2
    assert "Commands:" in done.output


def test_help_loads_no_verb():
    assert loaded_after("import asterism.cli.main\nassert 'asterism.cli.push' not in sys.modules") == set()


@pytest.mark.parametrize(
    ("words", "also"),
    [
        (["--help"], ("msgspec", "ssl")),
        (["status"], ("ssl",)),
        (["status", "--url", "http://127.0.0.1:1", "--json"], ("ssl",)),
        (["tag", "some", "thing"], ()),
        (["jobs", "--limit", "30"], ()),
    ],
)
def test_plain_words_load_no_pydantic(tmp_path, words, also):
    run = f"sys.argv = ['asterism', *{words!r}]\nfrom asterism.cli.main import run\ntry: run()\nexcept SystemExit: pass"
    check = f"import sys\n{run}\nsys.stderr.write('loaded ' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, cwd=tmp_path)
    loaded = set(done.stderr.partition("loaded ")[2].split())
    assert "typer" in loaded
    assert not loaded & {*HEAVY, "pydantic", "pydantic_core", "rich", "typer._adapters", *also}


app = verb_app("Takes words.")


@app.command()
def take(
    some: list[str] | None = None,
    text: str = "a",
    number: int = 7,
    ratio: float | None = None,
    path: Path = Path("here"),
    flag: bool | None = None,
    choice: Annotated[Literal["x", "y"], Option(case_sensitive=False)] = "x",
    few: Annotated[int | None, Option(min=2, max=9)] = None,
    where: Annotated[Path | None, Option(parser=folder)] = None,
) -> None:
    print(repr((some, text, number, ratio, path, flag, choice, few, where)))


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--some", "1", "--some", "2", "--text", "", "--flag"],
        ["--number", "08", "--ratio", "1e3", "--path", "a/b", "--no-flag", "--choice", "Y"],
        ["--number", "x"],
        ["--number", "²"],
        ["--number", "1_000", "--few", "9", "--where", "there"],
        ["--number", "-3", "--few", "2"],
        ["--few", "1"],
        ["--few", "10"],
        ["--where", " "],
        ["--choice", "z"],
        ["--ratio", "x"],
        ["--help"],
    ],
)
def test_words_are_read_as_typer_reads_them(words, capsys):
    told = []
    for change in (lighten, lambda _: None):
        command = get_command(app)
        change(command)
        with pytest.raises(SystemExit) as ended:
            command.main(words, prog_name="take")
        told.append((ended.value.code, *capsys.readouterr()))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("x"), 2),
        (Invalid("x", code="BAD_NAME"), 1),
        (Unauthenticated("x"), 3),
        (NotFound("x"), 4),
        (Conflict("x"), 5),
        (Unavailable("x"), 6),
        (FileNotFoundError(2, "x"), 4),
        (PermissionError(13, "x"), 1),
    ],
)
def test_errors_have_exit_codes(error, code, capsys):
    with pytest.raises(SystemExit) as ended, command(as_json=False):
        raise error
    assert ended.value.code == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("asterism: x\n")


def test_where_a_route_has_a_value_is_not_told_and_what_is_missing_has_a_hint(capsys):
    with pytest.raises(SystemExit), command(as_json=False):
        raise Invalid.field("query.kinds", "names a kind that does not exist: x")
    assert capsys.readouterr().err == "asterism: kinds: names a kind that does not exist: x\n"
    with pytest.raises(SystemExit), command(as_json=False, unknown="`asterism x` lists them."):
        raise NotFound("gone")
    assert capsys.readouterr().err == "asterism: gone\nhint: `asterism x` lists them.\n"


def test_a_failure_is_one_object_with_json(capsys):
    with pytest.raises(SystemExit), command(as_json=True):
        raise NotFound("gone", hint="look")
    assert capsys.readouterr().out == '{"error": {"code": "NOT_FOUND", "message": "gone", "hint": "look"}}\n'


def test_trouble_with_the_disk_is_told(capsys):
    with pytest.raises(SystemExit) as ended, command(as_json=False):
        raise OSError(28, "No space left on device", "/x")
    assert ended.value.code == 1
    said, hint = capsys.readouterr().err.splitlines()
    assert said == "asterism: No space left on device (/x)"
    assert hint.startswith("hint: Make room there")


def test_an_interrupt_has_its_own_code():
    with pytest.raises(SystemExit) as ended, command(as_json=False):
        raise KeyboardInterrupt
    assert ended.value.code == 130


def test_a_name_is_one_line(capsys):
    assert path_text("a b/ü") == "a b/ü"
    assert path_text('new\nline"') == '"new\\nline\\""'
    assert "\n" not in path_text("\x1b[31m\r\n")


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_forced_and_forbidden(environment, colours):
    code = (
        "import sys; from asterism.cli.style import coloured, paint; print(paint('x', 'red', on=coloured(sys.stdout)))"
    )
    clean = {name: value for name, value in os.environ.items() if "COLOR" not in name}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=clean | environment)
    assert done.stdout == ("\x1b[31mx\x1b[0m\n" if colours else "x\n")


def test_what_is_shown_keeps_its_colours_and_no_others(capsys):
    show(f"{paint('M', 'yellow', on=True)} \x1b[2Jx")
    assert capsys.readouterr().out == "\x1b[33mM\x1b[0m \\x1b[2Jx\n"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--version"], 0, "asterism 0."),
        (["-h"], 0, "Usage: asterism"),
        (["push", "-h"], 0, "Usage: asterism push"),
        (["psuh"], 2, "Did you mean 'push'"),
        (["workspace", "swich"], 2, "Did you mean 'switch'"),
        (["pull", "--take", "yours"], 2, "'mine', 'theirs'"),
        (["chat", "p", "x", "--mode", "slow"], 2, "'quick', 'standard', 'deep'"),
        (["discard"], 2, "--all"),
        (["whoami", "--url", "garbage", "--token", "x"], 2, "is no address of a server"),
        (["whoami", "--url", "http://a:b@127.0.0.1:1", "--token", "x"], 2, "holds no user name and no password"),
        (["talk", "--message", " ", "--url", "http://127.0.0.1:9", "--token", "x"], 2, "There is nothing to say"),
        (["status", "--url", "garbage"], 4, "belongs to no project"),
        (["serve", "--port", "70000"], 2, "'--port': must be at most 65535, not '70000'."),
        (["tag", "--delete"], 2, "one name"),
    ],
)
def test_the_command_line_explains_itself(tmp_path, words, code, says):
    done = asterism(*words, home=tmp_path, extra={}, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["tag", "--json", "list"], 2, "Options come after it"),
        (["whoami", "--url", "garbage"], 2, "is no address of a server"),
        (["env", "set", "A=1"], 2, "`asterism env set A`"),
        (["merge-file", "no-such-file", "b", "c"], 4, "no-such-file"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(capsys, tmp_path, monkeypatch, words, code, says):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        whole(words, prog_name="asterism")
    assert ended.value.code == code
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["log", "--limit", "x"], "'--limit' / '-n': must be a whole number, not 'x'."),
        (["log", "--limit", "0"], "'--limit' / '-n': must be at least 1, not '0'."),
        (["dev", "fake-model", "--delay", "x"], "'--delay': must be a number, not 'x'."),
        (["sync", "--take", "x"], "'--take': 'x' is not one of 'main', 'workspace'."),
        (["integrations", "connect", "x"], "'SERVICE': 'x' is not one of 'notion', 'github'."),
        (["clone"], "Missing argument 'PROJECT[:WORKSPACE]'."),
        (["env", "delete", "A"], "No such command 'delete'. There are: list, set, unset, import."),
        (["tag", "delete"], "Missing argument 'NAME'."),
        (["tag", "list", "x"], "'x' is more than `asterism tag list` takes."),
        (["tag", "a", "b", "c"], "'c' is more than `asterism tag` takes."),
        (["init", "demo"], "'demo' is more than `asterism init` takes. Did you mean `--project demo`?"),
        (["drift", "other"], "'other' is more than `asterism drift` takes. Did you mean `--from other`?"),
        (["map", "sign in"], "'sign in' is more than `asterism map` takes. Did you mean `--search sign in`?"),
        (["status", "a", "b"], "'a b' is more than `asterism status` takes."),
    ],
)
def test_the_parser_speaks_like_all_else(capsys, words, says):
    with pytest.raises(SystemExit) as ended:
        whole(words, prog_name="asterism")
    assert ended.value.code == 2
    assert capsys.readouterr().err.rstrip().endswith(says)


def test_a_folder_that_has_gone_is_named(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'rmdir "$PWD"; exec "$0" -c "from asterism.cli.main import run; run()" status'
    done = subprocess.run(["sh", "-c", script, sys.executable], cwd=gone, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("asterism: The current folder does not exist any more.\nhint: ")


def test_names_can_not_drive_a_terminal():
    assert printable("a\x1b[2Jb\r日本") == "a\\x1b[2Jb\\r日本"


def test_a_bar_shows_nothing_where_nobody_looks(capsys):
    with Bar(enabled=False) as bar:
        bar.start("Sending", 10)
        bar.advance(10)
        bar.finish()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("url", "meant", "bound", "goes"),
    [
        (None, None, None, True),
        (None, None, "http://127.0.0.1:1", True),
        (None, None, "https://far.example", False),
        (None, "https://far.example", "https://far.example", True),
        (None, "https://other.example", "https://far.example", False),
        ("https://far.example", None, None, True),
        ("https://far.example", "https://other.example", None, False),
    ],
)
def test_a_token_goes_to_no_server_that_only_a_folder_names(tmp_path, url, meant, bound, goes):
    if bound:
        State(str(tmp_path)).save(Binding(bound, "p", "p", "w", "w"))
    code = f"from asterism.cli.session import open_api\nwith open_api({url!r}, None): print('sent')"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASTERISM_")}
    clean |= {"ASTERISM_TOKEN": "t", "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    clean |= {"ASTERISM_URL": meant} if meant else {}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=clean, cwd=tmp_path)
    assert ("sent" in done.stdout) is goes
    assert goes or "NotSignedIn" in done.stderr


def test_an_editor_speaks_over_pipes(tmp_path):
    with popen([*ASTERISM, "acp"], stdin=subprocess.DEVNULL, stdout=-1, stderr=-1, text=True, cwd=tmp_path) as process:
        try:
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
    assert (process.returncode, out) == (2, "")
    assert err.startswith("asterism: `asterism acp` speaks with an editor, over pipes.\nhint: ")
