"""What the merge knows of each language: which nodes are collections, and what their members are known by."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tree_sitter import Node


class Shape(NamedTuple):
    """A node whose children are members. `commas`: parted by commas. `skip`: children in front that are no members."""

    commas: bool = False
    skip: int = 0


class Name(NamedTuple):
    """What a member is known by, and how free it is to stand elsewhere among its like."""

    kind: str
    key: str
    movable: bool = True
    sortable: bool = True


class Member(NamedTuple):
    """A node among others: with its collection, and the named thing that the collection is the body of."""

    node: Node
    collection: Node
    owner: Node | None


Namer = Callable[[Member], Name | None]

LINES, COMMAS = Shape(), Shape(commas=True)
SCOPES = frozenset(
    {"class_definition", "class_declaration", "abstract_class_declaration", "class", "interface_declaration"}
)


@dataclass(frozen=True)
class Language:
    """The tables of one language."""

    name: Namer
    collections: Mapping[str, Shape]
    comments: frozenset[str] = frozenset({"comment"})
    attributes: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    owners: frozenset[str] = field(default=SCOPES)


def text(node: Node | None) -> str:
    """Return the text of a node, with runs of white space as one space."""
    return "" if node is None or node.text is None else " ".join(node.text.decode("utf-8", "replace").split())


def _field(node: Node, *path: str) -> Node | None:
    found: Node | None = node
    for name in path:
        found = None if found is None else found.child_by_field_name(name)
    return found


def _by_name(*kinds: str, sortable: bool = True) -> dict[str, Callable[[Node], Name | None]]:
    def named(node: Node) -> Name | None:
        name = text(_field(node, "name"))
        return Name(node.type, name, True, sortable) if name else None

    return dict.fromkeys(kinds, named)


def _by_text(*kinds: str) -> dict[str, Callable[[Node], Name | None]]:
    return {kind: lambda node: Name(node.type, text(node)) for kind in kinds}


def _python(member: Member) -> Name | None:
    node, collection, owner = member
    scope = collection.type == "module" or (owner is not None and owner.type == "class_definition")
    match node.type:
        case "import_statement" | "import_from_statement":
            return Name("import", text(node))
        case "function_definition" | "class_definition":
            return Name("definition", text(_field(node, "name")))
        case "decorated_definition":
            marks = [text(child) for child in node.children if child.type == "decorator"]
            property_mark = next(
                (mark.rpartition(".")[2] for mark in marks if mark.endswith(("setter", "deleter"))), ""
            )
            return Name(
                "definition",
                f"{text(_field(node, 'definition', 'name'))}{'.' + property_mark if property_mark else ''}",
            )
        case "expression_statement" if scope and node.named_child_count == 1:
            inner = node.named_children[0]
            target = _field(inner, "left")
            if inner.type == "assignment" and target is not None and target.type == "identifier":
                return Name("binding", text(target), sortable=False)
        case "pair":
            return Name("pair", text(_field(node, "key")))
        case "dotted_name" | "aliased_import" if collection.type == "import_from_statement":
            return Name("name", text(node))
        case "string" if collection.type == "list" and _is_all(collection):
            return Name("entry", text(node))
        case "keyword_argument":
            return Name("argument", text(_field(node, "name")), sortable=False)
    return None


def _is_all(node: Node) -> bool:
    above = node.parent
    return above is not None and above.type == "assignment" and text(_field(above, "left")) == "__all__"


_SCRIPT_TEXTS = _by_text("import_specifier", "export_specifier", "shorthand_property_identifier", "property_identifier")
_SCRIPT_NAMED = _by_name(
    "function_declaration",
    "generator_function_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "interface_declaration",
    "type_alias_declaration",
    "enum_declaration",
    "function_signature",
    "property_signature",
    "enum_assignment",
    "public_field_definition",
    "internal_module",
)
_BLOCKS = frozenset({"describe", "it", "test", "context", "suite"})


def _script(member: Member) -> Name | None:
    node, collection, _ = member
    match node.type:
        case "import_statement":
            return Name("import", text(node))
        case "export_statement":
            inner = _field(node, "declaration")
            if inner is None:
                return Name("export", text(node) if _field(node, "value") is None else "default")
            return _script(member._replace(node=inner))
        case "lexical_declaration" | "variable_declaration" if collection.type == "program":
            names = [
                text(_field(child, "name")) for child in node.named_children if child.type == "variable_declarator"
            ]
            return Name("binding", ",".join(names), sortable=False)
        case "method_definition" | "method_signature" | "abstract_method_signature":
            return _method(node)
        case "field_definition":
            return Name("field", text(_field(node, "property")), sortable=False)
        case "pair":
            return Name("member", text(_field(node, "key")))
        case "expression_statement":
            return _script_block(node)
        case "shorthand_property_identifier":
            return Name("member", text(node))
    if node.type in _SCRIPT_NAMED:
        return _SCRIPT_NAMED[node.type](node)
    return _SCRIPT_TEXTS[node.type](node) if node.type in _SCRIPT_TEXTS else None


def _method(node: Node) -> Name:
    marks = " ".join(child.type for child in node.children if child.type in ("get", "set", "static"))
    return Name("member", f"{marks} {text(_field(node, 'name'))}".strip())


def _script_block(node: Node) -> Name | None:
    """Test blocks are members by their title: `describe("…")`, `it("…")`, `test("…")`."""
    call = node.named_children[0] if node.named_child_count else None
    if call is None or call.type != "call_expression" or text(_field(call, "function")) not in _BLOCKS:
        return None
    arguments = _field(call, "arguments")
    title = arguments.named_children[0] if arguments is not None and arguments.named_child_count else None
    return Name("block", text(title), sortable=False) if title is not None and title.type == "string" else None


_GO = _by_name("function_declaration", "field_declaration", "method_elem", "method_spec", "const_spec", "var_spec")


def _go(member: Member) -> Name | None:
    node, collection, _ = member
    match node.type:
        case "import_spec":
            return Name("import", text(node))
        case "import_declaration":
            return Name("import", text(node), movable=False)
        case "method_declaration":
            receiver = re.sub(r"^\(\s*(?:\w+\s+)?\*?|\)$", "", text(_field(node, "receiver")))
            return Name("method", f"{receiver}.{text(_field(node, 'name'))}")
        case "type_declaration" | "const_declaration" | "var_declaration" if collection.type == "source_file":
            names = [text(_field(child, "name")) for child in node.named_children if _field(child, "name")]
            return Name(node.type, ",".join(names), sortable=False) if names else None
        case "keyed_element":
            return Name("member", text(node.named_children[0]))
        case "const_spec" if "iota" in text(collection):
            return None
        case "var_spec_list" | "comment":
            return None
    return _GO[node.type](node) if node.type in _GO else None


_RUST = {
    **_by_name("function_item", "struct_item", "enum_item", "trait_item", "mod_item", "union_item", "macro_definition"),
    **_by_name("function_signature_item", "field_declaration", "enum_variant", "associated_type"),
    **_by_name("const_item", "static_item", "type_item", sortable=False),
    **_by_text("use_declaration", "identifier", "scoped_identifier", "use_as_clause", "extern_crate_declaration"),
}


def _rust(member: Member) -> Name | None:
    node, collection, _ = member
    match node.type:
        case "impl_item":
            return Name("impl", f"{text(_field(node, 'trait'))} for {text(_field(node, 'type'))}", sortable=False)
        case "use_declaration":
            return Name("import", text(node))
        case "field_initializer":
            return Name("member", text(_field(node, "field") or node.named_children[0]))
        case "shorthand_field_initializer":
            return Name("member", text(node))
        case "identifier" | "scoped_identifier" | "use_as_clause" if collection.type != "use_list":
            return None
        case "enum_variant":
            return Name("variant", text(_field(node, "name")), sortable=False)
        case "field_declaration":
            return Name("field", text(_field(node, "name")), sortable=False)
    return _RUST[node.type](node) if node.type in _RUST else None


_JAVA = _by_name(
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
            parameters = _field(node, "parameters")
            types = [text(_field(child, "type")) for child in parameters.named_children] if parameters else []
            return Name("method", f"{text(_field(node, 'name'))}({','.join(types)})")
        case "field_declaration" | "constant_declaration":
            names = [
                text(_field(child, "name")) for child in node.named_children if child.type == "variable_declarator"
            ]
            return Name("field", ",".join(names), sortable=False)
        case "enum_constant":
            return Name("variant", text(_field(node, "name")), sortable=False)
    return _JAVA[node.type](node) if node.type in _JAVA else None


def _key_and_value(member: Member) -> Name | None:
    """JSON and YAML: pairs by their key; entries of a list stand in order."""
    node = member.node
    if node.type in ("pair", "block_mapping_pair", "flow_pair"):
        return Name("pair", text(_field(node, "key")))
    return None


def _set_entries(member: Member) -> Name | None:
    """The same in a manifest file, whose lists of strings are sets."""
    node, collection, _ = member
    if collection.type in ("array", "block_sequence") and _is_string(node):
        return Name("entry", text(node).strip("\"'- "))
    return _toml(member) or _key_and_value(member)


def _is_string(node: Node) -> bool:
    if node.type == "block_sequence_item":
        inner = node.named_children[0] if node.named_child_count else None
        return inner is not None and inner.type == "flow_node"
    return node.type == "string"


def _toml(member: Member) -> Name | None:
    node = member.node
    if node.type == "pair":
        return Name("pair", text(_field(node, "key") or node.named_children[0]))
    if node.type == "table":
        return Name("table", text(node.named_children[0]), sortable=False)
    return None


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


_META_NAMES = ("name", "property", "http-equiv")


def _html(member: Member) -> Name | None:
    """Elements stand in order, style sheets and scripts too, since later ones win; named metadata does not."""
    node = member.node
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


_SCRIPT = Language(
    _script,
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
    },
    attributes=frozenset({"decorator"}),
    imports=frozenset({"import"}),
)
_DATA = {"document": LINES, "object": COMMAS, "array": COMMAS}
_YAML = {"block_mapping": LINES, "block_sequence": LINES}
_TOML = {"document": LINES, "table": Shape(skip=1), "table_array_element": Shape(skip=1), "array": COMMAS}

_LANGUAGES: dict[str, Language] = {
    "python": Language(
        _python,
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
    ),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": Language(
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
        },
        imports=frozenset({"import", "package_clause"}),
    ),
    "rust": Language(
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
    ),
    "java": Language(
        _java,
        {
            "program": LINES,
            "class_body": LINES,
            "interface_body": LINES,
            "annotation_type_body": LINES,
            "enum_body": COMMAS,
            "block": LINES,
            "constructor_body": LINES,
        },
        comments=frozenset({"line_comment", "block_comment"}),
        imports=frozenset({"import", "package_declaration"}),
    ),
    "json": Language(_key_and_value, _DATA),
    "yaml": Language(_key_and_value, _YAML),
    "toml": Language(_toml, _TOML),
    "css": Language(
        _css,
        {"stylesheet": LINES, "block": LINES, "keyframe_block_list": LINES},
        imports=frozenset({"import", "charset_statement"}),
    ),
    "html": Language(_html, {"document": LINES, "element": LINES}),
}
_MANIFESTS = frozenset(
    {
        "package.json",
        "tsconfig.json",
        "composer.json",
        "pyproject.toml",
        "Cargo.toml",
        "environment.yml",
        "pubspec.yaml",
    }
)


def language(name: str, path: str) -> Language:
    """Return the tables of a language; in a manifest file lists of strings are sets."""
    found = _LANGUAGES[name]
    if is_manifest(path):
        return Language(_set_entries, found.collections)
    return found


def is_manifest(path: str) -> bool:
    """Say whether a file describes a package, and its lists of strings are sets."""
    return path.rpartition("/")[2] in _MANIFESTS
