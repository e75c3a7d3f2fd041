"""`asterism pull`: move this folder to its workspace's newest snapshot."""

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Move this folder to its workspace's newest snapshot.")


@app.command()
def pull(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Move this folder to the head of its workspace.

    Edits stay where the head did not change the same paths; otherwise nothing is changed and the exit code is 5.
    """
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.places import threads, working_copy
    from asterism.cli.progressbar import Bar
    from asterism.cli.session import open_api
    from asterism.client import update

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api, Bar() as bar:
            done = update.pull(api, state, threads=threads(), progress=bar)
        if as_json:
            emit(
                {
                    "snapshot_id": done.snapshot_id,
                    "manifest_hash": done.manifest_hash,
                    "changed": done.changed,
                    "kept_edits": done.kept_edits,
                }
            )
            return
        changed, kept = count(len(done.changed), "path"), count(len(done.kept_edits), "edit")
        say(f"at {done.snapshot_id[:12]}: {changed} changed, {kept} kept")
