"""`asterism import-git`: bring the history of a git repository into a project."""

from typing import Annotated

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Bring the history of a git repository into a project.")


@app.command()
def import_git(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="The repository.")],
    project: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Name or id of the project; made if there is none.", autocompletion=complete_projects
        ),
    ],
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make one snapshot of every commit, parents first, with message, author, committer and times.

    HEAD's history becomes that of the workspace main; other branches get workspaces, tags become tags. Run again, it
    adds what is new, and workspaces and tags follow git; those that somebody moved meanwhile stay. What a project
    cannot hold is left out and named.
    """
    from asterism.cli import signin
    from asterism.cli.output import command, count, emit, say, say_warnings
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client.gitbridge import imports

    with command(as_json=as_json):
        with open_api(url, token) as api, Bar() as bar:
            made_before = signin.file_path().with_name("imports.json")
            done = imports.import_git(api, directory, project, bar, made_before=made_before)
        warnings = list(done.notes)
        say_warnings(warnings)
        if as_json:
            emit(
                {
                    "project_id": done.project.id,
                    "workspace_id": done.workspace.id,
                    "snapshot_id": done.head,
                    "commits": done.commits,
                    "created": done.created,
                    "snapshots": done.snapshots,
                    "warnings": warnings,
                }
            )
            return
        say(f"imported {count(done.commits, 'commit')} into {done.project.name}, {done.created} of them new")
