"""What the names in a function mean, read from its text and its annotations without running it.

A value is known by its class: of a parameter by its annotation, of a local name by what it was given, of an attribute
by the annotation of its class or by what `__init__` puts there, of a call by what the function says it returns.
"""

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from asterism.faces.runtime import Runtime

Function = Callable[..., Any]
Names = dict[str, Any]


def named_in(function: Function) -> Iterator[Function]:
    """Yield the project's functions and methods that a function's body refers to, in the order of the text."""
    body = tree_of(function)
    if body is None:
        return
    names = names_of(function, body)
    nodes = [node for node in ast.walk(body) if isinstance(node, ast.Name | ast.Attribute)]
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        target = resolve(node, names)
        if inspect.isfunction(target) and target.__module__.startswith("asterism."):
            yield target


def in_layer(function: Function, layer: str) -> bool:
    """Whether a function belongs to a layer."""
    return function.__module__.startswith(f"asterism.{layer}.")


@cache
def tree_of(function: Function) -> ast.AST | None:
    """Parse a function, None where it has no text."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except (OSError, TypeError, SyntaxError):
        return None


def names_of(function: Function, body: ast.AST) -> Names:
    """Return what the names mean that a function sees: of its module, its parameters, its own."""
    function = inspect.unwrap(function)
    owner = function.__globals__.get(function.__qualname__.partition(".")[0])
    names = {**function.__globals__, **hints_of(function)}
    if inspect.isclass(owner):
        names["self"] = names["cls"] = owner
    for node in ast.walk(body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name, value in pairs(target, node.value):
                    if isinstance(name, ast.Name):
                        names[name.id] = resolve(value, names)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if isinstance(item.optional_vars, ast.Name):
                    names[item.optional_vars.id] = resolve(item.context_expr, names)
    return names


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Pair what is assigned to with what it is given: `a, b = x, y` is two assignments."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value


def resolve(node: ast.expr, names: Names) -> Any:
    """Return the function, module, property, or class of a value that an expression stands for; None when unknown."""
    if isinstance(node, ast.Name):
        return Runtime if node.id == "rt" else plain(names.get(node.id))
    if isinstance(node, ast.Await):
        return resolve(node.value, names)
    if isinstance(node, ast.Call):
        made = resolve(node.func, names)
        return made if inspect.isclass(made) else returned(made)
    if not isinstance(node, ast.Attribute):
        return None
    if node.attr == "rt":  # the runtime of a call, of which the class only says that it is some type
        return Runtime
    owner = resolve(node.value, names)
    if isinstance(owner, property):
        owner = returned(owner.fget)
    return attribute(owner, node.attr) if inspect.ismodule(owner) or inspect.isclass(owner) else None


def attribute(owner: Any, name: str) -> Any:
    """Return what an attribute of a module, or of an object of a class, is."""
    found = getattr(owner, name, None)
    if inspect.ismodule(owner) or inspect.isroutine(found) or isinstance(found, property):
        return found
    return plain(hints_of(owner).get(name)) or put_there(owner).get(name)


@cache
def put_there(owner: type) -> Names:
    """Return the classes of the attributes that `__init__` gives to its object."""
    function = owner.__init__  # type: ignore[misc]
    body = tree_of(function) if inspect.isfunction(function) else None
    if body is None or not owner.__module__.startswith("asterism."):
        return {}
    names = {**names_of(function, body), "self": None}
    return {
        place.attr: resolve(value, names)
        for node in ast.walk(body)
        if isinstance(node, ast.Assign)
        for target in node.targets
        for place, value in pairs(target, node.value)
        if isinstance(place, ast.Attribute)
    }


def returned(function: Any) -> Any:
    """Return the class of what a function returns."""
    return plain(hints_of(function).get("return")) if inspect.isroutine(function) else None


@cache
def hints_of(thing: Any) -> Names:
    """Return the annotations of a class or function; none where one of them cannot be read."""
    with suppress(NameError, TypeError, AttributeError):
        return get_type_hints(thing)
    return {}


def plain(annotation: Any) -> Any:
    """Return the class that an annotation speaks of: without None, alternatives' first, without parameters."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return plain(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return next((plain(one) for one in get_args(annotation) if one is not type(None)), None)
    return annotation if origin is None else origin
