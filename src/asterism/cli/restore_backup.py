"""`asterism restore-backup`: a data folder from what `asterism backup` wrote."""

import os
from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.local import DataDir
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, count, emit, say, show
from asterism.cli.passphrase import read_passphrase
from asterism.cli.progressbar import Bar

app = verb_app("Make a data folder from a backup.")


@app.command("restore-backup")
def restore_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `asterism backup` wrote.")],
    without_key: Annotated[bool, typer.Option("--without-key", help="Leave the master key out.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Restore into a data folder that is empty or does not exist yet; everything is compared with its hash before.

    A torn or altered file is refused, and nothing is left half-done. Where the master key is in the backup, its
    passphrase is read from the terminal or as one line from standard input.
    """
    from asterism.server.restore import restore
    from asterism.server.settings_sources import load_process_settings

    os.umask(0o077)
    with command(as_json=as_json), Bar() as bar:
        settings = load_process_settings({"data_dir": data_dir})
        listing, with_key = restore(settings, file, None if without_key else read_passphrase, bar)
        if as_json:
            emit(
                {
                    "data_dir": str(settings.data_dir),
                    "made_at": listing.made_at,
                    "version": listing.version,
                    "with_key": with_key,
                    "missing": listing.missing,
                }
            )
            return
        show(f"{settings.data_dir} holds what was there at {listing.made_at}")
        if not with_key and listing.key_id is not None:
            say(f"put the master key {listing.key_id} into it as `master.key` (mode 0600) before it is served")
        if listing.missing:
            say(f"{count(len(listing.missing), 'object')} missing already; push again from where the files are")
