"""Which nodes of a syntax tree are symbols, imports and references, by language.

A definition is captured by its kind, its name as `@name`; an import as `@import.<reader>` (`facts/imports.py` reads
it); references as `@ref`, those with the package in front as `@qualified`; comments as `@comment`.
"""

_SCRIPT = """
(function_declaration name: (identifier) @name) @function
(generator_function_declaration name: (identifier) @name) @function
(class_declaration name: (_) @name) @class
(method_definition name: (_) @name) @method
(program (lexical_declaration (variable_declarator name: (identifier) @name) @constant))
(program (variable_declaration (variable_declarator name: (identifier) @name) @constant))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @constant)))
(import_statement source: (string)) @import.script
(export_statement source: (string)) @import.script
(call_expression function: (identifier) @callee arguments: (arguments . (string))) @import.require
(call_expression function: (import) arguments: (arguments . (string))) @import.require
"""
_SCRIPT_REFS = """
(call_expression function: (identifier) @ref)
(call_expression function: (member_expression property: (property_identifier) @ref))
(new_expression constructor: (identifier) @ref)
(comment) @comment
"""
_TYPED = """
(interface_declaration name: (_) @name) @interface
(type_alias_declaration name: (_) @name) @type
(enum_declaration name: (identifier) @name) @enum
(abstract_class_declaration name: (_) @name) @class
(function_signature name: (identifier) @name) @function
(abstract_method_signature name: (_) @name) @method
(internal_module name: (_) @name) @module
(import_statement (import_require_clause source: (string))) @import.script
"""
_C = """
(function_definition declarator: (function_declarator declarator: (identifier) @name)) @function
(function_definition declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name)))
  @function
(struct_specifier name: (type_identifier) @name body: (_)) @class
(union_specifier name: (type_identifier) @name body: (_)) @class
(enum_specifier name: (type_identifier) @name body: (_)) @enum
(type_definition declarator: (type_identifier) @name) @type
(preproc_def name: (identifier) @name) @macro
(preproc_function_def name: (identifier) @name) @macro
(preproc_include path: (string_literal)) @import.include
"""
_C_REFS = "(call_expression function: (identifier) @ref) (type_identifier) @ref (comment) @comment"

DEFINITIONS = {
    "bash": """
(function_definition name: (word) @name) @function
(command name: (command_name (word) @callee) argument: (word)) @import.source
""",
    "c": _C,
    "cpp": _C
    + """
(class_specifier name: (type_identifier) @name body: (_)) @class
(namespace_definition name: (_) @name) @module
(function_definition declarator: (function_declarator declarator: (field_identifier) @name)) @method
(function_definition declarator: (function_declarator declarator: (qualified_identifier) @name)) @method
""",
    "go": """
(function_declaration name: (identifier) @name) @function
(method_declaration name: (field_identifier) @name) @method
(type_spec name: (type_identifier) @name) @type
(type_alias name: (type_identifier) @name) @type
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @constant)))
(package_clause (package_identifier) @package)
(import_spec) @import.go
""",
    "java": """
(class_declaration name: (identifier) @name) @class
(record_declaration name: (identifier) @name) @class
(interface_declaration name: (identifier) @name) @interface
(annotation_type_declaration name: (identifier) @name) @interface
(enum_declaration name: (identifier) @name) @enum
(method_declaration name: (identifier) @name) @method
(constructor_declaration name: (identifier) @name) @method
(package_declaration (_) @package)
(import_declaration) @import.java
""",
    "javascript": _SCRIPT,
    "php": """
(function_definition name: (name) @name) @function
(class_declaration name: (name) @name) @class
(trait_declaration name: (name) @name) @class
(interface_declaration name: (name) @name) @interface
(enum_declaration name: (name) @name) @enum
(method_declaration name: (name) @name) @method
(namespace_use_clause) @import.php
""",
    "python": """
(function_definition name: (identifier) @name) @function
(class_definition name: (identifier) @name) @class
(module (expression_statement (assignment left: (identifier) @name) @constant))
(import_statement) @import.python
(import_from_statement) @import.python_from
""",
    "ruby": """
(method name: (_) @name) @method
(singleton_method name: (_) @name) @method
(class name: (_) @name) @class
(module name: (_) @name) @module
(call method: (identifier) @callee arguments: (argument_list . (string))) @import.ruby
""",
    "rust": """
(function_item name: (identifier) @name) @function
(function_signature_item name: (identifier) @name) @method
(struct_item name: (type_identifier) @name) @class
(union_item name: (type_identifier) @name) @class
(enum_item name: (type_identifier) @name) @enum
(trait_item name: (type_identifier) @name) @interface
(type_item name: (type_identifier) @name) @type
(const_item name: (identifier) @name) @constant
(static_item name: (identifier) @name) @constant
(macro_definition name: (identifier) @name) @macro
(mod_item name: (identifier) @name body: (_)) @module
(mod_item name: (identifier) !body) @import.rust_mod
(use_declaration) @import.rust_use
(source_file (macro_invocation (token_tree) @import.rust_macro))
(mod_item body: (declaration_list (macro_invocation (token_tree) @import.rust_macro)))
(macro_definition (macro_rule right: (token_tree) @import.rust_macro))
(extern_crate_declaration) @import.rust_crate
""",
    "tsx": _SCRIPT + _TYPED,
    "typescript": _SCRIPT + _TYPED,
}

REFERENCES = {
    "bash": "(command name: (command_name (word) @ref)) (comment) @comment",
    "c": _C_REFS,
    "cpp": _C_REFS,
    "go": """
(call_expression function: (identifier) @ref)
(selector_expression operand: (identifier)) @qualified
(qualified_type) @qualified
(comment) @comment
""",
    "java": """
(type_identifier) @ref
(method_invocation name: (identifier) @ref)
(method_invocation object: (identifier) @ref)
(field_access object: (identifier) @ref)
(marker_annotation name: (identifier) @ref)
(annotation name: (identifier) @ref)
(line_comment) @comment
(block_comment) @comment
""",
    "javascript": _SCRIPT_REFS,
    "php": """
(function_call_expression function: (name) @ref)
(member_call_expression name: (name) @ref)
(object_creation_expression (name) @ref)
(comment) @comment
""",
    "python": """
(call function: (identifier) @ref)
(call function: (attribute attribute: (identifier) @ref))
(class_definition superclasses: (argument_list (identifier) @ref))
(decorator (identifier) @ref)
(type (identifier) @ref)
(comment) @comment
""",
    "ruby": "(call method: (identifier) @ref) (constant) @ref (comment) @comment",
    "rust": """
(call_expression function: (identifier) @ref)
(call_expression function: (scoped_identifier name: (identifier) @ref))
(call_expression function: (field_expression field: (field_identifier) @ref))
(type_identifier) @ref
(macro_invocation macro: (identifier) @ref)
(line_comment) @comment
(block_comment) @comment
""",
    "tsx": _SCRIPT_REFS + "(type_identifier) @ref",
    "typescript": _SCRIPT_REFS + "(type_identifier) @ref",
}
