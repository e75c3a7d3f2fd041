"""Go, Rust and Java."""

import re

from tree_sitter import Node

from asterism.vcs.structure.languages.arms import arm, constants, java_case, literal, rust_arm
from asterism.vcs.structure.languages.model import COMMAS, LINES, Language, Member, Name, by_name, by_text, inner, text

_GO = by_name("function_declaration", "field_declaration", "method_elem", "method_spec", "var_spec")


def _go(member: Member) -> Name | None:
    node, collection, _, _, _ = member
    match node.type:
        case "import_spec":
            return Name("import", text(node))
        case "import_declaration":
            return Name("import", text(node), movable=False)
        case "method_declaration":
            receiver = re.sub(r"^\(\s*(?:\w+\s+)?\*?|\)$", "", text(inner(node, "receiver")))
            return Name("method", f"{receiver}.{text(inner(node, 'name'))}")
        case "type_declaration" | "const_declaration" | "var_declaration" if collection.type == "source_file":
            names = [text(inner(child, "name")) for child in node.named_children if inner(child, "name")]
            return Name(node.type, ",".join(names), sortable=False) if names else None
        case "keyed_element":
            return Name("member", text(node.named_children[0]))
        case "const_spec" if not member.fixed:
            kind, value = text(inner(node, "type")), inner(node, "value")
            return Name("const_spec", text(inner(node, "name")), value=f"{kind} {text(value)}" if kind else "")
        case "expression_case" if not member.fixed:
            values = inner(node, "value")
            return None if values is None else arm(constants(values.named_children))
        case "var_spec_list" | "comment":
            return None
    return _GO[node.type](node) if node.type in _GO else None


def _go_fixed(node: Node) -> bool:
    """Constants that count up, and a `switch` that tries conditions or goes on from one case to the next."""
    if node.type == "const_declaration":
        return b"iota" in (node.text or b"")
    if node.type == "expression_switch_statement":
        return inner(node, "value") is None or b"fallthrough" in (node.text or b"")
    return False


GO = Language(
    _go,
    {
        "source_file": LINES,
        "block": LINES,
        "statement_list": LINES,
        "import_spec_list": LINES,
        "field_declaration_list": LINES,
        "interface_type": LINES,
        "const_declaration": LINES,
        "var_declaration": LINES,
        "var_spec_list": LINES,
        "literal_value": COMMAS,
        "expression_switch_statement": LINES,
    },
    imports=frozenset({"import", "package_clause"}),
    fixed=_go_fixed,
)

_RUST = {
    **by_name("function_item", "struct_item", "enum_item", "trait_item", "mod_item", "union_item", "macro_definition"),
    **by_name("function_signature_item", "associated_type"),
    **by_name("const_item", "static_item", "type_item", sortable=False),
    **by_text("use_declaration", "identifier", "scoped_identifier", "use_as_clause", "extern_crate_declaration"),
}


def _rust(member: Member) -> Name | None:
    node, collection, _, _, _ = member
    match node.type:
        case "impl_item":
            return Name("impl", f"{text(inner(node, 'trait'))} for {text(inner(node, 'type'))}", sortable=False)
        case "use_declaration":
            return Name("import", text(node))
        case "field_initializer":
            return Name("member", text(inner(node, "field") or node.named_children[0]))
        case "shorthand_field_initializer":
            return Name("member", text(node))
        case "identifier" | "scoped_identifier" | "use_as_clause" if collection.type != "use_list":
            return None
        case "enum_variant":
            return Name("variant", text(inner(node, "name")), sortable=False, value=text(inner(node, "value")))
        case "field_declaration":
            return Name("field", text(inner(node, "name")), sortable=False)
        case "match_arm":
            return rust_arm(node)
    return _RUST[node.type](node) if node.type in _RUST else None


RUST = Language(
    _rust,
    {
        "source_file": LINES,
        "block": LINES,
        "declaration_list": LINES,
        "field_declaration_list": COMMAS,
        "enum_variant_list": COMMAS,
        "use_list": COMMAS,
        "field_initializer_list": COMMAS,
        "match_block": LINES,
    },
    comments=frozenset({"line_comment", "block_comment"}),
    attributes=frozenset({"attribute_item"}),
    imports=frozenset({"import", "inner_attribute_item"}),
)

_JAVA = by_name(
    "class_declaration",
    "interface_declaration",
    "enum_declaration",
    "record_declaration",
    "annotation_type_declaration",
)


def _java(member: Member) -> Name | None:
    node = member.node
    match node.type:
        case "import_declaration":
            return Name("import", text(node))
        case "method_declaration" | "constructor_declaration" | "compact_constructor_declaration":
            parameters = inner(node, "parameters")
            types = [text(inner(child, "type")) for child in parameters.named_children] if parameters else []
            return Name("method", f"{text(inner(node, 'name'))}({','.join(types)})")
        case "field_declaration" | "constant_declaration":
            names = [text(inner(child, "name")) for child in node.named_children if child.type == "variable_declarator"]
            return Name("field", ",".join(names), sortable=False)
        case "enum_constant":
            given = inner(node, "arguments")
            plain = given is not None and all(map(literal, given.named_children))
            return Name("variant", text(inner(node, "name")), sortable=False, value=text(given) if plain else "")
        case "switch_rule" | "switch_block_statement_group":
            return java_case(member)
    return _JAVA[node.type](node) if node.type in _JAVA else None


JAVA = Language(
    _java,
    {
        "program": LINES,
        "class_body": LINES,
        "interface_body": LINES,
        "annotation_type_body": LINES,
        "enum_body": COMMAS,
        "block": LINES,
        "constructor_body": LINES,
        "switch_block": LINES,
    },
    comments=frozenset({"line_comment", "block_comment"}),
    imports=frozenset({"import", "package_declaration"}),
)
