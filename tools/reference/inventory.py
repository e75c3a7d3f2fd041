"""docs/reference/inventory.md: what exists below the features, one line each, so that nobody writes it twice."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.reference.tables import table

SOURCE = Path(__file__).parents[2] / "src" / "asterism"
INTRO = """# Inventory

Look here before you write a helper. Public names of the layers below the features, and of the edge; the first line of
each docstring. Read from the source, so nothing is missing."""
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
LAYERS = ["base", "vcs", "kernel", "asgi", "client"]


def page() -> str:
    """Write the page."""
    parts = [INTRO]
    for layer in LAYERS:
        parts.append(f"## {layer}")
        for path in sorted((SOURCE / layer).rglob("*.py")):
            if "migrations" not in path.parts and (rows := list(names(path))):
                module = path.relative_to(SOURCE).as_posix()
                parts += [f"### `{module}`", table(["name", "what"], rows)]
    return "\n\n".join(parts)


def names(path: Path) -> Iterator[list[str]]:
    """Yield the public functions and classes of a file, with the public methods of the classes."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, Documented) or node.name.startswith("_"):
            continue
        yield [f"`{node.name}`", summary(node)]
        if isinstance(node, ast.ClassDef) and path.name != "memory.py":
            for method in node.body:
                if isinstance(method, Documented) and not method.name.startswith("_") and (line := summary(method)):
                    yield [f"`{node.name}.{method.name}`", line]


def summary(node: Documented) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
