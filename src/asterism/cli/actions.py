"""`asterism actions`: what there is to look at, and an agent that mends it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.api import Api

app = verb_app("See what needs attention, and let an agent mend it.")
Item = Annotated[str, typer.Argument(metavar="ITEM", help="The item's id, or how it ends; see `list`.")]
Redeploy = Annotated[bool, typer.Option("--redeploy", help="Deploy the workspace once it is applied.")]


@app.callback(no_args_is_help=True)
def group() -> None:
    """See what needs attention, and let an agent mend it."""


@app.command("list")
def list_all(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=200, help="How many.")] = 50,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List what there is to look at in all of your workspaces, the worst first."""
    from asterism.cli.output import command, show_list
    from asterism.cli.session import open_api
    from asterism.client import action_items as calls

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = calls.items(api, limit)
        show_list("items", found, _row, as_json=as_json, none="There is nothing to look at.")


def _row(one: dict[str, Any]) -> str:
    return f"{one['id']}  {one['severity']:<8}  {one['project_name']}/{one['workspace_name']}: {one['title']}"


@app.command()
def show(
    item: Item,
    patch: Annotated[bool, typer.Option("--patch", help="Show the patch of its newest run.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Show an item, and how its newest run went."""
    from asterism.cli.output import command, emit
    from asterism.cli.output import show as line
    from asterism.cli.session import open_api
    from asterism.client import action_items as calls

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = calls.find_item(api, item)
            newest = next(iter(calls.runs(api, found["id"])), None)
        if as_json:
            emit({"item": found, "run": newest})
            return
        line(f"{found['title']} ({found['severity']}, {found['project_name']}/{found['workspace_name']})")
        for text in (found.get("description"), *found["action_data"].get("affected_files", ())):
            if text:
                line(f"  {text}")
        if newest is not None:
            _tell(newest)
            for text in newest.get("patch", "").splitlines() if patch else ():
                line(text)


@app.command("run")
def start(
    item: Item,
    force: Annotated[bool, typer.Option("--force", help="Run again although a run is ready.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Return when it has ended; exit 1 when it failed.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Let an agent work on an item. Nothing is changed before you `apply` what it made."""
    from asterism.cli.output import EXIT_FAILED, command, emit, say
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        with open_api(url, token) as api:
            begun = _begun(api, item, force=force, wait=wait)
        if as_json:
            emit({"run": begun})
        elif wait:
            _tell(begun)
        else:
            say(f"Run {begun['id']} is {begun['status']}. `asterism actions show {item}` tells how it goes.")
        if wait and begun["status"] == "failed":
            raise typer.Exit(EXIT_FAILED)


def _begun(api: "Api", item: str, *, force: bool, wait: bool) -> dict[str, Any]:
    from asterism.cli.seeing_through import pause
    from asterism.client import action_items as calls

    begun = calls.start(api, calls.find_item(api, item)["id"], force=force)
    return calls.ended(api, begun["id"], pause) if wait else begun


@app.command()
def apply(
    which: Annotated[str, typer.Argument(metavar="RUN|ITEM", help="A run's id, or an item, for its newest run.")],
    redeploy: Redeploy = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Merge what a run has made into its workspace."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.session import open_api
    from asterism.client import action_items as calls

    with command(as_json=as_json):
        with open_api(url, token) as api:
            done = calls.apply(api, calls.ready_run(api, which)["id"], redeploy=redeploy)
        if as_json:
            emit(done)
            return
        say(f"Applied as snapshot {done['snapshot_id']}." if done["snapshot_id"] else "The workspace had it already.")
        if "deployment_id" in done:
            say(f"Deployment {done['deployment_id']} is under way.")


@app.command()
def dismiss(item: Item, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Hide an item until its cause changes."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.session import open_api
    from asterism.client import action_items as calls

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = calls.find_item(api, item)
            calls.dismiss(api, found["id"])
        emit({"dismissed": found["id"]}) if as_json else say(f"Dismissed: {found['title']}")


def _tell(run: dict[str, Any]) -> None:
    """Print how a run went."""
    from asterism.cli.output import show as line

    line(f"run {run['id']}: {run['status']}, attempt {run['attempt_count']} of {run['max_attempts']}")
    for text in run.get("summary", "").splitlines():
        line(f"  {text}")
    for check in run.get("checks", ()):
        line(f"  {'ok    ' if check['success'] else 'FAILED'}  {check['command']}")
    if "error" in run:
        line(f"  {run['error']}")
