"""The files of an app, read once each and never trusted."""

import functools
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

SKIPPED_FOLDERS = frozenset({"node_modules", "vendor", "dist", "build", ".venv"})
MAX_SOURCE_FILES = 200
MAX_FILE_BYTES = 256 * 1024
MAX_DEPTH = 64


class Source:
    """A folder of a tree: `paths` are its files, `read` gives the bytes of one (None when they cannot be had).

    Paths are relative to the folder and skip what is installed or built. Nothing over 256 KiB is read.
    """

    def __init__(self, sizes: Mapping[str, int], read: Callable[[str], bytes | None], root: str = "") -> None:
        self._tree, self._read_tree = sizes, read
        self.root = root.strip("/")
        self._prefix = f"{self.root}/" if self.root else ""
        inside = (path[len(self._prefix) :] for path in sizes if path.startswith(self._prefix))
        self.paths = sorted(path for path in inside if not SKIPPED_FOLDERS.intersection(path.split("/")[:-1]))
        self._known = frozenset(self.paths)
        self.text = functools.cache(self._text)
        self.json = functools.cache(self._json)
        self.toml = functools.cache(self._toml)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def at(self, folder: str) -> "Source":
        """Return a folder of this one."""
        return Source(self._tree, self._read_tree, self._prefix + folder if folder else self.root)

    @property
    def above(self) -> "Source | None":
        """The tree that this folder lies in, None for the tree itself."""
        return Source(self._tree, self._read_tree) if self.root else None

    def first(self, *paths: str) -> str | None:
        """Return the first of these files that is there."""
        return next((path for path in paths if path in self._known), None)

    def in_root(self, *endings: str) -> list[str]:
        """Return the files of the folder itself that end so, by name."""
        return [path for path in self.paths if "/" not in path and path.endswith(endings)]

    def below(self, *endings: str, depth: int = MAX_DEPTH) -> list[str]:
        """Return files that end so, at most `depth` folders down: the shallow ones first, then by name."""
        found = [path for path in self.paths if path.endswith(endings) and path.count("/") <= depth]
        return sorted(found, key=lambda path: (path.count("/"), path))

    def has_folder(self, name: str) -> bool:
        """Tell whether a folder is there."""
        return any(path.startswith(f"{name}/") for path in self.paths)

    def sources(self, endings: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Yield up to 200 source files and their texts, the shallow ones first."""
        for path in self.below(*endings)[:MAX_SOURCE_FILES]:
            text = self.text(path)
            if text:
                yield path, text

    def lines(self, path: str) -> list[str]:
        """Return the lines of a small file without blanks and comments (`#`)."""
        bare = (line.split("#", 1)[0].strip() for line in self.text(path).splitlines())
        return [line for line in bare if line]

    def _text(self, path: str) -> str:
        """Return a file as text, "" when it is not there, too large, or cannot be read."""
        full = self._prefix + path
        if path not in self._known or self._tree[full] > MAX_FILE_BYTES:
            return ""
        content = self._read_tree(full)
        return "" if content is None else content.decode("utf-8-sig", "replace").replace("\0", "")

    def _json(self, path: str) -> dict[str, Any]:
        """Return the object in a JSON file (comments are allowed), {} when it holds none."""
        for text in (self.text(path), without_comments(self.text(path))):
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                continue
            return found if isinstance(found, dict) else {}
        return {}

    def _toml(self, path: str) -> dict[str, Any]:
        """Return the tables of a TOML file, {} when it cannot be read."""
        try:
            return tomllib.loads(self.text(path).replace("\r\n", "\n"))
        except (ValueError, RecursionError):
            return {}


def member(value: Any, *names: str) -> Any:
    """Return a member of nested objects, None when a step is missing or no object."""
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def text_member(value: Any, *names: str) -> str | None:
    """Return a member that is a text with something in it, without blanks around, else None."""
    found = member(value, *names)
    return found.strip() or None if isinstance(found, str) else None


def names_of(value: Any) -> Iterable[str]:
    """Return the names in an object or a list of texts."""
    return [name for name in value if isinstance(name, str)] if isinstance(value, dict | list) else []


def without_comments(text: str) -> str:
    """Take `//`, `/* */` and commas before a closing bracket out of JSON, strings left alone."""
    kept: list[str] = []
    at = 0
    while at < len(text):
        mark = text[at]
        if mark == '"':
            end = at + 1
            while end < len(text) and text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            kept.append(text[at : end + 1])
            at = end + 1
        elif text.startswith("//", at):
            at = _after(text, "\n", at) - 1
        elif text.startswith("/*", at):
            at = _after(text, "*/", at + 2)
        else:
            if mark in "]}":
                _drop_comma(kept)
            kept.append(mark)
            at += 1
    return "".join(kept)


def _after(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return len(text) + 1 if found < 0 else found + len(mark)


def _drop_comma(kept: list[str]) -> None:
    last = len(kept) - 1
    while last >= 0 and kept[last].isspace():
        last -= 1
    if last >= 0 and kept[last] == ",":
        del kept[last]
