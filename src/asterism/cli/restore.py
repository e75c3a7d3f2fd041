"""`asterism restore`: make this folder's tree that of an earlier snapshot."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Make this folder's tree that of a snapshot.")


@app.command()
def restore(
    snapshot: Annotated[
        str, typer.Argument(metavar="SNAPSHOT_OR_TAG", help="A tag, an id, the beginning of an id, or `head`.")
    ],
    save: Annotated[bool, typer.Option("--save", help="Keep unsaved edits as a snapshot first.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Make the tree of this folder that of a snapshot. Refuses while there are unsaved edits (exit code 5).

    Files that are ignored are left alone. The workspace's head stays where it is; `asterism pull` leads back to it,
    `asterism push --force` makes the restored tree its head. What --save keeps is a snapshot of the project that is no
    workspace's head; `asterism log --all` lists it.
    """
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.places import threads, working_copy
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client import update
    from asterism.client.push import Wish, push
    from asterism.client.revisions import find_snapshot

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api, Bar() as bar:
            binding = state.bound()
            found = find_snapshot(api, binding.project_id, binding.workspace_id, snapshot)
            saved, kept = None, None
            if save:
                note = f"Saved before restoring {snapshot}"
                done = push(api, state.top, Wish(note=note, aside=True), progress=bar, threads=threads())
                saved, kept = done.snapshot.id if done.created else None, done.manifest_hash
            result = update.restore(api, state, found, saved=kept, threads=threads(), progress=bar)
        if as_json:
            emit(
                {
                    "snapshot_id": result.snapshot_id,
                    "manifest_hash": result.manifest_hash,
                    "changed": result.changed,
                    "saved_snapshot_id": saved,
                }
            )
            return
        if saved:
            say(f"saved the edits as {saved[:12]}")
        say(f"at {result.snapshot_id[:12]}: {count(len(result.changed), 'path')} changed")
