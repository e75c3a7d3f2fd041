"""`asterism blame`: which snapshot, and which prompt, brought each line of a file."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from asterism.cli.completions import complete_snapshots
from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.cli.pager import Line

app = verb_app("Show what brought each line of a file.")
WHO = 20
PROMPT = 60


@app.command()
def blame(
    path: Annotated[str, typer.Argument(metavar="FILE", help="The file, in this folder.")],
    snapshot: Annotated[
        str | None,
        typer.Argument(
            metavar="SNAPSHOT",
            help="As of which snapshot (default: the one that this folder is based on).",
            autocompletion=complete_snapshots,
        ),
    ] = None,
    prompts: Annotated[bool, typer.Option("--prompts", help="Show the prompts behind lines of an agent.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Show each line of a file with the snapshot, author and day that brought it.

    `*` marks lines of an agent, `!` those with findings. Where the snapshot was deployed is said below.
    """
    from asterism.cli.output import command, emit, say
    from asterism.cli.pager import paged
    from asterism.cli.places import inside, working_copy
    from asterism.cli.session import open_api
    from asterism.client.revisions import find_or_base

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            found = api.blame(find_or_base(api, state.bound(), snapshot), inside(state, path))
        if as_json:
            emit(found)
            return
        with paged() as write:
            write(_shown(found["lines"], prompts=prompts))
        for one in found.get("deployments", ()):
            say(f"deployed as {one['id']}, {one['status']}: {one['url'] or 'no address'}")


def _shown(lines: list[dict[str, Any]], *, prompts: bool) -> "list[Line]":
    width = len(str(len(lines)))
    shown: list[Line] = []
    last = None
    for one in lines:
        mark = ("!" if one.get("findings") else " ") + ("*" if one["message_id"] else " ")
        who = (one["author_name"] or "-")[:WHO]
        if prompts and one["message_id"] not in (None, last):
            shown.append((f"# {' '.join((one['prompt'] or '').split())[:PROMPT]}", "cyan"))
        last = one["message_id"]
        text = f"{one['snapshot_id'][:12]:12}{mark}({who:{WHO}} {one['at'][:10]} {one['line']:{width}}) {one['text']}"
        shown.append((text, None))
    return shown
