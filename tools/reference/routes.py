"""docs/reference/routes.md: every endpoint of every face."""

from collections import defaultdict

from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.cli.routes import all_endpoints
from tools.reference.tables import table

INTRO = """# Routes

Generated from the endpoint table. `asterism routes PATTERN` prints the way of a request through the code.
Auth is `token` where a bearer token is needed and `open` otherwise. "Takes" is the type of the JSON body, or `raw`."""


def page() -> str:
    """Write the page."""
    parts = [INTRO]
    for face, endpoints in all_endpoints().items():
        parts.append(f"## {face}")
        groups: dict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in endpoints:
            groups[resource(endpoint)].append(endpoint)
        for name in sorted(groups):
            parts += [
                f"### {name}",
                table(["route", "handler", "auth", "takes", "status", "what"], map(row, groups[name])),
            ]
    return "\n\n".join(parts)


def resource(endpoint: Endpoint) -> str:
    """Return the first two segments of the path, which name the resource."""
    return "/" + "/".join(endpoint.path.strip("/").split("/")[:2])


def row(endpoint: Endpoint) -> list[str]:
    """Write one endpoint."""
    module = endpoint.func.__module__.removeprefix("asterism.").replace(".", "/")
    auth = "token" if getattr(endpoint.rules, "auth", False) else "open"
    takes = "raw" if endpoint.raw else f"`{getattr(endpoint.body, '__name__', endpoint.body)}`" if endpoint.body else ""
    return [
        f"`{endpoint.method} {request_path(endpoint)}`",
        f"`{module}.py::{endpoint.func.__name__}`",
        auth,
        takes,
        str(endpoint.status),
        endpoint.summary,
    ]
