"""`asterism watch`: have commands look only where something changed."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, verb_app

app = verb_app("Watch this folder, so that commands look only where something changed.")


@app.command()
def watch(
    background: Annotated[bool, typer.Option("--background", help="Go on watching when the command ends.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="End the watcher of this folder.")] = False,
    as_json: AsJson = False,
) -> None:
    """Watch the working copy around the current folder, until Ctrl-C, `--stop`, or the end of the folder.

    While it runs, `status`, `push` and other commands take the time of what changed, not of the whole tree. Nothing
    else is different, and without it everything works as well. Folders that are left out are not watched. It takes a
    file system of this machine, on Linux. What is written through a memory map shows when that is given up; what is
    written through another name of a file (a hard link) outside of this folder may not show until the watcher ends.
    """
    from asterism.cli.output import command, count, emit, fail, say
    from asterism.cli.places import working_copy
    from asterism.client import watch as use_case

    with command(as_json=as_json):
        state = working_copy()
        if stop and background:
            fail("--stop and --background exclude each other", code=2)
        if stop:
            stopped = use_case.stop(state)
            if as_json:
                emit({"stopped": stopped})
            else:
                say("watched no more" if stopped else "nobody watches this folder")
        elif background:
            process = use_case.watch_in_background(state)
            if as_json:
                emit({"process": process})
            else:
                say(f"watching {state.top} (process {process}); `asterism watch --stop` ends it")
        else:
            use_case.watch(
                state, lambda folders: print(f"watching {count(folders, 'folder')} of {state.top}", flush=True)
            )
