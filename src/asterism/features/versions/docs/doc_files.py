"""Which files are documentation, and in what order they are shown."""

from collections.abc import Callable, Iterator

from asterism.features.versions.docs.models import DocFile
from asterism.vcs.tree import Node, decode

ENDINGS = (".md", ".mdx", ".txt")
NAMES = frozenset({"readme", "changelog", "license", "contributing", "todo", "notes"})
MAX_FILES = 2000


def is_documentation(name: str) -> bool:
    """Say whether a file of this name is documentation."""
    lowered = name.lower()
    return lowered.endswith(ENDINGS) or lowered in NAMES


def find(root: str, load: Callable[[list[str]], dict[str, bytes]]) -> list[DocFile]:
    """Return the documentation files of a tree, root readmes first, then in byte order of path."""
    return sorted(_walk(root, load), key=_order)


def _walk(root: str, load: Callable[[list[str]], dict[str, bytes]]) -> Iterator[DocFile]:
    level = [("", root)]
    while level:
        records = load(list({record for _, record in level}))
        below: list[tuple[str, str]] = []
        for folder, record in level:
            for node in decode(records[record]):
                path = f"{folder}/{node.name}" if folder else node.name
                if node.type == "dir" and node.files:
                    below.append((path, node.hash))
                elif _is_document(node):
                    yield DocFile(path, node.size, node.hash)
        level = below


def _is_document(node: Node) -> bool:
    return node.type == "file" and is_documentation(node.name)


def _order(file: DocFile) -> tuple[bool, bytes]:
    root_readme = "/" not in file.path and file.path.lower().startswith("readme")
    return (not root_readme, file.path.encode())
