"""docs/reference/events.md: the facts that features append to streams, with their fields."""

import dataclasses
import inspect
from collections.abc import Iterator
from enum import Enum
from types import ModuleType
from typing import Any, get_type_hints

import msgspec

from tools.reference.tables import all_modules, first_line, shape, table

INTRO = """# Events

A run writes typed events to its stream, an append-only log (`kernel/streams`); exactly one of them is terminal. SSE,
WebSocket and replay send the same log: the `id:` of a frame is the sequence number. Generated from the `events.py` of
each feature; how a face names and shapes them on the wire stands beside its routes."""


def page() -> str:
    """Write the page."""
    parts = [INTRO]
    for module in all_modules("asterism.features"):
        if module.__name__.endswith(".events"):
            path = module.__name__.removeprefix("asterism.").replace(".", "/")
            parts += [f"## `{path}.py`", first_line(module), *tables_of(module)]
    return "\n\n".join(part for part in parts if part)


def tables_of(module: ModuleType) -> Iterator[str]:
    """Yield a table of the event classes of a module, and one of each of its closed sets of names."""
    own = [v for n, v in vars(module).items() if inspect.isclass(v) and v.__module__ == module.__name__ and n[0] != "_"]
    rows = [[f"`{tag(event)}`", fields(event), first_line(event)] for event in own if not issubclass(event, Enum)]
    if rows:
        yield table(["event", "fields", "what happened"], rows)
    for names in own:
        if issubclass(names, Enum):
            members = ", ".join(f"`{member.value}`" for member in names)
            yield f"`{names.__name__}`: {first_line(names)} Values: {members}."
    constants = {n: v for n, v in vars(module).items() if n.isupper() and isinstance(v, str)}
    if constants:
        yield table(["constant", "name on the stream"], [[f"`{n}`", f"`{v}`"] for n, v in sorted(constants.items())])


def tag(event: type[Any]) -> str:
    """Return the name that tells this event from others on its stream, else the name of the class."""
    config = getattr(event, "__struct_config__", None)
    return str(
        getattr(config, "tag", None) or getattr(event, "TYPE", None) or getattr(event, "type", None) or event.__name__
    )


def fields(event: type[Any]) -> str:
    """Write the fields of a Struct or dataclass with their types."""
    hints = get_type_hints(event)
    if issubclass(event, msgspec.Struct):
        names = list(event.__struct_fields__)
    elif dataclasses.is_dataclass(event):
        names = [f.name for f in dataclasses.fields(event)]
    else:
        return ""
    return ", ".join(f"`{name}: {shape(hints[name])}`" for name in names)
