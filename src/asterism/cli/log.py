"""`asterism log`: the snapshots that led to this folder's workspace, or to another one."""

import itertools
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asterism.cli.completions import complete_snapshots
from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.cli.pager import Line

app = verb_app("List the snapshots that led here.")


@app.command()
def log(
    start: Annotated[
        str | None,
        typer.Argument(
            metavar="START",
            help="A workspace, tag, id or beginning of an id (default: this folder's workspace).",
            autocompletion=complete_snapshots,
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every snapshot of the project, not only what led there.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 100,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List snapshots and what they follow, newest first, with their tags and where this folder is."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.pager import paged
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.revisions import history, tags

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            binding = state.bound()
            rows = history(api, binding.project_id, binding.workspace_id, start, everything=everything)
            found = list(itertools.islice(rows, limit))
            names = {} if as_json or not found else _names(tags(api, binding.project_id))
            head = None if as_json or not found else api.workspace(binding.workspace_id).current_snapshot_id
        here = binding.base.snapshot_id if binding.base else None
        if as_json:
            emit({"snapshots": found, "here_snapshot_id": here})
            return
        with paged() as write:
            for snapshot in found:
                marks = ["here"] * (snapshot["id"] == here) + ["head"] * (snapshot["id"] == head)
                write(_lines(snapshot, [*marks, *(f"tag {name}" for name in names.get(snapshot["id"], []))]))
        if not found:
            say("there are no snapshots yet; `asterism push` makes one")


def _names(found: list[Any]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for tag in found:
        names.setdefault(tag.snapshot_id, []).append(tag.name)
    return names


def _lines(snapshot: dict[str, Any], marks: list[str]) -> "list[Line]":
    """Write one snapshot: id, time, author, marks; then its message."""
    from asterism.cli.output import printable

    name, email = snapshot.get("author_name") or "", snapshot.get("author_email") or ""
    author = f"{name} <{email}>".strip() if email else name
    shown = f"  ({', '.join(marks)})" if marks else ""
    parts = (snapshot["id"], snapshot["created_at"], author)
    first = printable("  ".join(part for part in parts if part) + shown)
    return [
        (first, "yellow"),
        *((f"    {printable(line)}", None) for line in (snapshot.get("summary") or "").splitlines()),
    ]
