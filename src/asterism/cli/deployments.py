"""`asterism deployments`: what was deployed from this folder."""

from typing import Annotated, Any

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("List what was deployed from this folder's workspace.")


@app.command()
def deployments(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many.")] = 10,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List what was deployed from this folder's workspace, newest first."""
    from asterism.cli.output import command, show_list
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client import deployments as calls

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            found = calls.deployments(api, state.bound().workspace_id, limit)
        show_list(
            "deployments", found, _row, as_json=as_json, none="Nothing was deployed from here yet: `asterism deploy`."
        )


def _row(one: dict[str, Any]) -> str:
    moment, told = one["started_at"][:16].replace("T", " "), one["url"] or one["error"] or ""
    return f"{one['id']}  {moment}  {one['status']:<9}  {told}"
