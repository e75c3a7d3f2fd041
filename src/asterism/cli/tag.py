"""`asterism tag`: names for snapshots."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from asterism.cli.completions import complete_snapshots
from asterism.cli.options import AsJson, Token, Url, verb_app

NAME = " "  # so that nobody can type it, and no tag is taken for it


class TagGroup(TyperGroup):
    """A group where words that name no command belong to one without a name, which was there first."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put that command in front of what names no command and asks for no help."""
        known = args[:1] and (args[0] in self.commands or args[0] in ctx.help_option_names)
        completing = ctx.resilient_parsing and not args  # the shell asks what there is
        return super().parse_args(ctx, args if known or completing else [NAME, *args])


HELP = "Name a snapshot, list the names, or take one away. `asterism tag NAME [SNAPSHOT]` is short for `create`."
app = verb_app(HELP)
Tag = Annotated[str, typer.Argument(metavar="NAME", help="The name.")]
Snapshot = Annotated[
    str | None,
    typer.Argument(
        metavar="SNAPSHOT", help="What to name (default: where this folder is).", autocompletion=complete_snapshots
    ),
]


@app.callback(cls=TagGroup, help=HELP)
def group() -> None:
    """Everything is said by the commands."""


@app.command("list")
def list_all(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """List the names and what they stand for. So does `asterism tag` alone."""
    from asterism.cli.output import command, show_list
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.revisions import tags

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            found = tags(api, state.bound().project_id)
        show_list("tags", found, lambda each: f"{each.snapshot_id}  {each.name}", as_json=as_json)


@app.command()
def create(name: Tag, snapshot: Snapshot = None, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Give a snapshot a name. One that another snapshot has is to be deleted first."""
    import msgspec

    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.revisions import find_or_base
    from asterism.client.snapshot_id import short

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            bound = state.bound()
            made = api.create_tag(bound.project_id, name, find_or_base(api, bound, snapshot))
        emit({"tag": msgspec.to_builtins(made)}) if as_json else say(f"{short(made.snapshot_id)} is {made.name} now")


@app.command()
def delete(name: Tag, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Take a name away; the snapshot stays."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api

    with command(as_json=as_json, unknown="`asterism tag` lists the names."):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            api.delete_tag(state.bound().project_id, name)
        emit({"deleted": name}) if as_json else say(f"{name} names nothing any more")


@app.command(NAME, hidden=True)
def name_or_list(
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    snapshot: Snapshot = None,
    gone: Annotated[bool, typer.Option("--delete", "-d")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Do what the words in front of which no command stands ask for."""
    from asterism.base.errors import Invalid
    from asterism.cli.output import command

    with command(as_json=as_json):
        if gone and (name is None or snapshot is not None):
            raise Invalid("--delete takes one name and nothing else.", hint="`asterism tag --delete NAME`")
        if name in {"list", "create", "delete"} and not gone:
            raise Invalid(f"{name!r} is a command here.", hint=f"Options come after it: `asterism tag {name} ...`.")
    if gone and name is not None:
        delete(name, url, token, as_json)
    elif name is not None:
        create(name, snapshot, url, token, as_json)
    else:
        list_all(url, token, as_json)
