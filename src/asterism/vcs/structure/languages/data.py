"""JSON, YAML and TOML: pairs by their key; entries of a list stand in order, but in a manifest file."""

from dataclasses import replace

from tree_sitter import Node

from asterism.vcs.structure.languages.model import BEHIND_NAME, COMMAS, LINES, Language, Member, Name, inner, text


def _key_and_value(member: Member) -> Name | None:
    node = member.node
    if node.type in ("pair", "block_mapping_pair", "flow_pair"):
        return Name("pair", text(inner(node, "key")))
    return None


def _toml(member: Member) -> Name | None:
    node = member.node
    if node.type == "pair":
        return Name("pair", text(inner(node, "key") or node.named_children[0]))
    if node.type == "table":
        return Name("table", text(node.named_children[0]), sortable=False)
    return None


def _set_entries(member: Member) -> Name | None:
    """The same in a manifest file, whose lists of strings are sets."""
    node, collection, _, _, _ = member
    if collection.type in ("array", "block_sequence") and _is_string(node):
        return Name("entry", text(node).strip("\"'- "))
    return _toml(member) or _key_and_value(member)


def _is_string(node: Node) -> bool:
    if node.type == "block_sequence_item":
        inside = node.named_children[0] if node.named_child_count else None
        return inside is not None and inside.type == "flow_node"
    return node.type == "string"


JSON = Language(_key_and_value, {"document": LINES, "object": COMMAS, "array": COMMAS})
YAML = Language(_key_and_value, {"block_mapping": LINES, "block_sequence": LINES})
TOML = Language(_toml, {"document": LINES, "table": BEHIND_NAME, "table_array_element": BEHIND_NAME, "array": COMMAS})


def with_sets(language: Language) -> Language:
    """Return a language of data in which lists of strings are sets."""
    return replace(language, name=_set_entries)
