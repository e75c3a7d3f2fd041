"""What things are called in documents: paths as contracts write them, operations, resources."""

import re

from asterism.asgi.endpoint import Endpoint

_PARAMETER = re.compile(r"\{([a-z0-9_]+)(?::\w+)?\}")


def camel(name: str) -> str:
    """Write a snake_case or kebab-case name in camelCase."""
    head, *tail = re.split(r"[_-]", name)
    return head + "".join(part.capitalize() for part in tail)


def request_path(endpoint: Endpoint) -> str:
    """Return the path as contracts write it: `{project_id:str}` becomes `:projectId`."""
    return _PARAMETER.sub(lambda found: ":" + camel(found[1]), endpoint.path)


def openapi_path(endpoint: Endpoint) -> str:
    """Return the path as OpenAPI writes it: `{project_id:str}` becomes `{project_id}`."""
    return _PARAMETER.sub(r"{\1}", endpoint.path)


def segments(endpoint: Endpoint) -> list[str]:
    """Return the parts of the path behind the prefix of the face that are no parameters."""
    return [part for part in endpoint.path.strip("/").split("/")[1:] if part[0] != "{"]


def resource(endpoint: Endpoint) -> str:
    """Return the name of the resource: the first segment behind the prefix of the face."""
    return segments(endpoint)[0]


def operation_id(endpoint: Endpoint, prefix: str = "") -> str:
    """Return a name made of the path's segments and the handler's: `projectsTagsIndex`; a repeated word counts once."""
    words = [*([prefix] if prefix else []), *(camel(part) for part in segments(endpoint))]
    last = camel(endpoint.func.__name__)
    if words[-1].lower() != last.lower():
        words.append(last)
    head, *tail = words
    return head + "".join(word[:1].upper() + word[1:] for word in tail)
