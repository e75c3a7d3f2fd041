"""What a language is to the merge: which nodes are collections, and what their members are known by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node


class Shape(NamedTuple):
    """A node whose children are members. `commas`: parted by commas. `skip`: children in front that are no members."""

    commas: bool = False
    skip: int = 0


class Name(NamedTuple):
    """What a member is known by, and how free it is to stand elsewhere among its like.

    `value` is what no other member of its kind may come to have beside it: the number of an enumeration's member.
    """

    kind: str
    key: str
    movable: bool = True
    sortable: bool = True
    value: str = ""


class Member(NamedTuple):
    """A node among others: with its collection, the named thing that the collection is the body of, and the one before.

    `fixed` says that the collection stands in an order.
    """

    node: Node
    collection: Node
    owner: Node | None
    before: Node | None = None
    fixed: bool = False


Namer = Callable[[Member], Name | None]

LINES, COMMAS, BEHIND_NAME = Shape(), Shape(commas=True), Shape(skip=1)
SCOPES = frozenset(
    {"class_definition", "class_declaration", "abstract_class_declaration", "class", "interface_declaration"}
)


def never(_node: Node) -> bool:
    """Say of no collection that it stands in an order."""
    return False


@dataclass(frozen=True)
class Language:
    """The tables of one language. `fixed`, asked once about a collection, says that it stands in an order."""

    name: Namer
    collections: Mapping[str, Shape]
    comments: frozenset[str] = frozenset({"comment"})
    attributes: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    owners: frozenset[str] = field(default=SCOPES)
    fixed: Callable[[Node], bool] = never


def text(node: Node | None) -> str:
    """Return the text of a node, with runs of white space as one space."""
    return "" if node is None or node.text is None else " ".join(node.text.decode("utf-8", "replace").split())


def inner(node: Node | None, *path: str) -> Node | None:
    """Return what a node has under a field, and below that under the next one."""
    found = node
    for name in path:
        found = None if found is None else found.child_by_field_name(name)
    return found


def by_name(*kinds: str, sortable: bool = True) -> dict[str, Callable[[Node], Name | None]]:
    """Return namers of nodes that are known by their field `name`."""

    def named(node: Node) -> Name | None:
        name = text(inner(node, "name"))
        return Name(node.type, name, True, sortable) if name else None

    return dict.fromkeys(kinds, named)


def by_text(*kinds: str) -> dict[str, Callable[[Node], Name | None]]:
    """Return namers of nodes that are known by the whole of their text."""
    return {kind: lambda node: Name(node.type, text(node)) for kind in kinds}
