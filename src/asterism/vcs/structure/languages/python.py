"""Python."""

from tree_sitter import Node

from asterism.vcs.structure.languages.arms import literal, python_case
from asterism.vcs.structure.languages.model import COMMAS, LINES, Language, Member, Name, inner, text

_ENTRIES = frozenset({"string", "integer", "identifier", "attribute"})


def _name(member: Member) -> Name | None:
    node, collection, _, _, _ = member
    match node.type:
        case "import_statement" | "import_from_statement":
            return Name("import", text(node))
        case "function_definition" | "class_definition":
            return Name("definition", text(inner(node, "name")))
        case "decorated_definition":
            return _decorated(node)
        case "expression_statement":
            return _binding(member)
        case "pair":
            return Name("pair", text(inner(node, "key")))
        case "dotted_name" | "aliased_import" if collection.type == "import_from_statement":
            return Name("name", text(node))
        case "string" if collection.type == "list" and _is_all(collection):
            return Name("entry", text(node))
        case "keyword_argument":
            return Name("argument", text(inner(node, "name")), sortable=False)
        case "case_clause":
            return python_case(node)
    return Name("entry", text(node)) if collection.type == "set" and node.type in _ENTRIES else None


def _decorated(node: Node) -> Name:
    marks = [text(child) for child in node.children if child.type == "decorator"]
    of_property = next((mark.rpartition(".")[2] for mark in marks if mark.endswith(("setter", "deleter"))), "")
    name = text(inner(node, "definition", "name"))
    return Name("definition", f"{name}.{of_property}" if of_property else name)


def _binding(member: Member) -> Name | None:
    """Assignments to a name, in a module or in a class."""
    node, collection, owner, _, _ = member
    in_class = owner is not None and owner.type == "class_definition"
    if node.named_child_count != 1 or not (collection.type == "module" or in_class):
        return None
    assignment = node.named_children[0]
    target, value = inner(assignment, "left"), inner(assignment, "right")
    if assignment.type != "assignment" or target is None or target.type != "identifier":
        return None
    enumerated = in_class and literal(value) and _is_enumeration(owner)
    return Name("binding", text(target), sortable=False, value=text(value) if enumerated else "")


def _is_enumeration(owner: Node | None) -> bool:
    bases = text(inner(owner, "superclasses"))
    return "Enum" in bases or "Flag" in bases


def _is_all(node: Node) -> bool:
    above = node.parent
    return above is not None and above.type == "assignment" and text(inner(above, "left")) == "__all__"


PYTHON = Language(
    _name,
    {
        "module": LINES,
        "block": LINES,
        "dictionary": COMMAS,
        "list": COMMAS,
        "set": COMMAS,
        "argument_list": COMMAS,
        "import_from_statement": COMMAS,
    },
    imports=frozenset({"import"}),
)
