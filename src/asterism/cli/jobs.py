"""`asterism jobs`: what the server did in the background."""

from typing import Annotated, Any

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("List what the server did in the background. For administrators.")


@app.command()
def jobs(
    name: Annotated[str | None, typer.Option("--name", metavar="JOB", help="Only jobs of this name.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=500, help="How many.")] = 30,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List what the server did in the background, newest first."""
    from asterism.cli.output import command, show_list
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        with open_api(url, token) as api:
            query = {"limit": limit} | ({"name": name} if name else {})
            found = api.http.json("GET", "/v1/jobs", dict, query=query)["jobs"]
        show_list("jobs", found, _row, as_json=as_json, none="No job has run yet.")


def _row(one: dict[str, Any]) -> str:
    moment = (one["started_at"] or one["created_at"])[:19].replace("T", " ")
    took = "" if one["duration_ms"] is None else f"{one['duration_ms']:,} ms"
    about = one["key"] if one["key"] and one["key"] != one["name"] else ""
    told = " ".join(text for text in (about, one["error"] or "") if text)
    return f"{moment}  {one['status']:<7}  {took:>10}  {one['name']:<22}  {told}".rstrip()
