"""`asterism doctor`: look at everything that a server needs, with or without one running."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from asterism.base.errors import DomainError
from asterism.cli.local import DataDir
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, count, emit, say, show

app = verb_app("Look at an installation, and say what to do about it.")


@app.command()
def doctor(
    data_dir: DataDir = None,
    config: Annotated[Path | None, typer.Option(help="File of settings, instead of the user's own.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look at settings, data folder, database, store, disk, keys, server, git, sandbox, agent and models.

    Each line says `ok`, `warns` (it works, or only a part of it does not) or `fails`. Exits 1 when anything fails.
    Secrets are not shown. Providers of models that the server has a key of are asked for their list of models.
    """
    os.umask(0o077)  # what is opened may make files beside the server's own
    rows: list[dict[str, Any]] = []
    with command(as_json=as_json):
        for about, state, text, hint in _findings(data_dir, config):
            rows.append({"about": about, "state": state, "text": text, "hint": hint})
            if not as_json:
                show(f"{state:<5}  {about:<12}  {text}")
                if hint:
                    show(f"{'':<21}-> {hint}")
    failed = sum(row["state"] == "fails" for row in rows)
    if as_json:
        emit({"well": not failed, "findings": rows})
    elif failed:
        say(f"{count(failed, 'thing')} must be mended before a server works as it should")
    if failed:
        raise SystemExit(1)


def _findings(data_dir: Path | None, config: Path | None) -> Any:
    """Yield (about, state, text, hint); settings that cannot be used are the only finding then."""
    from asterism.server.settings_sources import load_process_settings

    try:
        settings = load_process_settings({"data_dir": data_dir}, file=config)
    except DomainError as error:
        yield "settings", "fails", error.message, error.hint
        return
    yield "settings", "ok", "every setting makes sense; `asterism config show` lists those that were given", None

    from asterism.server.doctor import examine  # loads the server, which is slow

    for found in examine(settings):
        yield found.about, found.state, found.text, found.hint
