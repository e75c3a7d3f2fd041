"""`asterism tag`: names for snapshots."""

from typing import Annotated

import typer

from asterism.base.errors import Invalid
from asterism.cli.completions import complete_snapshots
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Name a snapshot, list the names, or take one away.")


@app.command()
def tag(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The name (default: list the names).")] = None,
    snapshot: Annotated[
        str | None,
        typer.Argument(
            metavar="SNAPSHOT",
            help="What to name (default: where this folder is).",
            autocompletion=complete_snapshots,
        ),
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", "-d", help="Take the name away; the snapshot stays.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Give a snapshot a name, list the project's names, or take one away."""
    import msgspec

    from asterism.cli.output import command, emit, say, show_list
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.revisions import find_or_base, tags
    from asterism.client.snapshot_id import short

    with command(as_json=as_json):
        if delete and (name is None or snapshot is not None):
            raise Invalid("--delete takes one name and nothing else.", hint="`asterism tag --delete NAME`")
        state = working_copy()
        with open_api(url, token, at=state) as api:
            project = state.bound().project_id
            if delete and name is not None:
                api.delete_tag(project, name)
                if as_json:
                    emit({"deleted": name})
                    return
                say(f"{name} names nothing any more")
                return
            if name is None:
                found = tags(api, project)
                show_list("tags", found, lambda each: f"{each.snapshot_id}  {each.name}", as_json=as_json)
                return
            made = api.create_tag(project, name, find_or_base(api, state.bound(), snapshot))
        if as_json:
            emit({"tag": msgspec.to_builtins(made)})
            return
        say(f"{short(made.snapshot_id)} is {made.name} now")
