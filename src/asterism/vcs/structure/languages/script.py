"""JavaScript, TypeScript, and both with elements."""

from tree_sitter import Node

from asterism.vcs.structure.languages.arms import literal, script_case
from asterism.vcs.structure.languages.model import (
    BEHIND_NAME,
    COMMAS,
    LINES,
    Language,
    Member,
    Name,
    by_name,
    by_text,
    inner,
    text,
)

_TEXTS = by_text("import_specifier", "export_specifier", "property_identifier")
_NAMED = by_name(
    "function_declaration",
    "generator_function_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "interface_declaration",
    "type_alias_declaration",
    "enum_declaration",
    "function_signature",
    "property_signature",
    "public_field_definition",
    "internal_module",
)
_BLOCKS = frozenset({"describe", "it", "test", "context", "suite"})


def _name(member: Member) -> Name | None:
    node, collection, _, _, _ = member
    match node.type:
        case "shorthand_property_identifier":
            return Name("member", text(node))
        case "import_statement":
            return Name("import", text(node))
        case "export_statement":
            return _exported(member)
        case "lexical_declaration" | "variable_declaration" if collection.type == "program":
            names = [text(inner(child, "name")) for child in node.named_children if child.type == "variable_declarator"]
            return Name("binding", ",".join(names), sortable=False)
        case "method_definition" | "method_signature" | "abstract_method_signature":
            return _method(node)
        case "expression_statement":
            return _block(node)
        case "switch_case":
            return script_case(member)
    if node.type in _NAMED:
        return _NAMED[node.type](node)
    return _TEXTS[node.type](node) if node.type in _TEXTS else _part(node)


def _part(node: Node) -> Name | None:
    """Members of classes, objects, enumerations and elements."""
    match node.type:
        case "field_definition":
            return Name("field", text(inner(node, "property")), sortable=False)
        case "pair":
            return Name("member", text(inner(node, "key")))
        case "enum_assignment":
            value = inner(node, "value")
            return Name("member", text(inner(node, "name")), value=text(value) if literal(value) else "")
        case "jsx_attribute":
            return Name("attribute", text(node.named_children[0]))
    return None


def _exported(member: Member) -> Name | None:
    node = member.node
    declared = inner(node, "declaration")
    if declared is None:
        return Name("export", text(node) if inner(node, "value") is None else "default")
    return _name(member._replace(node=declared))


def _method(node: Node) -> Name:
    marks = " ".join(child.type for child in node.children if child.type in ("get", "set", "static"))
    return Name("member", f"{marks} {text(inner(node, 'name'))}".strip())


def _block(node: Node) -> Name | None:
    """Test blocks are members by their title: `describe("…")`, `it("…")`, `test("…")`."""
    call = node.named_children[0] if node.named_child_count else None
    if call is None or call.type != "call_expression" or text(inner(call, "function")) not in _BLOCKS:
        return None
    arguments = inner(call, "arguments")
    title = arguments.named_children[0] if arguments is not None and arguments.named_child_count else None
    return Name("block", text(title), sortable=False) if title is not None and title.type == "string" else None


SCRIPT = Language(
    _name,
    {
        "program": LINES,
        "statement_block": LINES,
        "class_body": LINES,
        "interface_body": LINES,
        "object_type": LINES,
        "enum_body": COMMAS,
        "object": COMMAS,
        "array": COMMAS,
        "named_imports": COMMAS,
        "export_clause": COMMAS,
        "switch_body": LINES,
        "jsx_opening_element": BEHIND_NAME,
        "jsx_self_closing_element": BEHIND_NAME,
    },
    attributes=frozenset({"decorator"}),
    imports=frozenset({"import"}),
)
