"""Reading import statements of syntax trees. Each reader returns what a statement names, as it is written."""

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from asterism.vcs.facts import rust
from asterism.vcs.facts.models import Import
from asterism.vcs.facts.nodes import line_of, text

Reader = Callable[[Node], Iterator[Import]]
_QUOTES = "\"'`"


def _first_string(node: Node | None) -> str:
    """Return what the first string directly below a node says."""
    strings = (child for child in node.children if child.type in ("string", "string_literal")) if node else iter(())
    return text(next(strings, None)).strip(_QUOTES)


def python(node: Node) -> Iterator[Import]:
    """Read `import a.b, c as d`: one import for each module."""
    for child in node.children_by_field_name("name"):
        name = child.child_by_field_name("name") if child.type == "aliased_import" else child
        yield Import(text(name), "import", line_of(node))


def python_from(node: Node) -> Iterator[Import]:
    """Read `from .a import b, c as d`: one import with its names, `*` among them."""
    names = [
        text(child.child_by_field_name("name") if child.type == "aliased_import" else child)
        for child in node.children_by_field_name("name")
    ]
    if any(child.type == "wildcard_import" for child in node.children):
        names = ["*"]
    target = text(node.child_by_field_name("module_name"))
    yield Import(re.sub(r"\s+", "", target), "from", line_of(node), tuple(names))


def script(node: Node) -> Iterator[Import]:
    """Read `import … from "x"`, `export … from "x"` and `import x = require("x")`."""
    source = node.child_by_field_name("source")
    if source is None:
        clause = next((child for child in node.children if child.type == "import_require_clause"), None)
        source = clause.child_by_field_name("source") if clause else None
    if source is not None:
        yield Import(text(source).strip(_QUOTES), "import", line_of(node))


def require(node: Node) -> Iterator[Import]:
    """Read `require("x")`, `require.resolve` not, and `import("x")`."""
    function = node.child_by_field_name("function")
    if function is not None and text(function) in ("require", "import"):
        yield Import(_first_string(node.child_by_field_name("arguments")), "require", line_of(node))


def go(node: Node) -> Iterator[Import]:
    """Read one `import alias "path"`; the name is the alias, where there is one."""
    alias = node.child_by_field_name("name")
    target = text(node.child_by_field_name("path")).strip(_QUOTES)
    yield Import(target, "import", line_of(node), (text(alias),) if alias is not None else ())


def java(node: Node) -> Iterator[Import]:
    """Read `import static a.b.C.*;` as `a.b.C.*`."""
    words = text(node).removesuffix(";").split()[1:]
    static = words[:1] == ["static"]
    yield Import("".join(words[1:] if static else words), "from" if static else "import", line_of(node))


def php(node: Node) -> Iterator[Import]:
    """Read one name of `use A\\B as C;`."""
    yield Import(text(node).split(" as ")[0].strip().lstrip("\\"), "use", line_of(node))


def ruby(node: Node) -> Iterator[Import]:
    """Read `require "x"` and `require_relative "x"`."""
    name = text(node.child_by_field_name("method"))
    if name in ("require", "require_relative", "load"):
        target = _first_string(node.child_by_field_name("arguments"))
        relative = name == "require_relative" and not target.startswith(".")
        yield Import(f"./{target}" if relative else target, "require", line_of(node))


def source(node: Node) -> Iterator[Import]:
    """Read `source x` and `. x` of a shell."""
    if text(node.child_by_field_name("name")) in ("source", "."):
        yield Import(text(node.child_by_field_name("argument")), "include", line_of(node))


def include(node: Node) -> Iterator[Import]:
    """Read `#include "x"`."""
    yield Import(text(node.child_by_field_name("path")).strip(_QUOTES), "include", line_of(node))


READERS: dict[str, Reader] = {
    "go": go,
    "include": include,
    "java": java,
    "php": php,
    "python": python,
    "python_from": python_from,
    "require": require,
    "ruby": ruby,
    "rust_crate": rust.extern_crate,
    "rust_macro": rust.macro,
    "rust_mod": rust.module,
    "rust_use": rust.use,
    "script": script,
    "source": source,
}
