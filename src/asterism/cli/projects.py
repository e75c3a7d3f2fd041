"""`asterism projects`: list, rename, remove and restore your projects."""

from typing import Annotated, Any

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("List, rename, remove and restore your projects.")
Name = Annotated[str, typer.Argument(metavar="PROJECT", help="Its name or id.", autocompletion=complete_projects)]


@app.callback(invoke_without_command=True)
def projects(context: typer.Context, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """List, rename, remove and restore your projects. Without a command: list them."""
    if context.invoked_subcommand is None:
        list_projects(url=url, token=token, as_json=as_json)
    elif url or token or as_json:
        raise typer.BadParameter(f"options belong behind `{context.invoked_subcommand}`.")


@app.command("list")
def list_projects(
    deleted: Annotated[bool, typer.Option("--deleted", help="Those that can be restored instead.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List your projects, most recently changed first."""
    from asterism.cli.output import command, show_list
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = api.projects(deleted=deleted)
        show_list(
            "projects",
            found,
            lambda project: f"{project['id']}  {project.get('updated_at', '')}  {project['name']}",
            as_json=as_json,
            none="there is none to restore" if deleted else "you have no projects; `asterism push` makes one",
        )


@app.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW_NAME", help="Its new name.")],
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Give a project another name. Folders that are bound to it stay so."""
    from asterism.cli.output import command, say
    from asterism.cli.session import open_api
    from asterism.client import projects as use_case

    with command(as_json=as_json):
        with open_api(url, token) as api:
            changed = use_case.rename(api, name, new_name)
        _tell(changed) if as_json else say(f"it is {changed.name} now")


@app.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Remove a project with everything in it. For 30 days `restore` brings it back, then it is gone for good."""
    from asterism.cli.output import command, say
    from asterism.cli.questions import confirm
    from asterism.cli.session import open_api
    from asterism.client.projects import get_project

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = get_project(api, name)
            confirm(f"the project {found.name!r} with all of its workspaces and talks", found.name, yes=yes)
            api.delete_project(found.id)
        if as_json:
            _tell(found)
            return
        say(f"removed {found.name}; `asterism projects restore {found.id}` brings it back within 30 days")


@app.command()
def restore(name: Name, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Bring a removed project back; `list --deleted` shows which there are."""
    from asterism.cli.output import command, say
    from asterism.cli.session import open_api
    from asterism.client import projects as use_case

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = use_case.restore(api, name)
        _tell(found) if as_json else say(f"{found.name} is back")


def _tell(project: Any) -> None:
    from asterism.cli.output import emit

    emit({"project_id": project.id, "project_name": project.name})
