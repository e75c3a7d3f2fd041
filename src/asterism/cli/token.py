"""`asterism token`: make, list and revoke access tokens, with or without a running server."""

from typing import Annotated, Any, Literal

import typer

from asterism.base.errors import Invalid, NotFound
from asterism.cli.local import DataDir, local_database
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import emit, say, show_list
from asterism.features.accounts import audit, identity
from asterism.features.versions import workspaces
from asterism.kernel.db import Tx

app = verb_app("Make, list and revoke access tokens.")
OfUser = Annotated[str | None, typer.Option("--user", help="Address of the user; default: the owner.")]
DAY = 24 * 3600
LONGEST_DAYS = 3650


@app.callback(no_args_is_help=True)
def group() -> None:
    """Make, list and revoke access tokens."""


@app.command()
def create(
    user: OfUser = None,
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


@app.command("list")
def list_all(user: OfUser = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the live tokens of a user, newest first: sign-ins, tokens made here, an agent's. Never their text."""
    with local_database(data_dir) as (_settings, db), db.read() as tx:
        person = identity.find_user(tx, user)
        found = identity.list_tokens(tx, _in_person(person))
    none = f"{person.email} has no tokens; `asterism token create` makes one"
    show_list("tokens", [_entry(one) for one in found], _row, as_json=as_json, none=none)


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="Its id; see `list`.")],
    user: OfUser = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take a token back, at once and for good. A sign-in ends with all tokens of its device."""
    with local_database(data_dir) as (_settings, db), db.write() as tx:
        person = identity.find_user(tx, user)
        try:
            identity.revoke_token(tx, _in_person(person), token_id)
        except NotFound as error:
            hint = f"`asterism token list --user {person.email}` shows them."
            raise NotFound(f"{person.email} has no live token {token_id!r}.", hint=hint) from error
    emit({"revoked": token_id}) if as_json else say(f"revoked {token_id}")


def _in_person(person: identity.User) -> identity.Caller:
    """Return the user as a caller: who may open the data folder may do what its users may."""
    return identity.Caller(person.id, "", "u", "cli")


def _entry(token: identity.Token) -> dict[str, Any]:
    named = ("id", "kind", "name", "client", "hint", "created_at", "last_used_at", "expires_at")
    return {name: getattr(token, name) for name in named} | {"scope": token.scope.name}


def _row(one: dict[str, Any]) -> str:
    used = f"used {one['last_used_at'][:10]}" if one["last_used_at"] else "never used"
    return f"{one['id']}  {one['scope']:5}  until {one['expires_at'][:10]}  {used:15}  {one['hint']}  {one['name']}"


def agent_token(tx: Tx, person: identity.User, workspace_id: str, name: str) -> identity.IssuedToken:
    """Make a token for one workspace of this person. Raises UnknownWorkspace."""
    found = workspaces.get_workspace(tx, _in_person(person), workspace_id)
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
