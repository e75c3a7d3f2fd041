"""`asterism config show|trust|untrust`: what the server's settings are, and whether this folder may change any."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, emit, say, show
from asterism.server import settings_sources as sources
from asterism.server.settings import Settings, is_secret

app = verb_app("Show the server's settings, and trust those of a folder.")
File = Annotated[Path, typer.Argument(metavar="FILE", help="The file.")]
Named = Annotated[Path | None, typer.Option("--config", help="File of settings, instead of the user's own.")]
HERE = Path(sources.FILE_NAME)


@app.callback(no_args_is_help=True)
def group() -> None:
    """Show the server's settings, and trust those of a folder."""


@app.command("show")
def show_settings(config: Named = None, as_json: AsJson = False) -> None:
    """Show every setting that was given, its value and where it comes from. Secrets are not shown."""
    with command(as_json=as_json):
        places: dict[str, Any] = {
            "file": config,
            "overrides": None,
            "user_folder": sources.config_folder(),
            "working_folder": Path.cwd(),
        }
        settings = sources.load_settings(os.environ, **places)
        given = sources.collect(os.environ, **places)
        rows = {name: {"value": _shown(settings, name), "from": given[name].place} for name in sorted(given)}
        if as_json:
            emit({"user_file": str(sources.config_folder() / sources.FILE_NAME), "settings": rows})
            return
        for name, row in rows.items():
            show(f"{name} = {row['value']}   ({row['from']})")
        say(f"every other setting has its default; your file of settings is {sources.config_folder() / HERE}")


@app.command()
def trust(file: File = HERE, as_json: AsJson = False) -> None:
    """Let the server use this file when it is started in its folder, as long as the file stays as it is.

    Such a file may not set addresses, programs, folders or keys.
    """
    with command(as_json=as_json):
        sources.trust(file, sources.config_folder())
        say(f"{file.resolve()} is trusted as it is now")
        if as_json:
            emit({"file": str(file.resolve()), "trusted": True})


@app.command()
def untrust(file: File = HERE, as_json: AsJson = False) -> None:
    """Take that back."""
    with command(as_json=as_json):
        known = sources.distrust(file, sources.config_folder())
        say(f"{file.resolve()} is not trusted{'' if known else ', and was not before'}")
        if as_json:
            emit({"file": str(file.resolve()), "trusted": False})


def _shown(settings: Settings, name: str) -> Any:
    value = getattr(settings, name)
    if value and is_secret(name):
        return "(not shown)"
    return str(value) if isinstance(value, Path) else value
