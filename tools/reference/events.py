"""docs/reference/events.md: the facts that features append to streams, and where in the code they are written."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tools.reference.tables import table

FEATURES = Path(__file__).parents[2] / "src" / "asterism" / "features"
NAME = re.compile(r"[a-z][a-z_]*(\.[a-z_]+)?")
INTRO = """# Events

A run writes events to its stream, an append-only log (`kernel/streams`); exactly one of them is terminal. SSE,
WebSocket and replay send the same log: the `id:` of a frame is the sequence number. Read from the places in the code
that append them; fields that are computed are not listed. Activity events are rows of a project's history."""
Data = ast.Dict | ast.Name | ast.Call
Found = dict[str, tuple[set[str], set[str]]]


def page() -> str:
    """Write the page."""
    parts = [INTRO]
    for feature in sorted(path for path in FEATURES.glob("*/*") if path.is_dir()):
        streamed: Found = defaultdict(lambda: (set(), set()))
        for path in sorted(feature.rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if appends(tree):
                for name, fields in written(tree):
                    streamed[name][0].update(fields)
                    streamed[name][1].add(path.relative_to(FEATURES).as_posix())
        kinds = activity(feature)
        if streamed or kinds:
            parts.append(f"## {feature.name}")
        if streamed:
            parts.append(
                table(["event", "fields", "written in"], [row(name, *streamed[name]) for name in sorted(streamed)])
            )
        if kinds:
            parts.append("Activity events: " + ", ".join(f"`{kind}`" for kind in kinds) + ".")
    return "\n\n".join(parts)


def row(name: str, fields: set[str], places: set[str]) -> list[str]:
    """Write one event."""
    return [
        f"`{name}`",
        ", ".join(f"`{f}`" for f in sorted(fields)),
        ", ".join(f"`features/{p}`" for p in sorted(places)),
    ]


def appends(tree: ast.AST) -> bool:
    """Whether a module has to do with streams."""
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return any(module.startswith("asterism.kernel.streams") or module.endswith(".log") for module in imported) or any(
        isinstance(node, ast.FunctionDef) and node.name == "events" for node in ast.walk(tree)
    )


def written(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """Yield name and fields of each event that a module writes: `append(stream, name, data)` or `(name, data)`."""
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)):
        variables = dicts(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and called(node).startswith("append") and len(node.args) > 2:
                name, data = node.args[-2:]
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], Data):
                name, data = node.elts
            else:
                continue
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and NAME.fullmatch(name.value):
                yield name.value, variables.get(ast.unparse(data), []) + keys(data)


def dicts(function: ast.AST) -> dict[str, list[str]]:
    """Return the keys of the dicts that a function builds in local variables."""
    found: dict[str, list[str]] = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                found[ast.unparse(target.value)].append(str(target.slice.value))
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found[ast.unparse(target)] += keys(node.value)
    return found


def called(node: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    return str(getattr(node.func, "attr", None) or getattr(node.func, "id", ""))


def keys(data: ast.expr | None) -> list[str]:
    """Return the names that a dict literal spells out."""
    if not isinstance(data, ast.Dict):
        return []
    return [key.value for key in data.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]


def activity(feature: Path) -> list[str]:
    """Return the values of a feature's `EventType`, the closed set of activity events."""
    file = feature / "events.py"
    if not file.exists():
        return []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EventType":
            return [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return []
