"""Reading the items of Rust that name other files: `mod`, `use`, `extern crate`, and macros around them."""

import re
from collections.abc import Iterator
from itertools import takewhile

from tree_sitter import Node

from asterism.vcs.facts.models import Import
from asterism.vcs.facts.nodes import line_of, text

MAX_DEPTH, MAX_WORDS = 32, 100
_USE_ATOM = re.compile(r"[{},]|[^{},]+")
_PATH = re.compile(r'path\s*=\s*"([^"]+)"')


def module(node: Node) -> Iterator[Import]:
    """Read `mod x;`, with the file that a `#[path]` in front names."""
    path = ""
    before = node.prev_named_sibling
    while before is not None and before.type == "attribute_item":
        found = _PATH.search(text(before))
        path = found[1] if found else path
        before = before.prev_named_sibling
    name = "::".join([*_inline_modules(node), text(node.child_by_field_name("name"))])
    yield Import(name, "mod", line_of(node), (path,) if path else ())


def macro(node: Node) -> Iterator[Import]:
    """Read `mod x;` and `use a::b;` in the braces of a macro that stands for items, as in `cfg_unix! { mod unix; }`.

    A macro's text is a tree of tokens, not of items; what it becomes is not known, but such macros choose or decorate.
    """
    return _tokens(node, _inline_modules(node), 0)


def _tokens(node: Node, around: tuple[str, ...], depth: int) -> Iterator[Import]:
    """Read the tokens of a macro; what is nested too deep, or too long, was not written by a person."""
    if depth > MAX_DEPTH:
        return
    path, tokens = "", node.children
    for place, token in enumerate(tokens):
        before = tokens[place - 1].type if place else ""
        after = tokens[place + 1 : place + 3]
        if token.type == "token_tree" and before == "#":
            found = _PATH.search(text(token))
            path = found[1] if found else path
        elif token.type == "token_tree":
            inner = place > 1 and tokens[place - 2].type == "mod"
            yield from _tokens(token, (*around, text(tokens[place - 1])) if inner else around, depth + 1)
        elif token.type == "mod" and [one.type for one in after] == ["identifier", ";"]:
            yield Import("::".join([*around, text(after[0])]), "mod", line_of(token), (path,) if path else ())
        elif token.type == "use":
            words = takewhile(lambda one: one.type not in (";", "use"), tokens[place + 1 : place + MAX_WORDS])
            tree = "".join(f" {text(one)} " if one.type == "as" else text(one) for one in words)
            yield from (Import(leaf, "use", line_of(token), around) for leaf in _leaves(re.sub(r"\s+", " ", tree)))
        elif token.type == ";":
            path = ""


def _inline_modules(node: Node) -> tuple[str, ...]:
    """Return the names of the `mod x { … }` around a node, the outermost first."""
    around: list[str] = []
    above = node.parent
    while above is not None:
        if above.type == "mod_item":
            around.insert(0, text(above.child_by_field_name("name")))
        above = above.parent
    return tuple(around)


def use(node: Node) -> Iterator[Import]:
    """Read `use a::{b, c::*};`: one import for each leaf, with its whole path; the names are the modules around it."""
    written = re.sub(r"\s+", " ", text(node.child_by_field_name("argument")))
    around = _inline_modules(node)
    for leaf in _leaves(written):
        yield Import(leaf, "use", line_of(node), around)


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


def extern_crate(node: Node) -> Iterator[Import]:
    """Read `extern crate x;`."""
    yield Import(text(node.child_by_field_name("name")), "use", line_of(node))
