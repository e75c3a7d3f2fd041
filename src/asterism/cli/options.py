"""Options that every client command has."""

from pathlib import Path
from typing import Annotated

import typer

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="ADDRESS",
        help="The server (default: the folder's own, else ASTERISM_URL, else http://127.0.0.1:3000).",
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token", metavar="TOKEN", help="The access token (default: ASTERISM_TOKEN, else the saved sign-in)."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


def folder(text: str) -> Path:
    """Read the name of a folder. Raises BadParameter for an empty one: that would mean the current folder."""
    if not text.strip():
        raise typer.BadParameter("names no folder; `.` is the current one.")
    return Path(text)


def verb_app(help_text: str) -> typer.Typer:
    """Make the Typer app of one verb."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=help_text)
