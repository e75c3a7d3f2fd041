"""Options that every client command has."""

from typing import Annotated

import typer

Url = Annotated[
    str | None,
    typer.Option(
        "--url", envvar="ASTERISM_URL", show_envvar=True, help="The server; http://127.0.0.1:3000 without it."
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token", envvar="ASTERISM_TOKEN", show_envvar=True, help="The access token; the saved sign-in without it."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


def verb_app(help_text: str) -> typer.Typer:
    """Make the Typer app of one verb."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=help_text)
