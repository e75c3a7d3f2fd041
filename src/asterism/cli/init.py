"""`asterism init`: bind this folder to a project."""

import os
from typing import Annotated

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Bind this folder to a project.")


@app.command()
def init(
    project: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Name or id of the project (default: the folder's name).",
            autocompletion=complete_projects,
        ),
    ] = None,
    workspace: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name or id of the workspace (default: the project's main one).")
    ] = None,
    rebind: Annotated[
        bool, typer.Option("--rebind", help="Bind a folder anew that belongs to another project or server.")
    ] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Bind the current folder to a project, which is made if there is none of that name. Sends no files."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.session import open_api
    from asterism.client.bind import bind
    from asterism.client.workcopy.state import State

    with command(as_json=as_json):
        top = os.path.realpath(".")
        with open_api(url, token, at=State(top), rebind=rebind) as api:
            binding = bind(api, top, project, workspace=workspace, rebind=rebind)
        if as_json:
            emit(
                {
                    "project_id": binding.project_id,
                    "project_name": binding.project_name,
                    "workspace_id": binding.workspace_id,
                    "workspace_name": binding.workspace_name,
                    "directory": top,
                }
            )
            return
        say(f"{top} belongs to {binding.project_name}, workspace {binding.workspace_name}; `asterism push` saves it")
