"""Finding the JSON object in a model's answer (Stargazer 1.5): bare, in one Markdown fence, or with text around it."""

import json
import re
from collections.abc import Mapping
from typing import Any

_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\r?\n(.*?)```", re.DOTALL)
_DECODER = json.JSONDecoder()
_TRIES = 50


def json_object(text: str) -> Mapping[str, Any] | None:
    """Return the object that the text is or holds, None when there is none or it is not clear which."""
    bare = _load(text.strip())
    if bare is not None:
        return bare
    fences = _FENCE.findall(text)
    if len(fences) == 1 and (fenced := _load(fences[0].strip())) is not None:
        return fenced
    return _embedded(text)


def _load(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _embedded(text: str) -> Mapping[str, Any] | None:
    """Return the one object in the text; of several none can be said to be the answer."""
    found: list[Mapping[str, Any]] = []
    place = text.find("{")
    for _ in range(_TRIES):
        if place < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            found.append(value)
        place = text.find("{", end)
    return found[0] if len(found) == 1 else None
