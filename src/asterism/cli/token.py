"""`asterism token create`: make an access token, with or without a running server."""

from typing import Annotated, Any, Literal

import typer

from asterism.base.errors import Invalid
from asterism.cli.local import DataDir, local_database
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import emit
from asterism.features.accounts import audit, identity
from asterism.features.versions import workspaces
from asterism.kernel.db import Tx

app = verb_app("Make access tokens.")
DAY = 24 * 3600
LONGEST_DAYS = 3650


@app.callback()
def group() -> None:
    """Make access tokens."""


@app.command()
def create(
    user: Annotated[str | None, typer.Option(help="Address of the user; default: the owner.")] = None,
    name: Annotated[str, typer.Option(help="What the list of tokens calls it.")] = "command line",
    scope: Annotated[
        Literal["all", "read", "agent"], typer.Option(help="All, reading only, or an agent's work in one workspace.")
    ] = "all",
    workspace: Annotated[str | None, typer.Option(help="Id of the workspace of `--scope agent`.")] = None,
    expires_in: Annotated[
        int | None, typer.Option(help="Days it is valid (365; an agent's two hours).", min=1, max=LONGEST_DAYS)
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Print an access token of a local user. Works beside a running server, and before its first start."""
    if (scope == "agent") != (workspace is not None):
        raise Invalid("--scope agent and --workspace go together.")
    with local_database(data_dir, make=True) as (settings, db), db.write() as tx:
        identity.ensure_owner(tx, settings.owner_email)
        person = identity.find_user(tx, user)
        if workspace is not None:
            issued = agent_token(tx, person, workspace, name)
        else:
            chosen = identity.READ if scope == "read" else identity.ALL
            seconds = (expires_in or 365) * DAY
            issued = identity.create_token(tx, person, kind="u", name=name, client="cli", seconds=seconds, scope=chosen)
            audit.record(tx, person.id, "token_created", issued.id, name=name, scope=scope)
    if as_json:
        emit(described(issued, scope))
    else:
        typer.echo(issued.text)


def agent_token(tx: Tx, person: identity.User, workspace_id: str, name: str) -> identity.IssuedToken:
    """Make a token for one workspace of this person. Raises UnknownWorkspace."""
    found = workspaces.get_workspace(tx, identity.Caller(person.id, "", "u", "cli"), workspace_id)
    scope = identity.Scope("agent", project_id=found.project_id, workspace_id=found.id)
    return identity.create_agent_token(tx, person.id, scope, name=name)


def described(issued: identity.IssuedToken, scope: str) -> dict[str, Any]:
    """Write the one object of `--json`."""
    return {
        "id": issued.id,
        "access_token": issued.text,
        "token_type": "Bearer",
        "scope": scope,
        "expires_at": issued.expires_at,
        "expires_in": issued.expires_in,
        "user": {"id": issued.user.id, "email": issued.user.email},
    }
