"""`asterism workspaces`: list the workspaces of a project."""

from typing import Annotated

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("List the workspaces of a project.")


@app.command()
def workspaces(
    project: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_ID", help="The project (default: this folder's).", autocompletion=complete_projects
        ),
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List the workspaces of this folder's project, or of the one named, newest first."""
    from asterism.cli.output import command, show_list
    from asterism.cli.places import project_id_of
    from asterism.cli.session import open_api
    from asterism.cli.workspace import row

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = api.workspaces_as_shown(project_id_of(api, project))
        show_list("workspaces", found, row, as_json=as_json)
