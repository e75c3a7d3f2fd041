"""`asterism token create`: make an access token, with or without a running server."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from asterism.features import identity
from asterism.kernel.db.migrate import upgrade
from asterism.server.container import open_settings_database
from asterism.server.settings import load_process_settings

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Make access tokens.")
DAY = 24 * 3600


@app.callback()
def group() -> None:
    """Make access tokens."""


@app.command()
def create(
    user: Annotated[str | None, typer.Option(help="Address of the user; the owner without it.")] = None,
    name: Annotated[str, typer.Option(help="What the list of tokens calls it.")] = "command line",
    expires_in: Annotated[int, typer.Option(help="Days it is valid.", min=1, max=3650)] = 365,
    data_dir: Annotated[Path | None, typer.Option(help="Data folder of the server.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print an access token of a local user. Works beside a running server, and before its first start."""
    settings = load_process_settings({"data_dir": data_dir})
    db = open_settings_database(settings)
    upgrade(db)
    with db.write() as tx:
        identity.ensure_owner(tx, settings.owner_email)
        owner = identity.find_user(tx, user)
        issued = identity.create_token(tx, owner, kind="u", name=name, client="cli", seconds=expires_in * DAY)
    db.close()
    result = {
        "id": issued.id,
        "access_token": issued.text,
        "token_type": "Bearer",
        "expires_at": issued.expires_at,
        "expires_in": issued.expires_in,
        "user": {"id": owner.id, "email": owner.email},
    }
    sys.stdout.write((json.dumps(result) if as_json else issued.text) + "\n")
