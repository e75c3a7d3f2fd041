"""`asterism blobs copy`: move stored content to another store."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.local import DataDir, local_database
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, count, emit, say, show, size_text
from asterism.cli.progressbar import Bar

app = verb_app("Move stored content.")


@app.callback(no_args_is_help=True)
def group() -> None:
    """Move stored content."""


@app.command("copy")
def copy_content(
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="A folder, or a store as s3://bucket/prefix.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Copy everything that the database refers to into another store, and compare each object with its SHA-256.

    A server may run; then stop it and run the command once more before it uses the target, which sends only what is
    new. Exits 1 when content was missing already; `asterism fsck` says what that means.
    """
    from asterism.kernel.blobs import open_blobs
    from asterism.server.content_copy import copy_content
    from asterism.server.data_folder import running_address
    from asterism.server.settings_rules import check_address
    from asterism.server.stores import open_settings_blobs

    with command(as_json=as_json), local_database(data_dir) as (settings, db), Bar() as bar:
        check_address("object_store", to)
        place = to if "://" in to else Path(to).absolute()
        target = open_blobs(place, spool=settings.data_dir / "incoming")
        done = copy_content(db, open_settings_blobs(settings), target, bar)
        running = running_address(settings.data_dir) is not None
    if as_json:
        emit({"sent": done.sent, "bytes": done.bytes, "present": done.present, "missing": done.missing})
    else:
        show(f"{count(done.sent, 'object')} ({size_text(done.bytes)}) copied, {done.present} were there already.")
        if running:
            say("a server is running: stop it and run this once more, so that what it stored meanwhile comes along")
        say("set ASTERISM_OBJECT_STORE to the target, and start the server")
    if done.missing:
        say(f"{count(len(done.missing), 'stored object')} could not be found; `asterism fsck` says what is lost")
        raise SystemExit(1)
