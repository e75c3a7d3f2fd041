"""What the merge knows of each language, as tables: one module for each group of languages, made of `model`."""

from asterism.vcs.structure.languages.compiled import GO, JAVA, RUST
from asterism.vcs.structure.languages.data import JSON, TOML, YAML, with_sets
from asterism.vcs.structure.languages.model import Language, Member
from asterism.vcs.structure.languages.pages import CSS, HTML
from asterism.vcs.structure.languages.python import PYTHON
from asterism.vcs.structure.languages.script import SCRIPT

__all__ = ["Language", "Member", "is_manifest", "language"]

_LANGUAGES: dict[str, Language] = {
    "python": PYTHON,
    "javascript": SCRIPT,
    "typescript": SCRIPT,
    "tsx": SCRIPT,
    "go": GO,
    "rust": RUST,
    "java": JAVA,
    "json": JSON,
    "yaml": YAML,
    "toml": TOML,
    "css": CSS,
    "html": HTML,
}
_MANIFESTS = frozenset(
    {
        "package.json",
        "tsconfig.json",
        "composer.json",
        "pyproject.toml",
        "Cargo.toml",
        "environment.yml",
        "pubspec.yaml",
    }
)


def language(name: str, path: str) -> Language:
    """Return the tables of a language; in a manifest file lists of strings are sets."""
    found = _LANGUAGES[name]
    return with_sets(found) if is_manifest(path) else found


def is_manifest(path: str) -> bool:
    """Say whether a file describes a package, and its lists of strings are sets."""
    return path.rpartition("/")[2] in _MANIFESTS
