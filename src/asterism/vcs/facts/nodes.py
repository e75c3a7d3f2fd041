"""Reading nodes of syntax trees."""

from tree_sitter import Node

MAX_TEXT = 1_000


def text(node: Node | None) -> str:
    """Return the text of a node; bytes that are no UTF-8 become U+FFFD."""
    return "" if node is None or node.text is None else node.text[: MAX_TEXT * 4].decode("utf-8", "replace")[:MAX_TEXT]


def line_of(node: Node) -> int:
    """Return the line that a node begins in, counted from 1."""
    return node.start_point.row + 1
