"""`asterism clone`: make a folder that holds a project's newest tree."""

from typing import Annotated

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Make a folder that holds a project's newest tree.")


@app.command()
def clone(
    project: Annotated[
        str,
        typer.Argument(
            metavar="PROJECT[:WORKSPACE]",
            help="Name or id (default workspace: the main one).",
            autocompletion=complete_projects,
        ),
    ],
    directory: Annotated[
        str | None, typer.Argument(metavar="DIR", help="The folder to make (default: named like the project).")
    ] = None,
    snapshot: Annotated[
        str | None,
        typer.Option(metavar="SNAPSHOT", help="A tag, an id, the beginning of one (default: the newest)."),
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make the folder DIR with the newest tree of a workspace, and bind it to that workspace.

    With --snapshot and no workspace named, the folder is bound to the workspace that the snapshot belongs to. Refuses
    a folder that is not empty. A clone that was cut off is finished by running it again.
    """
    from asterism.cli.output import command, count, emit, say, show
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client import clone as use_case

    with command(as_json=as_json):
        with open_api(url, token) as api, Bar() as bar:
            done = use_case.clone(api, project, directory, snapshot=snapshot, progress=bar)
        for path in done.skipped[:20]:
            say(f"warning: {path} was not written: it would be repository state")
        if not done.verified:
            say("warning: the snapshot's id does not follow from its author, time and parents; its content is right")
        if as_json:
            emit(
                {
                    "project_id": done.project.id,
                    "project_name": done.project.name,
                    "workspace_id": done.workspace.id,
                    "workspace_name": done.workspace.name,
                    "snapshot_id": done.snapshot.id if done.snapshot else None,
                    "manifest_hash": done.manifest_hash,
                    "directory": done.top,
                    "entries": done.files,
                    "skipped": done.skipped,
                }
            )
            return
        show(done.top)
        entries = count(done.files, "entry", "entries")
        say(f"cloned {entries} of {done.project.name}, workspace {done.workspace.name}")
