"""`asterism keys rotate`: a new master key, every stored secret re-wrapped, with or without a running server."""

from typing import Any

from asterism.cli.local import DataDir, local_database
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import count, emit, say, show
from asterism.cli.progressbar import Bar
from asterism.kernel.secrets import EnvelopeSecrets, RotationReport, check_keys, rotate
from asterism.server.model_access import credentials_file
from asterism.server.schema import declare_tables
from asterism.server.stores import settings_key_store

app = verb_app("Look after the master key.")


@app.callback(no_args_is_help=True)
def group() -> None:
    """Look after the master key."""


@app.command("rotate")
def rotate_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make a new master key and re-wrap every stored secret with it. A running server uses it at once.

    Exits 1 when the present key is missing, or when a record could not be read; such records stay as they are.
    """
    declare_tables()
    with local_database(data_dir) as (settings, db), Bar() as bar:
        store = settings_key_store(settings)
        check_keys(db, store)
        bar.start("re-wrapping", 0, items=True)
        report = rotate(db, store, bar.advance, places=[credentials_file(settings, EnvelopeSecrets(store))])
    tell(report, as_json)


def tell(report: RotationReport, as_json: bool) -> None:
    """Print what was done."""
    result: dict[str, Any] = {
        "key_id": report.key_id,
        "rewrapped": report.rewrapped,
        "unreadable": report.unreadable,
        "dropped": report.dropped,
    }
    if as_json:
        emit(result)
    else:
        show(f"{count(report.rewrapped, 'record')} wrapped with {report.key_id} now.")
    if report.unreadable:
        say(f"{count(report.unreadable, 'record')} could not be read and left as found; the server's log names them.")
        raise SystemExit(1)
