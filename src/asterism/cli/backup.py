"""`asterism backup`: one file that holds an installation, taken while the server runs or not."""

import os
from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.local import DataDir
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, count, emit, say, show, size_text
from asterism.cli.passphrase import read_passphrase
from asterism.cli.progressbar import Bar

app = verb_app("Back everything that a server stores up into one file.")


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="The file to write, or a folder for a new one.")],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Put the master key in, wrapped by a passphrase that is asked for.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write database, background jobs, provider keys (sealed) and all stored content to a new file. A server may run.

    The passphrase is read from the terminal, or as one line from standard input. Without the master key nobody can read
    the secrets in a backup: keep a copy of it elsewhere. Not in it: what deployed apps are built of (deploy again),
    what they keep in `storage`, agents. A PostgreSQL database is backed up by its own means.
    Exits 1 when content was missing already; the rest is in the file then.
    """
    from asterism.server.backup import back_up
    from asterism.server.settings_sources import load_process_settings

    os.umask(0o077)
    with command(as_json=as_json), Bar() as bar:
        settings = load_process_settings({"data_dir": data_dir})
        passphrase = read_passphrase(twice=True) if with_key else None
        path, listing = back_up(settings, target.absolute(), passphrase, bar)
        size = path.stat().st_size
        if as_json:
            emit(
                {
                    "file": str(path),
                    "bytes": size,
                    "objects": sum(name.startswith("blobs/") for name in listing.parts),
                    "with_key": with_key,
                    "missing": listing.missing,
                }
            )
        else:
            show(f"{path} ({size_text(size)})")
            if not with_key and listing.key_id:
                say(f"the master key ({listing.key_id}) is not in it; keep a copy of it elsewhere, or use --with-key")
        if (settings.data_dir / "storage").is_dir():
            say("what deployed apps keep in the folder `storage` is not in it")
    if listing.missing:
        say(f"{count(len(listing.missing), 'stored object')} could not be found; `asterism fsck` says what is lost")
        raise SystemExit(1)
