"""The numbers of the program that refuse something, found in its source.

A number refuses when it is a constant of a module, in capitals, and either stands in an ordered comparison in the
condition of an `if` that raises at once, or bounds a type (`Meta(...)`), or is handed over as `max_...=`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.architecture.source import SOURCE, python_files

ORDERED = ast.Lt | ast.LtE | ast.Gt | ast.GtE


@dataclass
class Module:
    """What one file says of numbers: those it makes, the names it takes from elsewhere, and where it refuses."""

    made: set[str] = field(default_factory=set)
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    refusals: list[ast.expr] = field(default_factory=list)


def refusing_numbers() -> dict[str, str]:
    """Return each number that refuses, as the module below `asterism` and its name there, with a place that uses it."""
    modules = {}
    for path in python_files():
        name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        modules[name] = _read(ast.parse(path.read_text()))
    found = {}
    for name, module in modules.items():
        for expression in module.refusals:
            for names in _constants(expression):
                place = _made(modules, name, names)
                if place is not None:
                    found.setdefault(place.removeprefix("asterism."), f"{name}:{expression.lineno}")
    return found


def _read(tree: ast.Module) -> Module:
    module = Module()
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                module.made.update(_numbers(target, statement.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("asterism"):
            module.taken |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.If) and any(isinstance(statement, ast.Raise) for statement in node.body):
            compared = [part for part in ast.walk(node.test) if isinstance(part, ast.Compare)]
            module.refusals += [one for one in compared if any(isinstance(operator, ORDERED) for operator in one.ops)]
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            bounds = [word for word in node.keywords if called == "Meta" or (word.arg or "").startswith("max_")]
            module.refusals += [word.value for word in bounds]
    return module


def _numbers(target: ast.expr, value: ast.expr) -> Iterator[str]:
    """Yield the names in capitals to which a number is assigned."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=True):
            yield from _numbers(one, its)
    elif isinstance(target, ast.Name) and target.id.isupper() and _is_number(value):
        yield target.id


def _is_number(value: ast.expr) -> bool:
    """Say whether an expression is a number, or arithmetic of numbers and names."""
    parts = [part for part in ast.walk(value) if isinstance(part, ast.expr)]
    plain = all(isinstance(part, ast.Constant | ast.BinOp | ast.UnaryOp | ast.Name | ast.Attribute) for part in parts)
    constants = [part.value for part in parts if isinstance(part, ast.Constant)]
    return plain and bool(constants) and all(type(constant) in (int, float) for constant in constants)


def _constants(expression: ast.expr) -> Iterator[tuple[str, ...]]:
    """Yield `(NAME,)` and `(module, NAME)` for the names in capitals in an expression."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Name) and node.id.isupper():
            yield (node.id,)
        elif isinstance(node, ast.Attribute) and node.attr.isupper() and isinstance(node.value, ast.Name):
            yield (node.value.id, node.attr)


def _made(modules: dict[str, Module], name: str, names: tuple[str, ...]) -> str | None:
    """Follow imports to where a number is assigned; None when it is no number, or no constant of ours."""
    module = modules[name]
    if len(names) == 1 and names[0] in module.made:
        return f"{name}.{names[0]}"
    source, taken = module.taken.get(names[0], ("", ""))
    if f"{source}.{taken}" in modules:
        return _made(modules, f"{source}.{taken}", names[1:]) if len(names) > 1 else None
    return _made(modules, source, (taken,)) if source in modules and len(names) == 1 else None
