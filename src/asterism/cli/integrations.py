"""`asterism integrations`: Notion and GitHub, connected from the command line."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from asterism.base.errors import Conflict, Invalid
from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.http import Http
    from asterism.client.integrations import Integration

app = verb_app("Connect Notion and GitHub.")


class Service(StrEnum):
    """What can be connected."""

    NOTION = "notion"
    GITHUB = "github"


SIGN_IN_SECONDS = 600
LOOK_SECONDS = 2
LABELS = {Service.NOTION: "Notion", Service.GITHUB: "GitHub"}
Name = Annotated[Service, typer.Argument(metavar="SERVICE", help="notion or github.")]


@app.callback(no_args_is_help=True)
def group() -> None:
    """Connect Notion and GitHub."""


@app.command("list")
def list_all(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """List the services: connected or not, and as whom."""
    from asterism.cli.output import command, show_list
    from asterism.cli.session import open_api
    from asterism.client.integrations import list_integrations

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = list_integrations(api.http)
        show_list("integrations", found, _row, as_json=as_json)


def _row(one: "Integration") -> str:
    who = f"as {one.account.name}" if one.account else ""
    return f"{one.provider:<8} {one.status:<13} {who}".rstrip()


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
                made = _signed_in(api.http, service)
            else:
                made = integrations.connect(api.http, service, token=_token(service))
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


def _signed_in(http: "Http", service: Service) -> "Integration":
    """Have a person sign in at the service; return what our own page, or the address they paste, connected."""
    from asterism.cli.output import say
    from asterism.client import integrations

    before = integrations.find(http, service)
    address = integrations.start(http, service)
    say("Open this address and allow the connection:")
    say(address)
    say("Then wait, or paste here the address that you are sent to:")
    for _ in range(SIGN_IN_SECONDS // LOOK_SECONDS):
        if _typed_within(LOOK_SECONDS):
            answer = integrations.answer_of(service, _line("Address"))
            return integrations.connect(http, service, **answer)
        now = integrations.find(http, service)
        if now.connected and now.connected_at != before.connected_at:
            return now
    raise Conflict("Nobody finished the sign-in in ten minutes.", hint="Run this again.")


def _typed_within(seconds: int) -> bool:
    """Wait for a line on standard input; say whether there is one, or its end. Where that can't be asked: at once."""
    import select

    if sys.platform == "win32":
        return True
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def _token(service: Service) -> str:
    """Return a token that a person types unseen, or that comes on standard input. Raises Invalid when there is none."""
    what = f"Token of {LABELS[service]}"
    return str(typer.prompt(what, hide_input=True, err=True)).strip() if sys.stdin.isatty() else _line(what)


def _line(what: str) -> str:
    """Return a line of standard input. Raises Invalid when there is none."""
    line = sys.stdin.readline().strip()
    if not line:
        raise Invalid(f"{what}: there is nothing on standard input.", hint="Give it there, or run this in a terminal.")
    return line
