"""Looking into JSON that may be anything."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

NOTHING: Mapping[str, Any] = {}


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the object, an empty one when it is none."""
    return value if isinstance(value, dict) else NOTHING


def items(value: Any) -> Sequence[Any]:
    """Return the array; an object stands for an array of itself, anything else for an empty one."""
    if isinstance(value, dict):
        return (value,)
    return value if isinstance(value, list) else ()


def text(value: Any) -> str:
    """Return the text, "" when it is none."""
    return value if isinstance(value, str) else ""


def number(value: Any) -> int | None:
    """Return a whole number that is not negative, also out of a text or a float; None when it is none."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 62:
        return None
    return int(value)


def field(value: Mapping[str, Any], *names: str) -> Any:
    """Return the first of several fields that is there and not null."""
    return next((value[name] for name in names if value.get(name) is not None), None)


def flat(content: Any) -> str:
    """Return the text of a content: a text, or parts that have one."""
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else text(mapping(part).get("text")) for part in items(content))


def written(arguments: Any) -> str:
    """Return the arguments of a call as JSON text: they come as text, or as the object itself."""
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments, ensure_ascii=False) if isinstance(arguments, dict | list) else ""
