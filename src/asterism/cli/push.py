"""`asterism push`: make this folder's tree a snapshot on the server."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Save this folder's tree as a snapshot on the server.")


@app.command()
def push(
    directory: Annotated[
        str | None, typer.Argument(metavar="DIR", help="The folder; the working copy you are in without this.")
    ] = None,
    project: Annotated[
        str | None,
        typer.Option(metavar="NAME_OR_ID", help="The project; the folder's own, else one named like it, without this."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", "-m", metavar="TEXT", help="What this snapshot is.")
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Save the tree of DIR as a snapshot on the server, sending only what the server lacks.

    Makes the project and its workspace `main` when there are none. What .gitignore and .asterismignore name stays
    out.
    """
    from asterism.cli.output import command, emit, say, show, size_text
    from asterism.cli.places import folder_to_push, threads
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client import push as use_case
    from asterism.client.workcopy.state import State

    with command(as_json=as_json):
        top = folder_to_push(directory)
        with open_api(url, token, at=State(top)) as api, Bar() as bar:
            done = use_case.push(api, top, project=project, message=message, progress=bar, threads=threads())
        for path in done.special[:20]:
            say(f"warning: {path} is no file, folder or link; it was left out")
        if done.overtook:
            say(f"warning: others had pushed {done.overtook[:12]} meanwhile; it stays in the history as the parent")
        if as_json:
            emit(
                {
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
            )
            return
        show(f"project   {done.project.id}  {done.project.name}")
        show(f"workspace {done.workspace.id}  {done.workspace.name}")
        show(f"snapshot  {done.snapshot.id}")
        show(f"manifest  {done.manifest_hash}")
        if done.created:
            say(f"pushed {done.files} entries, {done.sent_blobs} new contents ({size_text(done.sent_bytes)})")
        else:
            say("nothing has changed since the last snapshot")
