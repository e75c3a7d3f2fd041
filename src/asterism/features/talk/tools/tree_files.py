"""The files of a stored tree."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from asterism.base.errors import Invalid, NotFound
from asterism.features.versions import storage
from asterism.kernel.db import Tx
from asterism.vcs.glob import NeverMatches, translate_name, translate_path
from asterism.vcs.tree import Node

MAX_FOLDERS = 5_000


@dataclass(frozen=True, slots=True)
class File:
    """A file and where it is."""

    path: str
    node: Node


def files_below(tx: Tx, user_id: str, root: str, folder: str) -> list[File]:
    """Return the files below a folder, nearest it first; those in the first 5,000 folders. Raises NotFound."""
    top = root
    if folder:
        node = storage.find_node(tx, user_id, root, folder)
        if node is None or node.type != "dir":
            raise NotFound(f"There is no folder {folder[:200]!r}.", hint="Leave the folder out to see all files.")
        top = node.hash
    found = storage.walk(tx, user_id, top, max_folders=MAX_FOLDERS)
    return [File(f"{folder}/{path}" if folder else path, node) for path, node in found if node.type == "file"]


def matcher(pattern: str | None) -> Callable[[str], bool]:
    """Return whether paths match a pattern as .gitignore writes it; one without a slash is about names alone.

    Raises Invalid for a pattern that no path matches.
    """
    if pattern is None:
        return lambda _path: True
    by_name = "/" not in pattern
    try:
        translated = translate_name(pattern.encode()) if by_name else translate_path(pattern.lstrip("/").encode())
    except NeverMatches:
        raise Invalid.field("pattern", "is no pattern that a path can match") from None
    regex = re.compile(translated, re.DOTALL)
    return lambda path: regex.match((path.rpartition("/")[2] if by_name else path).encode()) is not None
