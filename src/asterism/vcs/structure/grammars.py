"""The grammars of the languages that are merged by structure.

Each is its own package; one that is missing is passed over, and nothing is fetched at run time.
"""

from functools import cache
from importlib import import_module

from tree_sitter import Language, Parser, Tree

MAX_BYTES = 512 * 1024
MAX_STEPS = 40_000
PIECE = 1024  # small, because the text of a node is read in whole pieces

_PACKAGES = {
    "css": ("tree_sitter_css", "language"),
    "go": ("tree_sitter_go", "language"),
    "html": ("tree_sitter_html", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "json": ("tree_sitter_json", "language"),
    "python": ("tree_sitter_python", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "toml": ("tree_sitter_toml", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "yaml": ("tree_sitter_yaml", "language"),
}

_SUFFIXES = {
    "css": "css",
    "go": "go",
    "htm": "html",
    "html": "html",
    "java": "java",
    "cjs": "javascript",
    "js": "javascript",
    "jsx": "javascript",
    "mjs": "javascript",
    "json": "json",
    "md": "markdown",
    "markdown": "markdown",
    "py": "python",
    "pyi": "python",
    "rs": "rust",
    "toml": "toml",
    "cts": "typescript",
    "mts": "typescript",
    "ts": "typescript",
    "tsx": "tsx",
    "yaml": "yaml",
    "yml": "yaml",
}


def language_of(path: str) -> str | None:
    """Return the language that the name of a file tells, None for one that is not merged by structure."""
    return _SUFFIXES.get(path.rpartition("/")[2].rpartition(".")[2].lower())


def suffixes() -> list[str]:
    """Return the endings of the names of files that are merged by structure, in order."""
    return sorted(_SUFFIXES)


@cache
def _grammar(language: str) -> Language | None:
    package, function = _PACKAGES[language]
    try:
        return Language(getattr(import_module(package), function)())
    except (ImportError, AttributeError, ValueError, TypeError):
        return None  # not installed, or made for another tree-sitter


def parse(language: str, source: bytes) -> Tree | None:
    """Return the syntax tree of a text, None when there is no grammar, it has errors, or it is too much to parse."""
    grammar = _grammar(language)
    if grammar is None or len(source) > MAX_BYTES:
        return None
    steps = 0

    def too_many(_offset: int, _has_error: bool) -> bool:
        nonlocal steps
        steps += 1
        return steps > MAX_STEPS

    tree = Parser(grammar).parse(lambda offset, _: source[offset : offset + PIECE], progress_callback=too_many)
    return None if tree is None or tree.root_node.has_error else tree
