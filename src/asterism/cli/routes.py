"""`asterism routes [PATTERN]`: where a request goes, from the handler over the use case to the store.

Read from the code without running it: a handler's names are resolved in its module, those of a use case in its own,
and every function of a feature that is reached on the way is shown. `docs/reference/routes.md` lists the same table.
"""

import ast
import importlib
import importlib.util
import inspect
import json
import pkgutil
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

import asterism
from asterism import faces
from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.base.errors import NotFound
from asterism.faces.runtime import Runtime

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Show where a request goes in the code.")
ROOT = Path(asterism.__file__).parent
Function = Callable[..., Any]


@app.command()
def routes(
    pattern: Annotated[str, typer.Argument(help="Part of a method, path or handler, such as sync/prepare.")] = "",
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


def named_in(function: Function) -> Iterator[Function]:
    """Yield the functions and methods' classes that a function's body refers to, in the order of the text."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return
    body = tree.body[0]
    names = dict(function.__globals__)
    names["self"] = names.get(function.__qualname__.partition(".")[0])
    for node in sorted(
        (n for n in ast.walk(body) if isinstance(n, ast.Name | ast.Attribute)), key=lambda n: (n.lineno, n.col_offset)
    ):
        target = resolve(node, names)
        if inspect.isfunction(target) and target.__module__.startswith("asterism."):
            yield target


def resolve(node: ast.expr, names: dict[str, Any]) -> Any:
    """Return what a dotted name means in a module, None when it is a local variable or unknown.

    `call.rt.runs` means the class of that service, so that its methods are found too.
    """
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        if ast.unparse(node.value) in ("call.rt", "rt"):
            return services().get(node.attr)
        owner = resolve(node.value, names)
        return getattr(owner, node.attr, None) if inspect.ismodule(owner) or inspect.isclass(owner) else None
    return None


@cache
def services() -> dict[str, Any]:
    """Return the classes of the ports and services of the runtime, by the names of its fields."""
    return get_type_hints(Runtime)


def in_layer(function: Function, layer: str) -> bool:
    """Whether a function belongs to a layer."""
    return function.__module__.startswith(f"asterism.{layer}.")


def place_of(function: Function) -> str:
    """Return `faces/v1/projects.py:23 create`."""
    function = inspect.unwrap(function)
    path = Path(inspect.getsourcefile(function) or "").resolve()
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return f"{shown}:{function.__code__.co_firstlineno} {function.__name__}"
