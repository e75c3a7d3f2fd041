"""The grammars of programming languages, for whoever reads source text: merges by structure, facts of files.

Each is its own package; one that is missing is passed over, and nothing is fetched at run time.
"""

from functools import cache
from importlib import import_module

from tree_sitter import Language, Parser, Tree

MAX_STEPS = 40_000
PIECE = 1024  # small, because the text of a node is read in whole pieces

_PACKAGES = {
    "bash": ("tree_sitter_bash", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "css": ("tree_sitter_css", "language"),
    "go": ("tree_sitter_go", "language"),
    "html": ("tree_sitter_html", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "json": ("tree_sitter_json", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "python": ("tree_sitter_python", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "toml": ("tree_sitter_toml", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "yaml": ("tree_sitter_yaml", "language"),
}


@cache
def grammar(language: str) -> Language | None:
    """Return a language's grammar, None when its package is not installed or made for another tree-sitter."""
    package, function = _PACKAGES[language]
    try:
        return Language(getattr(import_module(package), function)())
    except (ImportError, AttributeError, ValueError, TypeError):
        return None


def parse(language: str, source: bytes) -> Tree | None:
    """Return the syntax tree of a text, errors and all; None when there is no grammar or it is too much to parse.

    What is too much is counted in steps, not in seconds, so that the answer depends on the text alone. The parser comes
    back to Python at every piece, so other threads go on meanwhile.
    """
    found = grammar(language)
    if found is None:
        return None
    steps = 0

    def too_many(_offset: int, _has_error: bool) -> bool:
        nonlocal steps
        steps += 1
        return steps > MAX_STEPS

    try:
        return Parser(found).parse(lambda offset, _: source[offset : offset + PIECE], progress_callback=too_many)
    except ValueError:  # how the parser says that it was stopped
        return None
