"""`asterism log`: the snapshots of this folder's workspace."""

import itertools
from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("List the snapshots that led here.")


@app.command()
def log(
    everything: Annotated[
        bool, typer.Option("--all", help="Every snapshot of the project, not only what led to the head.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List the snapshots of this folder's workspace and their ancestors, newest first."""
    from asterism.cli.output import command, emit, say, show
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        state = working_copy()
        scope = "project" if everything else "history"
        with open_api(url, token, at=state) as api:
            found = list(itertools.islice(api.workspace_snapshots(state.bound().workspace_id, scope=scope), limit))
        if as_json:
            emit({"snapshots": found})
            return
        for snapshot in found:
            author = f"{snapshot.get('author_name') or ''} <{snapshot.get('author_email') or ''}>".strip()
            show(f"{snapshot['id']}  {snapshot['created_at']}  {author}")
            for line in (snapshot.get("summary") or "").splitlines():
                show(f"    {line}")
        if not found:
            say("there are no snapshots yet; `asterism push` makes one")
