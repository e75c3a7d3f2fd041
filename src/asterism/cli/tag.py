"""`asterism tag`: names for snapshots."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Name a snapshot, or list the names.")


@app.command()
def tag(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The name; without it tags are listed.")] = None,
    snapshot: Annotated[
        str | None,
        typer.Argument(metavar="SNAPSHOT", help="What to name; where this folder is without it."),
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Give a snapshot a name, or list the project's names."""
    import msgspec

    from asterism.base.errors import NotFound
    from asterism.cli.output import command, emit, say, show
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.revisions import find_snapshot, tags

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            binding = state.bound()
            if name is None:
                found = tags(api, binding.project_id)
                if as_json:
                    emit({"tags": [msgspec.to_builtins(each) for each in found]})
                    return
                for each in found:
                    show(f"{each.snapshot_id}  {each.name}")
                return
            if snapshot is not None:
                target = find_snapshot(api, binding.project_id, binding.workspace_id, snapshot).id
            elif binding.base is not None:
                target = binding.base.snapshot_id
            else:
                raise NotFound("This folder is at no snapshot yet.", hint="Push first, or say which snapshot to name.")
            made = api.create_tag(binding.project_id, name, target)
        if as_json:
            emit({"tag": msgspec.to_builtins(made)})
            return
        say(f"{made.snapshot_id[:12]} is {made.name} now")
