"""`asterism push`: make this folder's tree a snapshot on the server."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.push import Pushed

app = verb_app("Save this folder's tree as a snapshot on the server.")


@app.command()
def push(
    directory: Annotated[
        str | None, typer.Argument(metavar="DIR", help="The folder (default: the working copy you are in).")
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_ID",
            help="The project (default: the folder's own, else one named like it).",
            autocompletion=complete_projects,
        ),
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", "-m", metavar="TEXT", help="What this snapshot is.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the head even if this folder is not based on it.")
    ] = False,
    rebind: Annotated[
        bool, typer.Option("--rebind", help="Let the folder go to another project or server than its own.")
    ] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Save the tree of DIR as a snapshot on the server, sending only what the server lacks.

    Makes the project and its workspace `main` when there are none. What .gitignore and .asterismignore name stays
    out. When others have pushed since this folder was last in step, nothing is saved and the exit code is 5: `asterism
    pull` joins their work with yours. With --force the new snapshot follows the one that this folder is based on, and
    the head that it replaces stays in the project, outside the workspace's history.
    """
    from asterism.cli.output import command
    from asterism.cli.places import folder_to_push, threads
    from asterism.client.look import looking
    from asterism.client.workcopy.state import State

    with command(as_json=as_json):
        state = State(folder_to_push(directory))
        with ExitStack() as held:
            begun = held.enter_context(looking(state)) if state.binding() is not None else None

            from asterism.cli.progressbar import Bar
            from asterism.cli.session import open_api
            from asterism.client import push as use_case

            wish = use_case.Wish(project, message, force=force, rebind=rebind)
            api = held.enter_context(open_api(url, token, at=state, rebind=rebind))
            begun = begun or held.enter_context(looking(state))
            with Bar() as bar:
                done = use_case.push_seen(api, begun, wish, progress=bar, threads=threads())
        _tell(done, as_json=as_json)


def _tell(done: "Pushed", *, as_json: bool) -> None:
    """Say what was done."""
    from asterism.cli.output import count, emit, say, show
    from asterism.client.snapshot_id import short

    for path in done.special[:20]:
        say(f"warning: {path} is no file, folder or link; it was left out")
    if done.overtook:
        say(f"replaced {short(done.overtook)}; `asterism restore {short(done.overtook)}` brings it back")
    if as_json:
        emit(_described(done))
        return
    show(f"project   {done.project.id}  {done.project.name}")
    show(f"workspace {done.workspace.id}  {done.workspace.name}")
    show(f"snapshot  {done.snapshot.id}")
    show(f"manifest  {done.manifest_hash}")
    if done.created:
        say(f"pushed {count(done.files, 'entry', 'entries')}, {_sent(done)}")
    else:
        say("nothing has changed since the last snapshot")


def _sent(done: "Pushed") -> str:
    from asterism.cli.output import count, size_text

    return f"{count(done.sent_blobs, 'new content')} ({size_text(done.sent_bytes)})"


def _described(done: "Pushed") -> dict[str, Any]:
    """Write the one object of `--json`."""
    return {
        "project_id": done.project.id,
        "project_name": done.project.name,
        "workspace_id": done.workspace.id,
        "workspace_name": done.workspace.name,
        "snapshot_id": done.snapshot.id,
        "manifest_hash": done.manifest_hash,
        "parent_snapshot_ids": done.snapshot.parent_snapshot_ids,
        "created": done.created,
        "entries": done.files,
        "sent_blobs": done.sent_blobs,
        "sent_bytes": done.sent_bytes,
    }
