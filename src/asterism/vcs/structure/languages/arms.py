"""The arms of `match` and `switch`: those that cannot meet stand in no order, the others do.

An arm is free when what it stands for is said by literals and names of constants alone, and control ends inside it.
"""

from tree_sitter import Node

from asterism.vcs.structure.languages.model import Member, Name, text

_ENDS = frozenset({"break_statement", "return_statement", "throw_statement", "continue_statement", "yield_statement"})
_LITERALS = frozenset(
    {
        *("string", "integer", "float", "number", "true", "false", "null", "none", "nil", "template_string"),
        *("string_literal", "integer_literal", "char_literal", "character_literal", "boolean_literal"),
        *("interpreted_string_literal", "raw_string_literal", "rune_literal", "int_literal", "float_literal"),
        *("decimal_integer_literal", "decimal_floating_point_literal", "negative_literal", "unary_expression"),
    }
)
_NAMES = frozenset(
    {
        *("identifier", "member_expression", "selector_expression", "scoped_identifier", "field_access"),
        *("property_identifier", "attribute"),
    }
)


def arm(key: str) -> Name | None:
    """Return the name of an arm that is free, None where nothing was said."""
    return Name("arm", key) if key else None


def constants(nodes: list[Node]) -> str:
    """Return what literals and names stand for, nothing when one is something else."""
    return ",".join(map(text, nodes)) if all(node.type in _LITERALS | _NAMES for node in nodes) else ""


def literal(node: Node | None) -> bool:
    """Say whether a node is a literal."""
    return node is not None and node.type in _LITERALS


def ends(body: list[Node]) -> bool:
    """Say whether control leaves at the end of some statements, instead of going on to the next arm."""
    if not body:
        return False
    last = body[-1]
    if last.type in ("statement_block", "block"):
        return ends([child for child in last.named_children if not child.type.endswith("comment")])
    return last.type in _ENDS


def python_case(node: Node) -> Name | None:
    """`case "a":` and `case Kind.A:`; names alone catch everything, and classes may meet."""
    patterns = [child for child in node.named_children if child.type == "case_pattern"]
    if len(patterns) != 1 or node.child_by_field_name("guard") is not None or patterns[0].named_child_count != 1:
        return None
    inside = patterns[0].named_children[0]
    if inside.type == "dotted_name" and inside.named_child_count > 1:
        return arm(text(inside))
    return arm(text(inside)) if literal(inside) else None


def rust_arm(node: Node) -> Name | None:
    """`1 =>`, `Kind::A =>`, `Kind::A(x) =>`, `Kind::A { x } =>`; a name in lower case catches everything."""
    pattern = node.child_by_field_name("pattern")
    if pattern is None or pattern.child_by_field_name("condition") is not None or pattern.named_child_count != 1:
        return None
    inside = pattern.named_children[0]
    if inside.type in ("tuple_struct_pattern", "struct_pattern"):
        return arm(text(inside.child_by_field_name("type")))
    if inside.type == "identifier":
        return arm(text(inside)) if text(inside)[:1].isupper() else None
    return arm(text(inside)) if literal(inside) or inside.type == "scoped_identifier" else None


def script_case(member: Member) -> Name | None:
    """`case 1:` whose statements end, behind one whose statements end."""
    node, before = member.node, member.before
    value = node.child_by_field_name("value")
    if value is None or not ends(node.children_by_field_name("body")):
        return None
    if before is not None and not ends(before.children_by_field_name("body")):
        return None
    return arm(constants([value]))


def java_case(member: Member) -> Name | None:
    """`case A ->`, and `case A:` whose statements end, behind one whose statements end."""
    node, before = member.node, member.before
    labels = [child for child in node.named_children if child.type == "switch_label"]
    if node.type == "switch_block_statement_group" and not (
        ends(node.named_children) and (before is None or ends(before.named_children))
    ):
        return None
    values = [value for label in labels for value in label.named_children]
    return arm(constants(values)) if len(labels) == 1 and values else None
