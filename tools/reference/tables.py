"""Markdown tables, and the few ways in which the pages read the code."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table; pipes in cells are escaped and lines joined."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(text) for text in line) + " |" for line in lines)


def cell(text: str) -> str:
    """Make a text fit into a cell."""
    return " ".join(text.split()).replace("|", "\\|")


def first_line(thing: Any) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())


def all_modules(package: str) -> Iterator[ModuleType]:
    """Import and yield a package and everything below it, sorted by name."""
    root = importlib.import_module(package)
    yield root
    for info in sorted(pkgutil.walk_packages(root.__path__, package + "."), key=lambda i: i.name):
        if "migrations" not in info.name and not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)


def subclasses(base: type[Any]) -> Iterator[type[Any]]:
    """Yield a class and all its subclasses, each once, depth first."""
    seen = {base}
    stack = [base]
    while stack:
        current = stack.pop()
        yield current
        for child in sorted(current.__subclasses__(), key=lambda c: (c.__module__, c.__qualname__), reverse=True):
            if child not in seen:
                seen.add(child)
                stack.append(child)


def shape(annotation: Any) -> str:
    """Write a type as code would spell it, without module names."""
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__name__
    text = str(annotation)
    for module in ("typing.", "collections.abc.", "pathlib.", "datetime.", "msgspec."):
        text = text.replace(module, "")
    return text
