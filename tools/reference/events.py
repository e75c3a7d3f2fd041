"""docs/reference/events.md: the facts that features append to streams, as their `events.py` declare them."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import msgspec

from asterism.kernel.streams import Fact, type_of
from tools.reference.tables import table

FEATURES = Path(__file__).parents[2] / "src" / "asterism" / "features"
INTRO = """# Events

A run writes events to its stream, an append-only log (`kernel/streams`); exactly one of them is terminal. SSE,
WebSocket and replay send the same log: the `id:` of a frame is the sequence number. Fields with a question mark may be
left out. Activity events are rows of a project's history."""


def page() -> str:
    """Write the page."""
    parts = [INTRO]
    for path in sorted(FEATURES.glob("*/*/events.py")):
        module = importlib.import_module(
            ".".join(("asterism", "features", *path.relative_to(FEATURES).parts[:-1], "events"))
        )
        streamed = [row(fact) for fact in facts(module)]
        kinds = get_args(getattr(module, "EventType", None))
        parts.append(f"## {path.parent.name}")
        if streamed:
            parts.append(table(["event", "fields", "what it tells"], streamed))
        if kinds:
            parts.append("Activity events: " + ", ".join(f"`{kind}`" for kind in kinds) + ".")
    return "\n\n".join(parts)


def facts(module: ModuleType) -> Iterator[type[Fact]]:
    """Yield the events that a module declares, in the order of its text."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Fact) and value.__module__ == module.__name__:
            yield value


def row(fact: type[Fact]) -> list[str]:
    """Write one event."""
    fields = ", ".join(f"`{one.encode_name}{'' if one.required else '?'}`" for one in msgspec.structs.fields(fact))
    return [f"`{type_of(fact)}`", fields, (fact.__doc__ or "").strip().split("\n")[0]]
