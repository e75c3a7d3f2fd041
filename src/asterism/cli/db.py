"""`asterism db copy`: move from SQLite to PostgreSQL."""

import os
from dataclasses import asdict
from typing import Annotated

import typer

from asterism.cli.local import DataDir
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, count, emit, say, show
from asterism.cli.progressbar import Bar

app = verb_app("Move the database.")


@app.callback(no_args_is_help=True)
def group() -> None:
    """Move the database."""


@app.command("copy")
def copy_database(
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="An empty database, as postgresql://user@host/name.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Copy everything in the SQLite database to PostgreSQL, and compare each table by count and hash.

    No server may run on the data folder. The SQLite database stays as it is. A copy that broke off is taken up by the
    same command; until it is finished, no server starts on the target. Put a password into the file that PGPASSFILE
    names rather than on the command line. Jobs that have not run yet go along, and run at the first start there.
    """
    from asterism.server.database_copy import copy_database
    from asterism.server.settings_rules import check_address
    from asterism.server.settings_sources import load_process_settings

    os.umask(0o077)
    with command(as_json=as_json), Bar() as bar:
        check_address("database_url", to)
        tables = copy_database(load_process_settings({"data_dir": data_dir}), to, bar)
    rows = sum(table.contents.rows for table in tables)
    if as_json:
        emit({"rows": rows, "tables": [{"name": t.name, **asdict(t.contents), "sent": t.sent} for t in tables]})
        return
    show(f"{count(rows, 'row')} of {count(len(tables), 'table')} copied and compared.")
    say("set ASTERISM_DATABASE_URL to the target and start the server; the data folder stays, with its master key")
