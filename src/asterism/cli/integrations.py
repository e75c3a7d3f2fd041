"""`asterism integrations`: Notion and GitHub, connected from the command line."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Connect Notion and GitHub.")


class Service(StrEnum):
    """What can be connected."""

    NOTION = "notion"
    GITHUB = "github"


LABELS = {Service.NOTION: "Notion", Service.GITHUB: "GitHub"}
Name = Annotated[Service, typer.Argument(metavar="SERVICE", help="notion or github.")]


@app.callback()
def group() -> None:
    """Connect Notion and GitHub."""


@app.command("list")
def list_all(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """List the services: connected or not, and as whom."""
    import msgspec

    from asterism.cli.output import command, emit, show
    from asterism.cli.session import open_api
    from asterism.client.integrations import list_integrations

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = list_integrations(api.http)
        if as_json:
            emit({"integrations": [msgspec.to_builtins(one) for one in found]})
            return
        for one in found:
            who = f"as {one.account.name}" if one.account else ""
            show(f"{one.provider:<8} {one.status:<13} {who}".rstrip())


@app.command()
def connect(
    service: Name,
    browser: Annotated[
        bool, typer.Option("--browser", help="Sign in at the service instead of giving a token.")
    ] = False,
    installation: Annotated[
        int | None, typer.Option(metavar="ID", min=1, help="Connect as this installation of the server's GitHub App.")
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Connect a service. Its token is asked for, or read from standard input; it is never an argument."""
    import msgspec

    from asterism.base.errors import Invalid
    from asterism.cli.output import command, emit, show
    from asterism.cli.session import open_api
    from asterism.client import integrations

    with command(as_json=as_json):
        if installation is not None and (service is not Service.GITHUB or browser):
            raise Invalid("--installation is for github, and stands alone.")
        with open_api(url, token) as api:
            if installation is not None:
                made = integrations.connect(api.http, service, installation_id=installation)
            elif browser:
                address = _ask_back(integrations.start(api.http, service))
                made = integrations.connect(api.http, service, **integrations.answer_of(service, address))
            else:
                made = integrations.connect(api.http, service, token=_read(f"Token of {LABELS[service]}", hidden=True))
        if as_json:
            emit({"integration": msgspec.to_builtins(made)})
            return
        show(f"{LABELS[service]} is connected as {made.account.name if made.account else 'nobody'}.")


@app.command()
def disconnect(service: Name, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Forget the credential of a service."""
    from asterism.cli.output import command, emit, show
    from asterism.cli.session import open_api
    from asterism.client import integrations

    with command(as_json=as_json):
        with open_api(url, token) as api:
            integrations.disconnect(api.http, service)
        if as_json:
            emit({"disconnected": service.value})
            return
        show(f"{LABELS[service]} is not connected any more.")


def _ask_back(address: str) -> str:
    from asterism.cli.output import say

    say("Open this address, allow the connection, and paste the address that you are sent to:")
    say(address)
    return _read("Address", hidden=False)


def _read(what: str, *, hidden: bool) -> str:
    """Return a line that a person types, or that comes on standard input. Raises Invalid when there is none."""
    from asterism.base.errors import Invalid

    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=hidden, err=True)).strip()
    line = sys.stdin.readline().strip()
    if not line:
        raise Invalid(f"{what}: there is nothing on standard input.", hint="Give it there, or run this in a terminal.")
    return line
