"""`asterism user add` and `asterism user link`: local users sign in by one-time links."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from asterism.features import identity
from asterism.kernel.db.migrate import upgrade
from asterism.server.container import open_settings_database
from asterism.server.settings import Settings, load_process_settings

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Add local users and sign-in links.")

DataDir = Annotated[Path | None, typer.Option(help="Data folder of the server.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def add(email: str, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Add a local user and print a one-time sign-in link."""
    settings = load_process_settings({"data_dir": data_dir})
    db = open_settings_database(settings)
    upgrade(db)
    with db.write() as tx:
        identity.ensure_owner(tx, settings.owner_email)
        user = identity.add_user(tx, email)
        code = identity.create_link(tx, user)
    db.close()
    show(settings, user, code.text, as_json)


@app.command()
def link(email: str, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print a one-time sign-in link for a local user."""
    settings = load_process_settings({"data_dir": data_dir})
    db = open_settings_database(settings)
    upgrade(db)
    with db.write() as tx:
        user = identity.find_user(tx, email)
        code = identity.create_link(tx, user)
    db.close()
    show(settings, user, code.text, as_json)


def show(settings: Settings, user: identity.User, code: str, as_json: bool) -> None:
    """Print the link, as one object or as a line."""
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    address = f"{base}/signin#{code}"
    result = {"user": {"id": user.id, "email": user.email}, "link": address, "code": code}
    sys.stdout.write((json.dumps(result) if as_json else address) + "\n")
