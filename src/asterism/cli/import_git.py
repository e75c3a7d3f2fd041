"""`asterism import-git`: bring the history of a git repository into a project."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Bring the history of a git repository into a project.")


@app.command()
def import_git(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="The repository.")],
    project: Annotated[str, typer.Option(metavar="NAME", help="Name or id of the project; made if there is none.")],
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make one snapshot of every commit, parents first, with message, author and time.

    HEAD's history becomes that of the workspace main; other branches get workspaces, tags become tags.
    """
    from asterism.cli.output import command, emit, say
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client.gitbridge import importing

    with command(as_json=as_json):
        with open_api(url, token) as api, Bar(items=True) as bar:
            done = importing.import_git(api, directory, project, bar)
        for warning in list(dict.fromkeys(done.warnings))[:20]:
            say(f"warning: {warning}")
        if as_json:
            emit(
                {
                    "project_id": done.project.id,
                    "workspace_id": done.workspace.id,
                    "snapshot_id": done.head,
                    "commits": done.commits,
                    "created": done.created,
                    "snapshots": done.snapshots,
                }
            )
            return
        say(f"imported {done.commits} commits into {done.project.name}, {done.created} of them new")
