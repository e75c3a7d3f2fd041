"""Facts of documents and of files that configure how imports resolve."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from asterism.vcs.facts.models import Facts, Note, Symbol

MAX_ITEMS = 2_000
MAX_LINE = 300
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$")
_TASK = re.compile(r"\s*[-*+][ \t]+\[ \][ \t]+(\S.*)$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ENTRIES = ("types", "typings", "module", "main", "source")
_CONDITIONS = frozenset({"types", "import", "require", "node", "module", "default"})  # which every tool looks at
_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])')


def markdown(text: str, lines: int) -> Facts:
    """Return headings as symbols, and unchecked tasks; what stands in code fences is neither."""
    symbols: list[Symbol] = []
    notes: list[Note] = []
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced or len(line) > MAX_LINE * 4:
            continue
        elif heading := _HEADING.match(line):
            symbols.append(Symbol(heading[2][:MAX_LINE], "heading", number, number))
        elif task := _TASK.match(line):
            notes.append(Note("task", number, task[1].strip()[:MAX_LINE]))
    return Facts("markdown", lines, tuple(symbols[:MAX_ITEMS]), notes=tuple(notes[:MAX_ITEMS]))


def relaxed_json(text: str) -> Mapping[str, Any]:
    """Return the object that a JSON text with comments and last commas holds, an empty one when it holds none."""
    plain = _COMMENT.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
    plain = _LAST_COMMA.sub(lambda found: found[0] if found[0].startswith('"') else "", plain)
    try:
        value = json.loads(plain)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def tsconfig(text: str) -> Mapping[str, Any]:
    """Return `extends`, `baseUrl` and `paths` of a TypeScript project, as far as they have the right shape."""
    whole = relaxed_json(text)
    options = _object(whole.get("compilerOptions"))
    extends = whole.get("extends")
    paths = {
        pattern: [target for target in targets if isinstance(target, str)]
        for pattern, targets in _object(options.get("paths")).items()
        if isinstance(targets, list)
    }
    return {
        "extends": [one for one in (extends if isinstance(extends, list) else [extends]) if isinstance(one, str)],
        "base": options["baseUrl"] if isinstance(options.get("baseUrl"), str) else None,
        "paths": paths,
    }


def package_json(text: str) -> Mapping[str, Any]:
    """Return what a package is called and what it offers: `name`, `entries`, `exports`, `imports`."""
    whole = relaxed_json(text)
    entries = [whole[key] for key in _ENTRIES if isinstance(whole.get(key), str)]
    name = whole.get("name")
    return {
        "name": name if isinstance(name, str) else "",
        "entries": entries,
        "exports": _targets(whole.get("exports"), "."),
        "imports": _targets(whole.get("imports"), "#"),
    }


def _targets(value: Any, mark: str) -> dict[str, list[str]]:
    """Return the files that each key of `exports` or `imports` may stand for, under whatever condition."""
    if isinstance(value, dict) and any(str(key).startswith(mark) for key in value):
        return {key: _files(below, 0)[:20] for key, below in value.items()}
    files = _files(value, 0)[:20]
    return {".": files} if files and mark == "." else {}


def _files(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth > 8:
        return []
    if isinstance(value, dict):
        known = [below for condition, below in value.items() if condition in _CONDITIONS]
        value = [*known, *(below for condition, below in value.items() if condition not in _CONDITIONS)]
    return [file for one in value for file in _files(one, depth + 1)] if isinstance(value, list) else []


def go_mod(text: str) -> Mapping[str, Any]:
    """Return the path of a Go module."""
    found = re.search(r'^\s*module\s+"?([^\s"]+)', text, re.MULTILINE)
    return {"module": found[1] if found else ""}


def cargo_toml(text: str) -> Mapping[str, Any]:
    """Return the name of a crate as code writes it, and the file of its library where it says so."""
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {"name": "", "lib": None}
    library = _object(whole.get("lib"))
    name = library.get("name") or _object(whole.get("package")).get("name")
    path = library.get("path")
    return {
        "name": name.replace("-", "_") if isinstance(name, str) else "",
        "lib": path if isinstance(path, str) else None,
    }


SETTINGS = {
    "cargo-toml": cargo_toml,
    "go-mod": go_mod,
    "package-json": package_json,
    "tsconfig": tsconfig,
}
"""What reads the files that configure imports, by language."""
