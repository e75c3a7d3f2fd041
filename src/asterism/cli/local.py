"""Commands that work on the data folder itself, with or without a running server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.options import folder
from asterism.cli.output import say
from asterism.kernel.db import Database
from asterism.kernel.db.migrate import upgrade
from asterism.server.data_folder import NoInstallation, is_installation
from asterism.server.settings import Settings
from asterism.server.settings_sources import load_process_settings
from asterism.server.stores import open_settings_database

DataDir = Annotated[Path | None, typer.Option(metavar="PATH", parser=folder, help="Data folder of the server.")]


@contextmanager
def local_database(data_dir: Path | None, *, make: bool = False) -> Iterator[tuple[Settings, Database]]:
    """Open the database of a data folder, brought up to date when needed.

    Where no server ever kept its data, it is made when `make` says so, and people are told, since it may be a misspelt
    path; else NoInstallation is raised.
    """
    os.umask(0o077)  # what the server keeps is for its owner alone
    settings = load_process_settings({"data_dir": data_dir})
    if not is_installation(settings.data_dir):
        if not make:
            raise NoInstallation(settings.data_dir)
        say(f"asterism: {settings.data_dir} is a new data folder: no server has used it yet")
    db = open_settings_database(settings)
    try:
        upgrade(db)
        yield settings, db
    finally:
        db.close()
