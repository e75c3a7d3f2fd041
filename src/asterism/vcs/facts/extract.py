"""Extracting the facts of one file."""

import re
from collections.abc import Iterator
from functools import cache

from tree_sitter import Node, Query, QueryCursor

from asterism.vcs import grammars
from asterism.vcs.facts import documents
from asterism.vcs.facts.imports import READERS
from asterism.vcs.facts.models import Facts, Import, Note, Symbol
from asterism.vcs.facts.names import MAX_BYTES
from asterism.vcs.facts.nodes import text
from asterism.vcs.facts.queries import DEFINITIONS, REFERENCES

EXTRACTOR = 3
"""The version of the rules. Raise it when the same text is to give other facts; kept facts are then made anew."""

MAX_SYMBOLS, MAX_IMPORTS, MAX_REFERENCES, MAX_NOTES = 5_000, 2_000, 5_000, 200
MAX_NAME = 200
_TODO = re.compile(r"\b(?:TODO|FIXME)(?:\([^)\n]{0,60}\))?:[ \t]*([^\n]*)")


def extract(language: str, content: bytes) -> Facts:
    """Return the facts of a file's content in a language of `language_of`; never raises.

    Text that is binary or larger than MAX_BYTES has no facts but its language; where there is no grammar, or reading
    is too much work, the lines are counted and `whole` is False.
    """
    if len(content) > MAX_BYTES or b"\0" in content:
        return Facts(language, whole=False)
    lines = content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
    content = content.removeprefix(b"\xef\xbb\xbf")
    if language == "markdown":
        return documents.markdown(content.decode("utf-8", "replace"), lines)
    if language in documents.SETTINGS:
        return Facts(language, lines, settings=documents.SETTINGS[language](content.decode("utf-8", "replace")))
    if language not in DEFINITIONS:
        return Facts(language, lines)
    tree = grammars.parse(language, content)
    return Facts(language, lines, whole=False) if tree is None else _read(language, lines, tree.root_node)


@cache
def _queries(language: str) -> tuple[Query, Query]:
    found = grammars.grammar(language)
    if found is None:
        raise RuntimeError(f"there is no grammar of {language}")  # parsing came first
    return Query(found, DEFINITIONS[language]), Query(found, REFERENCES[language])


def _read(language: str, lines: int, root: Node) -> Facts:
    definitions, references = _queries(language)
    symbols: list[Symbol] = []
    imports: list[Import] = []
    package = ""
    for _, captures in QueryCursor(definitions).matches(root):
        kind = next(name for name in captures if name not in ("name", "callee"))
        node = captures[kind][0]
        if kind == "package":
            package = text(node)
        elif kind.startswith("import."):
            imports.extend(READERS[kind.removeprefix("import.")](node))
        elif name := text(captures["name"][0]):
            symbols.append(Symbol(name[:MAX_NAME], kind, node.start_point.row + 1, node.end_point.row + 1))
    used = QueryCursor(references).captures(root)
    return Facts(
        language,
        lines,
        tuple(sorted(set(symbols), key=lambda one: (one.first, one.last, one.name, one.kind))[:MAX_SYMBOLS]),
        tuple([one for one in sorted(imports, key=lambda one: one.line) if one.target][:MAX_IMPORTS]),
        tuple(sorted(_names(used))[:MAX_REFERENCES]),
        package,
        tuple(sorted((note for node in used.get("comment", ()) for note in _notes(node)), key=_line)[:MAX_NOTES]),
    )


def _names(used: dict[str, list[Node]]) -> set[str]:
    found = {node.text for kind in ("ref", "qualified") for node in used.get(kind, ()) if node.text is not None}
    return {name.decode("utf-8", "replace") for name in found if len(name) <= MAX_NAME}


def _line(note: Note) -> int:
    return note.line


def _notes(comment: Node) -> Iterator[Note]:
    for found in _TODO.finditer(text(comment)):
        line = comment.start_point.row + 1 + found.string.count("\n", 0, found.start())
        yield Note("todo", line, found[1].removesuffix("*/").strip()[:MAX_NAME])
