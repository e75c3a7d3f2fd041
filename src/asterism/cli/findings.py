"""`asterism findings`: what reviews of stored trees have found, and a review of what a workspace shows."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from asterism.cli.completions import complete_workspaces
from asterism.cli.options import AsJson, Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.api import Api

app = verb_app("Review what a workspace shows, and say what becomes of findings.")
Project = Annotated[
    str | None, typer.Option("--project", metavar="PROJECT", help="Name or id (default: this folder's project).")
]
Finding = Annotated[str, typer.Argument(metavar="FINDING", help="The finding's id, or how it ends; see `list`.")]


@app.callback(no_args_is_help=True)
def group() -> None:
    """Review what a workspace shows, and say what becomes of findings."""


@app.command("list")
def list_all(
    status: Annotated[
        str, typer.Option(metavar="open|fixed|dismissed|all", help="Which findings.", show_default=True)
    ] = "open",
    workspace: Annotated[
        str | None,
        typer.Option(metavar="WORKSPACE", help="Only what is in this workspace.", autocompletion=complete_workspaces),
    ] = None,
    path: Annotated[str | None, typer.Option(metavar="FILE", help="Only what is in this file.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=2000, help="How many.")] = 50,
    project: Project = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List findings, the newest first, where they stand by now."""
    from asterism.cli.output import command, show_list
    from asterism.cli.places import project_id_of
    from asterism.cli.session import open_api
    from asterism.client import findings as calls
    from asterism.client.projects import find_workspace

    with command(as_json=as_json):
        with open_api(url, token) as api:
            where = project_id_of(api, project)
            inside = find_workspace(api, where, workspace).id if workspace else None
            only = None if status == "all" else status
            found = calls.findings(api, where, limit=limit, status=only, workspace_id=inside, path=path)
        show_list("findings", found, _row, as_json=as_json, none="There are no such findings.")


def _row(one: dict[str, Any]) -> str:
    line = f":{one['line_start']}" if one["line_start"] is not None else ""
    return f"{one['id']}  {one['severity']:<8}  {one['status']:<9}  {one['file']}{line}: {one['title']}"


@app.command()
def show(
    finding: Finding, project: Project = None, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Show a finding with its texts, where it is, and what brought it."""
    from asterism.cli.output import command, emit, printable
    from asterism.cli.output import show as line
    from asterism.cli.places import project_id_of
    from asterism.cli.session import open_api
    from asterism.client import findings as calls

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = calls.find(api, project_id_of(api, project), finding)
        if as_json:
            emit({"finding": found})
            return
        for text in (_row(found), found["rationale"], found["recommendation"], *_life(found)):
            line(printable(text))


def _life(one: dict[str, Any]) -> list[str]:
    found = [f"in {len(one['present_in'])} workspaces: {', '.join(one['present_in'])}"] if one["present_in"] else []
    if one["fixed_in"] and one["fixed_in"]["tree"]:
        found.append(f"fixed in the tree {one['fixed_in']['tree']}")
    brought = one["introduced_by"] or {}
    found += [f"brought by {name.removesuffix('_id')} {brought[name]}" for name in brought]
    return found


@app.command()
def dismiss(
    finding: Finding, project: Project = None, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Say that a finding is not wanted; later reviews leave it out."""
    _decide(finding, "dismiss", project, url, token, as_json=as_json)


@app.command()
def reopen(
    finding: Finding, project: Project = None, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """Take a dismissed finding up again."""
    _decide(finding, "reopen", project, url, token, as_json=as_json)


def _decide(finding: str, verb: str, project: str | None, url: str | None, token: str | None, *, as_json: bool) -> None:
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import project_id_of
    from asterism.cli.session import open_api
    from asterism.client import findings as calls

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = calls.find(api, project_id_of(api, project), finding)
            done = calls.decide(api, found["id"], verb)
        if as_json:
            emit({"finding": done})
        else:
            say(f"Finding {done['id']} is {done['status']}.")


@app.command()
def review(
    workspace: Annotated[
        str | None,
        typer.Option(
            metavar="WORKSPACE", help="Which one (default: this folder's).", autocompletion=complete_workspaces
        ),
    ] = None,
    against: Annotated[
        str, typer.Option(metavar="main|head|SNAPSHOT", help="What it is compared with.", show_default=True)
    ] = "main",
    lenses: Annotated[str | None, typer.Option(metavar="A,B", help="Only these lenses.")] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="quick, strict, perf or security.")] = None,
    project: Project = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Review what a workspace shows on the server, as it was pushed last, and wait for the findings.

    Exits with 1 when the review failed. An interrupt cancels it.
    """
    from asterism.cli.output import EXIT_FAILED, command, emit, fail, say, show_list
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        chosen = [one.strip() for one in (lenses or "").split(",") if one.strip()]
        body = {"against": against, "lenses": chosen, "profile": profile}
        with open_api(url, token) as api:
            found = _reviewed(api, project, workspace, body)
        failed = found["review"]["status"] != "completed"
        if as_json:
            emit(found)
            if failed:
                raise typer.Exit(EXIT_FAILED)
            return
        if failed:
            fail((found["review"]["error"] or {}).get("message", "The review failed."), None, EXIT_FAILED)
        show_list("findings", found["findings"], _row, as_json=False, none="Nothing was found.")
        say(found["summary"] or "")


def _reviewed(api: "Api", project: str | None, workspace: str | None, body: dict[str, Any]) -> dict[str, Any]:
    from asterism.cli.places import project_id_of, working_copy
    from asterism.cli.seeing_through import pause
    from asterism.client import findings as calls
    from asterism.client.projects import find_workspace

    if workspace:
        workspace_id = find_workspace(api, project_id_of(api, project), workspace).id
    else:
        workspace_id = working_copy().bound().workspace_id
    begun = calls.begin(api, workspace_id, body)
    try:
        return calls.ended(api, begun["id"], pause)
    except KeyboardInterrupt:
        calls.cancel(api, begun["id"])
        raise
