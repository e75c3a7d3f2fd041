"""`asterism export-git`: write a project's history to a new git repository."""

from typing import Annotated

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Write a project's history to a new git repository.")


@app.command()
def export_git(
    project: Annotated[
        str, typer.Argument(metavar="PROJECT", help="Name or id of the project.", autocompletion=complete_projects)
    ],
    directory: Annotated[str, typer.Argument(metavar="DIR", help="The folder to make.")],
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make one commit of every snapshot: equal trees, messages, authors, times and order of parents.

    What came from git gets its committer and time zones back. Main's head is at HEAD; other workspaces become branches,
    tags tags. git keeps no empty folders; what else it cannot hold is left out or renamed, and named.
    """
    from asterism.cli.output import command, count, emit, say, say_warnings, show
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client.gitbridge import exports
    from asterism.client.projects import get_project

    with command(as_json=as_json):
        with open_api(url, token) as api, Bar() as bar:
            found = get_project(api, project)
            done = exports.export_git(api, found, directory, bar)
        warnings = list(done.notes)
        say_warnings(warnings)
        if as_json:
            emit(
                {
                    "project_id": found.id,
                    "directory": done.folder,
                    "commits": done.commits,
                    "head": done.head,
                    "snapshot_id": done.head_snapshot,
                    "warnings": warnings,
                }
            )
            return
        show(done.folder)
        say(f"exported {count(done.commits, 'snapshot')} of {found.name}")
