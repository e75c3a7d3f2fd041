"""`asterism env`: the variables that deployed apps are given."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Look after the variables that deployed apps are given.")
Key = Annotated[str, typer.Argument(metavar="KEY", help="The variable's name.")]
Plain = Annotated[bool, typer.Option("--plain", help="It is no secret: its value may be shown.")]


@app.callback(no_args_is_help=True)
def group() -> None:
    """Look after the variables that deployed apps are given."""


@app.command("list")
def list_all(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """List the variables of this folder's project. Values of secret ones are masked."""
    from asterism.cli.output import command, show_list
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.deployments import variables

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            found = variables(api, state.bound().project_id)
        show_list(
            "variables",
            found,
            lambda one: f"{one['key']}={one['value']}",
            as_json=as_json,
            none="There are no variables yet: `asterism env set KEY`.",
        )


@app.command("set")
def set_one(key: Key, plain: Plain = False, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Set a variable. Its value is asked for, or read from standard input; never given as an argument."""
    from asterism.base.errors import Invalid
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.deployments import set_variables

    with command(as_json=as_json):
        if "=" in key:
            hint = f"`asterism env set {key.partition('=')[0]}`; the value is asked for, or read from standard input."
            raise Invalid(f"{key!r} is no name of a variable.", hint=hint)
        state = working_copy()
        value = _asked(key)
        with open_api(url, token, at=state) as api:
            set_variables(api, state.bound().project_id, {key: value}, secret=not plain)
        emit({"set": [key]}) if as_json else say(f"{key} is set. The next deployment has it.")


@app.command("unset")
def unset(key: Key, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Remove a variable."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.deployments import unset_variable

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            unset_variable(api, state.bound().project_id, key)
        emit({"unset": key}) if as_json else say(f"{key} is gone. The next deployment is without it.")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of KEY=value lines; `-` is standard input.")],
    plain: Plain = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Set every variable of a file, all or none. Others stay."""
    from asterism.base.errors import Invalid
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.deployments import set_variables
    from asterism.client.dotenv import read_variables

    with command(as_json=as_json):
        state = working_copy()
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text()
        except UnicodeDecodeError as error:
            raise Invalid(f"{file} is no text file in UTF-8.") from error
        values = read_variables(text)
        with open_api(url, token, at=state) as api:
            set_variables(api, state.bound().project_id, values, secret=not plain)
        emit({"set": sorted(values)}) if as_json else say(f"{count(len(values), 'variable')} set")


def _asked(key: str) -> str:
    """Return the value that a person types unseen, or the whole of standard input without its last line end."""
    import getpass

    if sys.stdin.isatty():
        return getpass.getpass(f"{key}: ")
    return sys.stdin.read().removesuffix("\n")
