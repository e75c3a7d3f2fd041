"""`asterism status`: what is edited here since the last snapshot."""

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Show what is edited since the last snapshot.")
LETTERS = {"added": "A", "modified": "M", "deleted": "D", "mode": "X", "type": "T"}


@app.command()
def status(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Show the paths that differ from the snapshot this folder was last equal to. Exits 0 whether or not there are any.

    Letters: A added, M modified, D deleted, X executable bit, T file became link or link became file.
    """
    from asterism.cli.output import command, emit, say, show
    from asterism.cli.places import threads, working_copy
    from asterism.cli.session import open_api
    from asterism.client.compare import edits

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state, anonymous=True) as api:
            changes = edits(api, state, threads=threads())
        binding = state.bound()
        if as_json:
            emit(
                {
                    "project_id": binding.project_id,
                    "workspace_id": binding.workspace_id,
                    "snapshot_id": binding.base.snapshot_id if binding.base else None,
                    "clean": not changes,
                    "files": [{"path": change.path, "change": change.kind} for change in changes],
                }
            )
            return
        for change in changes:
            show(f"{LETTERS[change.kind]} {change.path}")
        base = binding.base.snapshot_id[:12] if binding.base else "nothing yet"
        say(f"{binding.project_name}, workspace {binding.workspace_name}, at {base}: {_count(len(changes))}")


def _count(number: int) -> str:
    return "clean" if number == 0 else f"{number} path{'s' if number != 1 else ''} differ{'s' if number == 1 else ''}"
