"""`asterism merge-file`: three files in, one out. Needs no server; git calls it as a merge driver."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.options import AsJson, verb_app

app = verb_app("Merge two changed versions of a file.")


@app.command(epilog="Exit codes: 0 merged, 1 conflicts left (marked in the result, where it is text), 2 wrong use.")
def merge_file(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The version that both come from.")],
    ours: Annotated[Path, typer.Argument(metavar="OURS", help="One changed version.")],
    theirs: Annotated[Path, typer.Argument(metavar="THEIRS", help="The other changed version.")],
    path: Annotated[
        str | None,
        typer.Option("--path", metavar="NAME", help="The file's name, which tells its language (default: OURS)."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Where the result goes (default: standard output)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Merge OURS and THEIRS, by lines and then by structure; what both changed stays between conflict markers."""
    from asterism.cli.merge_files import merge_paths, write_result
    from asterism.cli.output import command, emit, say

    with command(as_json=as_json):
        merged = merge_paths(base, ours, theirs, path or ours.name)
        if merged.result is not None and not (as_json and output is None):
            write_result(merged.result, output)
        if as_json:
            emit(merged.summary())
        elif merged.reason is not None:
            say(f"asterism: {path or ours.name}: {merged.reason}")
    raise typer.Exit(0 if merged.reason is None else 1)
