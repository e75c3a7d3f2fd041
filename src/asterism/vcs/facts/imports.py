"""Reading import statements of syntax trees. Each reader returns what a statement names, as it is written."""

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from asterism.vcs.facts.models import Import

MAX_TEXT = 1_000
Reader = Callable[[Node], Iterator[Import]]
_QUOTES = "\"'`"
_USE_ATOM = re.compile(r"[{},]|[^{},]+")


def text(node: Node | None) -> str:
    """Return the text of a node; bytes that are no UTF-8 become U+FFFD."""
    return "" if node is None or node.text is None else node.text[: MAX_TEXT * 4].decode("utf-8", "replace")[:MAX_TEXT]


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _first_string(node: Node | None) -> str:
    """Return what the first string directly below a node says."""
    strings = (child for child in node.children if child.type in ("string", "string_literal")) if node else iter(())
    return text(next(strings, None)).strip(_QUOTES)


def python(node: Node) -> Iterator[Import]:
    """Read `import a.b, c as d`: one import for each module."""
    for child in node.children_by_field_name("name"):
        name = child.child_by_field_name("name") if child.type == "aliased_import" else child
        yield Import(text(name), "import", _line(node))


def python_from(node: Node) -> Iterator[Import]:
    """Read `from .a import b, c as d`: one import with its names, `*` among them."""
    names = [
        text(child.child_by_field_name("name") if child.type == "aliased_import" else child)
        for child in node.children_by_field_name("name")
    ]
    if any(child.type == "wildcard_import" for child in node.children):
        names = ["*"]
    target = text(node.child_by_field_name("module_name"))
    yield Import(re.sub(r"\s+", "", target), "from", _line(node), tuple(names))


def script(node: Node) -> Iterator[Import]:
    """Read `import … from "x"`, `export … from "x"` and `import x = require("x")`."""
    source = node.child_by_field_name("source")
    if source is None:
        clause = next((child for child in node.children if child.type == "import_require_clause"), None)
        source = clause.child_by_field_name("source") if clause else None
    if source is not None:
        yield Import(text(source).strip(_QUOTES), "import", _line(node))


def require(node: Node) -> Iterator[Import]:
    """Read `require("x")`, `require.resolve` not, and `import("x")`."""
    function = node.child_by_field_name("function")
    if function is not None and text(function) in ("require", "import"):
        yield Import(_first_string(node.child_by_field_name("arguments")), "require", _line(node))


def go(node: Node) -> Iterator[Import]:
    """Read one `import alias "path"`; the name is the alias, where there is one."""
    alias = node.child_by_field_name("name")
    target = text(node.child_by_field_name("path")).strip(_QUOTES)
    yield Import(target, "import", _line(node), (text(alias),) if alias is not None else ())


def java(node: Node) -> Iterator[Import]:
    """Read `import static a.b.C.*;` as `a.b.C.*`."""
    words = text(node).removesuffix(";").split()[1:]
    static = words[:1] == ["static"]
    yield Import("".join(words[1:] if static else words), "from" if static else "import", _line(node))


def php(node: Node) -> Iterator[Import]:
    """Read one name of `use A\\B as C;`."""
    yield Import(text(node).split(" as ")[0].strip().lstrip("\\"), "use", _line(node))


def ruby(node: Node) -> Iterator[Import]:
    """Read `require "x"` and `require_relative "x"`."""
    name = text(node.child_by_field_name("method"))
    if name in ("require", "require_relative", "load"):
        target = _first_string(node.child_by_field_name("arguments"))
        relative = name == "require_relative" and not target.startswith(".")
        yield Import(f"./{target}" if relative else target, "require", _line(node))


def source(node: Node) -> Iterator[Import]:
    """Read `source x` and `. x` of a shell."""
    if text(node.child_by_field_name("name")) in ("source", "."):
        yield Import(text(node.child_by_field_name("argument")), "include", _line(node))


def include(node: Node) -> Iterator[Import]:
    """Read `#include "x"`."""
    yield Import(text(node.child_by_field_name("path")).strip(_QUOTES), "include", _line(node))


def rust_mod(node: Node) -> Iterator[Import]:
    """Read `mod x;`, with the file that a `#[path]` in front names."""
    path = ""
    before = node.prev_named_sibling
    while before is not None and before.type == "attribute_item":
        found = re.search(r'path\s*=\s*"([^"]+)"', text(before))
        path = found[1] if found else path
        before = before.prev_named_sibling
    name = "::".join([*_inline_modules(node), text(node.child_by_field_name("name"))])
    yield Import(name, "mod", _line(node), (path,) if path else ())


def _inline_modules(node: Node) -> tuple[str, ...]:
    """Return the names of the `mod x { … }` around a node, the outermost first."""
    around: list[str] = []
    above = node.parent
    while above is not None:
        if above.type == "mod_item":
            around.insert(0, text(above.child_by_field_name("name")))
        above = above.parent
    return tuple(around)


def rust_use(node: Node) -> Iterator[Import]:
    """Read `use a::{b, c::*};`: one import for each leaf, with its whole path; the names are the modules around it."""
    written = re.sub(r"\s+", " ", text(node.child_by_field_name("argument")))
    around = _inline_modules(node)
    for leaf in _leaves(written):
        yield Import(leaf, "use", _line(node), around)


def _leaves(tree: str) -> Iterator[str]:
    """Yield the paths that a use tree stands for, without their aliases."""
    prefixes = [""]
    piece = ""
    for atom in _USE_ATOM.findall(tree):
        if atom == "{":
            prefixes.append(prefixes[-1] + piece.strip())
            piece = ""
        elif atom in ",}":
            if piece.strip():
                yield prefixes[-1] + piece.split(" as ")[0].strip()
            piece = ""
            if atom == "}" and len(prefixes) > 1:
                prefixes.pop()
        else:
            piece = atom
    if piece.strip():
        yield prefixes[-1] + piece.split(" as ")[0].strip()


def rust_crate(node: Node) -> Iterator[Import]:
    """Read `extern crate x;`."""
    yield Import(text(node.child_by_field_name("name")), "use", _line(node))


READERS: dict[str, Reader] = {
    "go": go,
    "include": include,
    "java": java,
    "php": php,
    "python": python,
    "python_from": python_from,
    "require": require,
    "ruby": ruby,
    "rust_crate": rust_crate,
    "rust_mod": rust_mod,
    "rust_use": rust_use,
    "script": script,
    "source": source,
}
