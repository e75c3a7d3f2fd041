"""`asterism workspace`: list, make, change and go to workspaces."""

from typing import Annotated, Any, Literal

import typer

from asterism.cli.completions import complete_workspaces
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("List, make, change and go to workspaces.")
Name = Annotated[str, typer.Argument(metavar="WORKSPACE", help="Its name or id.", autocompletion=complete_workspaces)]


@app.callback(invoke_without_command=True)
def workspace(context: typer.Context) -> None:
    """List, make, change and go to workspaces of this folder's project. Without a command: list them."""
    if context.invoked_subcommand is None:
        list_workspaces()


@app.command("list")
def list_workspaces(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """List the workspaces of this folder's project, newest first; `*` marks the one that the folder works in."""
    from asterism.cli.output import command, show_list
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        state = working_copy()
        binding = state.bound()
        with open_api(url, token, at=state) as api:
            found = api.workspaces_as_shown(binding.project_id)
        here = binding.workspace_id
        show_list(
            "workspaces",
            found,
            lambda each: f"{'*' if each['id'] == here else ' '} {row(each)}",
            as_json=as_json,
            workspace_id=here,
        )


def row(shown: dict[str, Any]) -> str:
    """Write a workspace as one line: id, beginning of its head, name."""
    from asterism.client.snapshot_id import short

    head = short(shown.get("current_snapshot_id") or "-")
    main = "  (main)" if shown.get("is_main") else ""
    return f"{shown['id']}  {head:12}  {shown['name']}{main}"


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new workspace's name.")],
    base: Annotated[
        str | None,
        typer.Option("--from", metavar="SNAPSHOT", help="Where it begins (default: where this folder is)."),
    ] = None,
    switch_to: Annotated[bool, typer.Option("--switch", help="Go there with this folder.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make a workspace that begins at a snapshot."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client import workspaces
    from asterism.client.revisions import find_snapshot
    from asterism.client.snapshot_id import short

    with command(as_json=as_json):
        state = working_copy()
        binding = state.bound()
        with open_api(url, token, at=state) as api:
            start = binding.base.snapshot_id if binding.base else None
            if base is not None:
                start = find_snapshot(api, binding.project_id, binding.workspace_id, base).id
            made = workspaces.create(api, binding.project_id, name, start)
        if as_json and not switch_to:
            emit({"workspace_id": made.id, "workspace_name": made.name, "snapshot_id": start})
            return
        say(f"made the workspace {made.name} at {short(start) if start else 'nothing yet'}")
    if switch_to:
        switch(made.id, None, url, token, as_json)


@app.command()
def switch(
    name: Name,
    take: Annotated[
        Literal["mine", "theirs"] | None,
        typer.Option(help="Whose version to keep where an edit of this folder can't be joined with what is there."),
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Go to another workspace: the folder becomes its newest tree, and unsaved edits come along, as in `pull`."""
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.places import threads, working_copy
    from asterism.cli.progressbar import Bar
    from asterism.cli.questions import decider
    from asterism.cli.session import open_api
    from asterism.client.pull import pull
    from asterism.client.snapshot_id import short

    with command(as_json=as_json):
        state = working_copy()
        decide = decider(take, (), (), may_ask=not as_json)
        with open_api(url, token, at=state) as api, Bar() as bar:
            done = pull(api, state, decide, workspace=name, threads=threads(), progress=bar)
        binding = state.bound()
        if as_json:
            emit(
                {
                    "workspace_id": binding.workspace_id,
                    "workspace_name": binding.workspace_name,
                    "snapshot_id": done.snapshot_id,
                    "changed": done.changed,
                    "merged": done.merged,
                    "kept_edits": done.kept_edits,
                    "saved_snapshot_id": done.saved,
                }
            )
            return
        if done.saved:
            say(f"kept the edits that gave way as {short(done.saved)}")
        changed, kept = count(len(done.changed), "path"), count(len(done.kept_edits), "edit")
        say(f"in the workspace {binding.workspace_name} at {short(done.snapshot_id)}: {changed} changed, {kept} kept")


@app.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW_NAME", help="Its new name.")],
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Give a workspace another name."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client import workspaces

    with command(as_json=as_json):
        state = working_copy()
        binding = state.bound()
        with open_api(url, token, at=state) as api:
            changed = workspaces.rename(api, binding.project_id, name, new_name)
        if changed.id == binding.workspace_id:
            with state.locked():
                binding = state.bound()
                binding.workspace_name = changed.name
                state.save(binding)
        if as_json:
            emit({"workspace_id": changed.id, "workspace_name": changed.name})
            return
        say(f"it is {changed.name} now")


@app.command()
def archive(name: Name, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Take a workspace off the list. Its snapshots stay in the project."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client import workspaces

    with command(as_json=as_json):
        state = working_copy()
        binding = state.bound()
        with open_api(url, token, at=state) as api:
            gone = workspaces.archive(api, binding.project_id, name, here=binding.workspace_id)
        if as_json:
            emit({"workspace_id": gone.id, "workspace_name": gone.name})
            return
        say(f"archived {gone.name}")


@app.command("set-main")
def set_main(name: Name, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Make a workspace the project's main one: what `clone` takes when none is named."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client import workspaces

    with command(as_json=as_json):
        state = working_copy()
        binding = state.bound()
        with open_api(url, token, at=state) as api:
            main = workspaces.set_main(api, binding.project_id, name)
        if as_json:
            emit({"workspace_id": main.id, "workspace_name": main.name})
            return
        say(f"{main.name} is the main workspace now")
