"""`asterism routes [PATTERN]`: where a request goes, from the handler over the use case to the store.

Read from the code without running it (`names_in_code`): every function of a feature that a handler leads to is shown,
methods of what it reaches through `call.rt` too. `docs/reference/routes.md` lists the same table.
"""

import importlib
import importlib.util
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

import asterism
from asterism import faces
from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.base.errors import NotFound
from asterism.cli.names_in_code import Function, in_layer, named_in

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Show where a request goes in the code.")
ROOT = Path(asterism.__file__).parent


@app.command()
def routes(
    pattern: Annotated[
        str, typer.Argument(metavar="PATTERN", help="Part of a method, path or handler, such as sync/prepare.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print, for each endpoint that matches, its handler, the use cases it calls and the stores those reach."""
    found = [e for endpoints in all_endpoints().values() for e in endpoints if matches(e, pattern)]
    if not found:
        raise NotFound(f"No route matches {pattern!r}.", hint="Run `asterism routes` for all of them.")
    described = [describe(endpoint) for endpoint in found]
    if as_json:
        sys.stdout.write(json.dumps({"routes": described}) + "\n")
        return
    for entry in described:
        lines = [entry["route"], f"  {entry['handler']}"]
        lines += [f"    -> {place}" for place in entry["use_cases"]]
        lines += [f"      -> {place}" for place in entry["stores"]]
        sys.stdout.write("\n".join(lines) + "\n")


def all_endpoints() -> dict[str, list[Endpoint]]:
    """Return the endpoints of each face, by the name of the face, in the order of their paths."""
    found: dict[str, list[Endpoint]] = {}
    for info in pkgutil.iter_modules(faces.__path__):
        table = f"asterism.faces.{info.name}.endpoints"
        if info.ispkg and importlib.util.find_spec(table):
            endpoints = importlib.import_module(table).ENDPOINTS
            found[info.name] = sorted(endpoints, key=lambda e: (e.path, e.method))
    return found


def matches(endpoint: Endpoint, pattern: str) -> bool:
    """Whether a pattern is part of the request line (ids in any spelling) or of the handler's place."""
    line = f"{endpoint.method} {request_path(endpoint)}"
    loose = re.sub(r":\w+", ":", pattern)
    return pattern in line or loose in re.sub(r":\w+", ":", line) or pattern in place_of(endpoint.func)


def describe(endpoint: Endpoint) -> dict[str, Any]:
    """Return the request line and the places in the code that it leads to."""
    use_cases = list(dict.fromkeys(step for step in called(endpoint.func) if in_layer(step, "features")))
    stores: dict[str, None] = {}
    for function in reachable(use_cases):
        if "store" in function.__module__.rpartition(".")[2] and not function.__name__.startswith("_"):
            stores[place_of(function)] = None
    return {
        "route": f"{endpoint.method} {request_path(endpoint)}",
        "handler": place_of(endpoint.func),
        "use_cases": [place_of(function) for function in use_cases],
        "stores": list(stores),
    }


def reachable(start: list[Function]) -> Iterator[Function]:
    """Yield every function of a feature that `start` leads to, breadth first, each once."""
    queue, seen = list(start), set(start)
    while queue:
        function = queue.pop(0)
        yield function
        for step in called(function):
            if step not in seen and in_layer(step, "features"):
                seen.add(step)
                queue.append(step)


def called(function: Function) -> Iterator[Function]:
    """Yield the project's functions that a function names, also through helpers of its own face."""
    pending, seen = [function], {function}
    while pending:
        current = pending.pop()
        for step in named_in(current):
            if step in seen:
                continue
            seen.add(step)
            if in_layer(step, "faces"):
                pending.append(step)
            yield step


def place_of(function: Function) -> str:
    """Return `faces/v1/projects.py:23 create`."""
    function = inspect.unwrap(function)
    path = Path(inspect.getsourcefile(function) or "").resolve()
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return f"{shown}:{function.__code__.co_firstlineno} {function.__qualname__}"
