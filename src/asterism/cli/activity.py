"""`asterism activity`: what happens in this folder's project."""

from typing import Annotated, Any

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Show what happens in this folder's project.")


@app.command()
def activity(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as things happen, until Ctrl-C.")] = False,
    kinds: Annotated[
        str | None,
        typer.Option(
            metavar="KINDS", help="Only these kinds, with commas between: `turn.ended,sync.*` (default: all)."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many of the newest to begin with.")
    ] = 30,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List what happened, oldest first: snapshots, syncs, the agent's turns, deployments. `--json`: a line for each."""
    from asterism.cli.output import command, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client import activity as log

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            project_id = state.bound().project_id
            found, last = log.newest(api.http, project_id, kinds, limit)
            for entry in found:
                _show(entry, as_json=as_json)
            if not found and not follow and not as_json:
                say("nothing has happened here yet")
            if follow:
                for entry in log.follow(api.http, project_id, kinds, last):
                    _show(entry, as_json=as_json)


def _show(entry: dict[str, Any], *, as_json: bool) -> None:
    from asterism.cli.output import emit, printable, show

    if as_json:
        emit(entry)
    else:
        show(printable(f"{entry['at']}  {entry['kind']:22} {entry['title']}"))
