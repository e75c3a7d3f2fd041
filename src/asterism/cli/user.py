"""`asterism user`: local users, who sign in by one-time links."""

import re
from typing import Annotated, Any

import typer

from asterism.base.errors import Invalid
from asterism.cli.local import DataDir, local_database
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import count as counted
from asterism.cli.output import emit, say, show, show_list
from asterism.cli.questions import confirm
from asterism.features.accounts import identity
from asterism.features.operations import removals
from asterism.features.versions import snapshots
from asterism.server.data_folder import running_address
from asterism.server.serve import reachable_address
from asterism.server.settings import Settings

app = verb_app("Add, list and remove local users, and make sign-in links.")
author = verb_app("Teach authors of snapshots.")
app.add_typer(author, name="author")


@app.callback(no_args_is_help=True)
def group() -> None:
    """Add, list and remove local users, and make sign-in links."""


@author.callback(no_args_is_help=True)
def author_group() -> None:
    """Teach authors of snapshots."""


PAIR = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>")
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The user's address.")]


@app.command()
def add(
    email: Email,
    admin: Annotated[bool, typer.Option("--admin", help="Let the user manage the server.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a local user and print a one-time sign-in link."""
    with local_database(data_dir) as (settings, db), db.write() as tx:
        identity.ensure_owner(tx, settings.owner_email)
        user = identity.add_user(tx, email, is_admin=admin)
        code = identity.create_link(tx, user)
    tell(settings, user, code.text, as_json)


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the users of the server, the first one first."""
    with local_database(data_dir) as (settings, db), db.write() as tx:
        identity.ensure_owner(tx, settings.owner_email)
        found = identity.list_users(tx)
    show_list("users", [entry(user) for user in found], _row, as_json=as_json)


def _row(user: dict[str, Any]) -> str:
    role = "owner" if user["is_owner"] else "admin" if user["is_admin"] else ""
    return f"{user['id']}  {user['created_at'][:10]}  {role:5}  {user['email']}"


def entry(user: identity.User) -> dict[str, Any]:
    """Write a user as an object of `--json`."""
    named = ("id", "email", "name", "is_admin", "created_at", "is_owner")
    return {name: getattr(user, name) for name in named}


@app.command()
def remove(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Remove a user, at once: sign-ins, tokens and keys end, and the user's projects are deleted.

    What is in the projects is purged after 30 days. The address may be added again, as somebody new.
    """
    with local_database(data_dir) as (settings, db):
        with db.write() as tx:
            identity.ensure_owner(tx, settings.owner_email)
            user = identity.find_user(tx, email)
        confirm(f"the user {user.email} with all of their projects", user.email, yes=yes)
        with db.write() as tx:
            count = removals.remove_user(tx, user)
    if as_json:
        emit({"user_id": user.id, "email": user.email, "projects": count})
    else:
        say(f"removed {user.email}, and {counted(count, 'project')}")


@app.command()
def link(email: Email, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print a one-time sign-in link for a local user."""
    with local_database(data_dir) as (settings, db), db.write() as tx:
        identity.ensure_owner(tx, settings.owner_email)
        user = identity.find_user(tx, email)
        code = identity.create_link(tx, user)
    tell(settings, user, code.text, as_json)


@author.callback(no_args_is_help=True)
def authors() -> None:
    """Teach authors of snapshots."""


@author.command("add")
def add_author(
    pair: Annotated[str, typer.Argument(help='What a client puts into ids: "Name <mail>".')],
    user: Annotated[str | None, typer.Option(help="Address of the user; default: the owner.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Teach a pair of name and address that a client puts into ids of snapshots without sending it."""
    found = PAIR.fullmatch(pair.strip())
    if found is None:
        raise Invalid(f'{pair!r} is not of the form "Name <mail>".')
    with local_database(data_dir) as (settings, db), db.write() as tx:
        identity.ensure_owner(tx, settings.owner_email)
        person = identity.find_user(tx, user)
        known = snapshots.teach_authors(tx, person.id, [(found["name"].strip(), found["email"].strip())])
    if as_json:
        emit({"authors": [{"name": name, "email": email} for name, email in known]})
    for name, email in () if as_json else known:
        show(f"{name} <{email}>")


def tell(settings: Settings, user: identity.User, code: str, as_json: bool) -> None:
    """Print the link, as one object or as a line."""
    base = (settings.public_url or running_address(settings.data_dir) or reachable_address(settings)).rstrip("/")
    address = f"{base}/signin#{code}"
    if as_json:
        emit({"user": {"id": user.id, "email": user.email}, "link": address, "code": code, "expires_in": 900})
    else:
        show(address)
        say("the link works once, for 15 minutes")
