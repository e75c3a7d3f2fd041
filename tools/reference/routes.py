"""docs/reference/routes.md: every endpoint of every face."""

from collections import defaultdict

from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.asgi.signature import Outcome
from asterism.cli.routes import all_endpoints
from tools.reference.tables import table

INTRO = """# Routes

Generated from the endpoint table. `asterism routes PATTERN` prints the way of a request through the code.
Auth is `token` where a bearer token is needed and `open` otherwise. "Takes" is the type of the
JSON body or the media types of any other; "answers" are the statuses with the types of their bodies. All of it is read
from the signatures of the handlers; the errors are in the OpenAPI document (`/schema`)."""


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
                table(["route", "handler", "auth", "takes", "answers", "what"], map(row, groups[name])),
            ]
    return "\n\n".join(parts)


def resource(endpoint: Endpoint) -> str:
    """Return the first two segments of the path, which name the resource."""
    return "/" + "/".join(endpoint.path.strip("/").split("/")[:2])


def row(endpoint: Endpoint) -> list[str]:
    """Write one endpoint."""
    module = endpoint.func.__module__.removeprefix("asterism.").replace(".", "/")
    auth = "token" if getattr(endpoint.rules, "auth", False) else "open"
    declared = endpoint.signature
    takes = (
        f"`{endpoint.body.__name__}`" if endpoint.body else ", ".join(declared.takes.media if declared.takes else ())
    )
    return [
        f"`{endpoint.method} {request_path(endpoint)}`",
        f"`{module}.py::{endpoint.func.__name__}`",
        auth,
        takes,
        answers(endpoint),
        endpoint.summary,
    ]


def answers(endpoint: Endpoint) -> str:
    """Write the statuses that a handler answers by itself, with what their bodies are."""
    return ", ".join(f"{one.status} {what(one)}".strip() for one in endpoint.signature.outcomes)


def what(outcome: Outcome) -> str:
    """Write what the body of an answer is: a Struct, events, or bytes."""
    if outcome.media is None:
        return ""
    if outcome.media == "text/event-stream":
        return "events"
    return f"`{outcome.type.__name__}`" if isinstance(outcome.type, type) else outcome.media
