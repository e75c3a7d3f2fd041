"""`asterism merge-driver`: git merges by our engine in one repository."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.options import AsJson, verb_app

app = verb_app("Let git merge by structure in a repository.")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of the repository (default: this one).")]


@app.callback(no_args_is_help=True)
def group() -> None:
    """Let git merge by structure in a repository."""


@app.command()
def install(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Make `asterism merge-file` the merge driver of a repository, for the languages it knows.

    Only the repository's own configuration and .git/info/attributes change; nothing is committed.
    """
    from asterism.cli.output import command, emit, say
    from asterism.kernel.git import Git, install_merge_driver
    from asterism.vcs.structure import suffixes

    with command(as_json=as_json):
        place = install_merge_driver(Git(), folder, _driver(), [f"*.{suffix}" for suffix in suffixes()])
        if as_json:
            emit({"installed": True, "attributes": str(place)})
        else:
            say(f"git merges by structure here from now on ({place}); undo it with `asterism merge-driver uninstall`")


@app.command()
def uninstall(folder: Folder = Path(), as_json: AsJson = False) -> None:
    """Give a repository git's own merge back."""
    from asterism.cli.output import command, emit, say
    from asterism.kernel.git import Git, remove_merge_driver

    with command(as_json=as_json):
        place = remove_merge_driver(Git(), folder)
        if as_json:
            emit({"installed": False, "attributes": str(place)})
        else:
            say("git merges by lines here again")


def _driver() -> str:
    """Return the command that git runs, by this very installation, whatever the PATH is then."""
    import shlex
    import sys

    return f"{shlex.quote(sys.executable)} -m asterism merge-file %O %A %B --path %P --output %A"
