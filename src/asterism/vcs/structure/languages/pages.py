"""CSS and HTML."""

from tree_sitter import Node

from asterism.vcs.structure.languages.model import BEHIND_NAME, LINES, Language, Member, Name, text


def _css(member: Member) -> Name | None:
    node = member.node
    match node.type:
        case "rule_set":
            return Name("rule", text(node.named_children[0]), sortable=False)
        case "declaration":
            return Name("declaration", text(node.named_children[0]), sortable=False)
        case "import_statement":
            return Name("import", text(node))
        case "media_statement" | "supports_statement" | "keyframes_statement":
            query = [text(child) for child in node.named_children if not child.type.endswith(("block", "list"))]
            return Name(node.type, " ".join(query), sortable=False)
    return None


CSS = Language(
    _css,
    {"stylesheet": LINES, "block": LINES, "keyframe_block_list": LINES},
    imports=frozenset({"import", "charset_statement"}),
)

_META_NAMES = ("name", "property", "http-equiv")


def _html(member: Member) -> Name | None:
    """Elements stand in order, style sheets and scripts too, since later ones win; named metadata does not."""
    node = member.node
    if node.type == "attribute":
        return Name("attribute", text(node.named_children[0]).lower())
    tag = node.named_children[0] if node.type == "element" and node.named_child_count else None
    if tag is None or not tag.named_child_count:
        return None
    name, attributes = text(tag.named_children[0]), _attributes(tag)
    if name == "meta":
        known = next((f"{one}={attributes[one]}" for one in _META_NAMES if one in attributes), None)
        return None if known is None else Name("head", known)
    if name == "link" and "stylesheet" not in attributes.get("rel", "stylesheet").lower().split():
        return Name("head", text(tag))
    return None


def _attributes(tag: Node) -> dict[str, str]:
    """Return the attributes of a start tag, names in lower case, values without their quotes."""
    found = {}
    for one in tag.named_children[1:]:
        if one.type == "attribute" and one.named_child_count:
            value = text(one.named_children[1]) if one.named_child_count > 1 else ""
            found[text(one.named_children[0]).lower()] = value.strip("\"'")
    return found


HTML = Language(_html, {"document": LINES, "element": LINES, "start_tag": BEHIND_NAME, "self_closing_tag": BEHIND_NAME})
