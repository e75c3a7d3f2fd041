"""`asterism map`: the map of a project's code, or what it finds."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Show the map of a project's code, or search it.")


@app.command()
def map_(
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help="Find folders, files and decisions by words.")
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", metavar="PROJECT", help="Name or id (default: this folder's project).")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=20, help="How many results at most.")] = 8,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Show systems, modules and what they depend on; made anew where the project has a newer tree."""
    from asterism.cli.output import command, emit, printable, say, show
    from asterism.cli.places import project_id_of
    from asterism.cli.session import open_api
    from asterism.client.atlas import read_map, search_map

    with command(as_json=as_json):
        with open_api(url, token) as api:
            project_id = project_id_of(api, project)
            found = read_map(api, project_id) if search is None else search_map(api, project_id, search, limit)
        if as_json:
            emit(found)
            return
        lines = list(_lines(found) if search is None else _results(found))
        for line in lines:
            show(printable(line))
        if not lines:
            say(
                "nothing was found"
                if search is not None
                else "the project has no files yet; `asterism push` sends some"
            )


def _results(found: dict[str, Any]) -> Iterator[str]:
    for one in found["results"]:
        yield f"{one['layer']:<10}  {one['name']}  {one['description'] or ''}".rstrip()


def _lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield each system with its modules, what they are, and which modules they depend on."""
    names = {one["id"]: one for one in found["concepts"]}
    inside: dict[str, list[str]] = {}
    needs: dict[str, list[str]] = {}
    for edge in found["edges"]:
        start, end = edge["from_concept_id"], edge["to_concept_id"]
        if edge["type"] == "contains" and start.startswith("system:"):
            inside.setdefault(start, []).append(end)
        elif edge["type"] == "depends_on" and start.startswith("module:"):
            needs.setdefault(start, []).append(f"{names[end]['name']} ({edge['weight']})")
    for id_, one in names.items():
        if one["layer"] == "system":
            yield f"{one['name']}: {one['description']}"
            for module in inside.get(id_, []):
                arrows = f" → {', '.join(needs[module][:8])}" if module in needs else ""
                yield f"  {names[module]['name']}: {names[module]['description']}{arrows}"
        elif one["layer"] == "capability":
            yield f"* {one['name']}: {one['description']}"
