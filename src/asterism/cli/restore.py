"""`asterism restore`: make this folder's tree, or some paths of it, those of a snapshot."""

from typing import Annotated

import typer

from asterism.cli.completions import complete_snapshots
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Make this folder's tree, or some paths of it, those of a snapshot.")


@app.command()
def restore(
    snapshot: Annotated[
        str,
        typer.Argument(
            metavar="SNAPSHOT",
            help="A tag, `head`, an id, the beginning of one, or a workspace's name.",
            autocompletion=complete_snapshots,
        ),
    ],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="Only these (default: the whole tree).")
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Keep unsaved edits as a snapshot first.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make the tree of this folder that of a snapshot. Refuses while there are unsaved edits (exit code 5).

    With PATHs only these become what they are in the snapshot, as edits of this folder. Files that are ignored are
    left alone. The workspace's head stays where it is: `asterism pull` leads back to it, `asterism push --force` makes
    the restored tree its head. What --save keeps is a snapshot of the project that is no workspace's head; `asterism
    log --all` lists it.
    """
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.places import inside, threads, working_copy
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client import restore as use_case
    from asterism.client.revisions import find_snapshot
    from asterism.client.snapshot_id import short

    with command(as_json=as_json):
        state = working_copy()
        chosen = [inside(state, path) for path in paths or ()]
        with open_api(url, token, at=state) as api, Bar() as bar:
            binding = state.bound()
            found = find_snapshot(api, binding.project_id, binding.workspace_id, snapshot)
            note = f"Saved before restoring {snapshot}" if save else None
            done = use_case.restore(api, state, found, chosen, note=note, threads=threads(), progress=bar)
        if as_json:
            emit(
                {
                    "snapshot_id": done.snapshot_id,
                    "manifest_hash": done.manifest_hash,
                    "changed": done.changed,
                    "saved_snapshot_id": done.saved,
                }
            )
            return
        if done.saved:
            say(f"saved the edits as {short(done.saved)}")
        what = "as in" if chosen else "at"
        say(f"{what} {short(done.snapshot_id)}: {count(len(done.changed), 'path')} changed")
