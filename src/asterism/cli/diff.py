"""`asterism diff`: what differs between this folder and a snapshot, or between two snapshots."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Show what differs.")


@app.command()
def diff(
    one: Annotated[
        str | None, typer.Argument(metavar="A", help="Snapshot or tag; the last snapshot of this folder without it.")
    ] = None,
    other: Annotated[str | None, typer.Argument(metavar="B", help="Snapshot or tag; this folder without it.")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Show what leads from A to B: paths with --json, differing lines without it."""
    from asterism.cli.output import command, emit, show
    from asterism.cli.places import threads, working_copy
    from asterism.cli.session import open_api
    from asterism.client import compare
    from asterism.client.revisions import find_snapshot

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            binding = state.bound()
            first = find_snapshot(api, binding.project_id, binding.workspace_id, one) if one else None
            second = find_snapshot(api, binding.project_id, binding.workspace_id, other) if other else None
            new = compare.local_content(state.top)
            if first is None:
                changes = compare.edits(api, state, threads=threads())
            elif second is None:
                changes = compare.edits_against(api, state, first, threads=threads())
            else:
                changes = compare.between(api, first, second)
                new = compare.stored_content(api)
            if as_json:
                emit({"files": [{"path": change.path, "change": change.kind} for change in changes]})
                return
            for line in compare.unified(changes, compare.stored_content(api), new):
                show(line)
