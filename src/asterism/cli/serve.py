"""`asterism serve`: run the server."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from asterism.cli.options import folder

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (default 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (default 3000).", min=1, max=65535)] = None,
    data_dir: Annotated[
        Path | None, typer.Option(metavar="PATH", parser=folder, help="Folder of the database, blobs and keys.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="File of settings, instead of the user's own.")] = None,
) -> None:
    """Run the server until Ctrl-C. Prints `listening on URL` when it is ready. Exits 1 when it cannot start, 6 when
    what it needs is not there: its database, its master key.

    Ctrl-C and SIGTERM end it: at once when nothing runs, however many connections are open; else runs get the seconds
    of their kind to come to an end, and answers on their way up to five. What is cut off is settled at the next start.
    """
    from asterism.server.heap import share_heap  # --help must not load the server
    from asterism.server.logs import configure_logs
    from asterism.server.serve import serve as run_server
    from asterism.server.settings_sources import load_process_settings

    share_heap()
    os.umask(0o077)  # what the server keeps is for its owner alone
    settings = load_process_settings({"host": host, "port": port, "data_dir": data_dir}, file=config)
    configure_logs(settings.log_format)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(run_server(settings))
        leave()


def leave() -> NoReturn:
    """End the process now: whatever had to end well has ended, each in its own time.

    What may be left are threads that still load a library or wait for a disk that does not answer. The interpreter
    would wait for them, and then take long to take itself apart.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # not on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop  # type: ignore[return-value]
