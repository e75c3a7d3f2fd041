"""The languages that are merged by structure, and their syntax trees."""

from tree_sitter import Tree

from asterism.vcs import grammars

MAX_BYTES = 512 * 1024

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


def parse(language: str, source: bytes) -> Tree | None:
    """Return the syntax tree of a text, None when there is no grammar, it has errors, or it is too much to parse."""
    tree = None if len(source) > MAX_BYTES else grammars.parse(language, source)
    return None if tree is None or tree.root_node.has_error else tree
