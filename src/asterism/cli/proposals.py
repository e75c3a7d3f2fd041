"""`asterism proposals`: decide on what models want written."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.integrations import Proposal

UNKNOWN = "`asterism proposals list` shows yours."
app = verb_app("Decide on what models want written.")
Ident = Annotated[str, typer.Argument(metavar="ID", help="The proposal's id; see `list`.")]


class Status(StrEnum):
    """States of a proposal."""

    PENDING = "pending"
    EXECUTING = "executing"
    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"
    EXPIRED = "expired"


@app.callback(no_args_is_help=True)
def group() -> None:
    """Decide on what models want written."""


@app.command("list")
def list_all(
    status: Annotated[Status | None, typer.Option(help="Only those in this state (default: all).")] = None,
    chat: Annotated[str | None, typer.Option(metavar="CHAT", help="Only those of this chat.")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List proposals, newest first."""
    from asterism.cli.output import command, show_list
    from asterism.cli.session import open_api
    from asterism.client.integrations import list_proposals

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = list_proposals(api.http, status=status, chat_id=chat)
        show_list(
            "proposals",
            found,
            lambda one: f"{one.id}  {one.status:<9} {one.preview.title}",
            as_json=as_json,
            none="There are no proposals.",
        )


@app.command()
def show(ident: Ident, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Show a proposal and what it would change."""
    import msgspec

    from asterism.cli.output import command, emit
    from asterism.cli.session import open_api
    from asterism.client.integrations import proposal

    with command(as_json=as_json, unknown=UNKNOWN):
        with open_api(url, token) as api:
            found = proposal(api.http, ident)
        if as_json:
            emit({"proposal": msgspec.to_builtins(found)})
            return
        _show(found, diff=True)


@app.command()
def approve(ident: Ident, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Have a proposal done. Exits with 1 when it could not be."""
    _decide(ident, "approve", url, token, as_json=as_json)


@app.command()
def reject(ident: Ident, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Refuse a proposal."""
    _decide(ident, "reject", url, token, as_json=as_json)


def _decide(ident: str, verb: str, url: str | None, token: str | None, *, as_json: bool) -> None:
    import msgspec

    from asterism.cli.output import EXIT_FAILED, command, emit
    from asterism.cli.session import open_api
    from asterism.client.integrations import decide

    with command(as_json=as_json, unknown=UNKNOWN):
        with open_api(url, token) as api:
            found = decide(api.http, ident, verb)
        if as_json:
            emit({"proposal": msgspec.to_builtins(found)})
        else:
            _show(found, diff=False)
        if found.status == "failed":
            raise typer.Exit(EXIT_FAILED)


def _show(found: "Proposal", *, diff: bool) -> None:
    from asterism.cli.output import printable
    from asterism.cli.output import show as line
    from asterism.cli.style import DIFF, coloured, paint

    colours = coloured(sys.stdout)
    line(f"{found.preview.title} ({found.status})")
    if found.error is not None:
        line(f"{found.error.code}: {found.error.message}")
    address = ((found.result or {}).get("pull_request") or (found.result or {}).get("page") or {}).get("html_url")
    if address:
        line(str(address))
    if diff:
        line(f"expires {found.expires_at}" if found.status == "pending" else f"decided {found.decided_at}")
        for text in found.preview.diff.split("\n"):
            line(paint(printable(text), DIFF.get(text[:1]), on=colours))
