"""`asterism drift`: how far this folder's workspace and main are apart."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from asterism.cli.completions import complete_workspaces
from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.cli.style import Style

app = verb_app("Show how far this folder's workspace and main are apart.")
# list of the report → its letter and colour
MARKS: "dict[str, tuple[str, Style]]" = {
    "source_only": ("<", "green"),
    "workspace_only": (">", "cyan"),
    "both_different": ("!", "yellow"),
}


@app.command()
def drift(
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="WORKSPACE",
            help="The workspace to compare with (default: main).",
            autocompletion=complete_workspaces,
        ),
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Compare the newest snapshots of this folder's workspace and of main, path by path. Exits 0 with or without drift.

    Marks: `<` only in main, `>` only in this workspace, `!` different in the two. Edits that are not pushed don't
    count: `asterism status` shows them.
    """
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.projects import find_workspace

    with command(as_json=as_json):
        state = working_copy()
        binding = state.bound()
        with open_api(url, token, at=state) as api:
            other = find_workspace(api, binding.project_id, source).id if source else None
            found = api.drift(binding.workspace_id, other)
        if as_json:
            emit(found)
            return
        if found.get("drift") is None:
            say(found.get("message") or "There is nothing to compare with.")
            if found.get("is_main_workspace"):
                say("hint: `asterism drift --from WORKSPACE` compares it with another one.")
            return
        _show(found["drift"])
        say(summary(found["drift"], binding.workspace_name, found["source_workspace"]["name"]))


def _show(report: dict[str, Any]) -> None:
    import sys

    from asterism.cli.output import path_text, show
    from asterism.cli.style import coloured, paint

    colours = coloured(sys.stdout)
    for name, (letter, style) in MARKS.items():
        for path in report[name]:
            show(f"{paint(letter, style, on=colours)} {path_text(path)}")


def summary(report: dict[str, Any], workspace: str, source: str) -> str:
    """Write a report (Fastest 4.5) as one line."""
    from asterism.cli.output import count

    added, changed, own = report["files_added"], report["files_modified"], len(report["workspace_only"])
    if not (added or changed or own):
        return f"{workspace} has what {source} has"
    parts = [
        f"{count(added, 'path')} only in {source}" if added else "",
        f"{count(own, 'path')} only here" if own else "",
        f"{count(changed, 'path')} different" if changed else "",
    ]
    return f"{workspace} against {source}: {', '.join(part for part in parts if part)}"
