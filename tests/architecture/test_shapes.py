"""What a shape of the wire copies from a model by name, the model has (ADR 0182)."""

import ast
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

import asterism.faces
from asterism.faces import shapes as shapes_module
from asterism.faces.shapes import copied


def shapes() -> Iterator[type[msgspec.Struct]]:
    """Yield the shapes of the faces whose `of` copies."""
    for found in pkgutil.walk_packages(asterism.faces.__path__, "asterism.faces."):
        module = importlib.import_module(found.name)
        for shape in vars(module).values():
            own = inspect.isclass(shape) and issubclass(shape, msgspec.Struct) and shape.__module__ == module.__name__
            if own and "of" in vars(shape) and "copied(cls, " in inspect.getsource(shape.of):
                yield shape


def ident(shape: type[msgspec.Struct]) -> str:
    return f"{shape.__module__.removeprefix('asterism.faces.')}.{shape.__name__}"


def attributes(model: type) -> set[str]:
    return {name for name in dir(model) if name[0] != "_"} | set(typing.get_type_hints(model))


@pytest.mark.parametrize("shape", list(shapes()), ids=ident)
def test_a_model_has_what_is_copied_from_it(shape: type[msgspec.Struct]) -> None:
    of = typing.cast(typing.Any, shape).of
    tree = ast.parse(inspect.cleandoc(inspect.getsource(of)))
    call = next(n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "copied")
    hints, source = typing.get_type_hints(of.__func__), ast.unparse(call.args[1])
    model = hints.get(source) or _attribute(tree, source, hints)
    said = {keyword.arg for keyword in call.keywords}
    needed = {one.name for one in msgspec.structs.fields(shape) if one.required}
    assert needed - said <= attributes(model)
    assert said <= set(shape.__struct_fields__)


def test_only_a_shape_copies() -> None:
    calls = [
        f"{path.name}:{node.lineno}"
        for path in Path(shapes_module.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "copied" and ast.unparse(node.args[0]) != "cls"
    ]
    assert not calls, "copy in the `of` of the shape, where the model is declared"


def _attribute(tree: ast.AST, name: str, hints: dict[str, typing.Any]) -> type:
    """Return what `name = parameter.attribute` in an `of` is annotated with."""
    assigned = {
        ast.unparse(target): value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in _pairs(node)
    }
    value = assigned[name]
    assert isinstance(value, ast.Attribute)
    found = typing.get_type_hints(hints[ast.unparse(value.value)])[value.attr]
    assert isinstance(found, type)
    return found


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
        yield from zip(node.targets[0].elts, node.value.elts, strict=True)
    else:
        yield node.targets[0], node.value


@dataclass(frozen=True)
class Inner:
    text: str


@dataclass(frozen=True)
class Model:
    name: str
    inner: Inner
    size: int | None = None


class InnerShape(msgspec.Struct):
    text: str


class Shape(msgspec.Struct, rename="camel"):
    name: str
    inner: InnerShape
    file_size: int | msgspec.UnsetType = msgspec.UNSET
    note: str = "none"


def test_copying_goes_into_models_and_says_the_rest() -> None:
    shape = copied(Shape, Model("a", Inner("b"), 3), file_size=3)
    assert msgspec.json.encode(shape) == b'{"name":"a","inner":{"text":"b"},"fileSize":3,"note":"none"}'
    assert "fileSize" not in msgspec.to_builtins(copied(Shape, Model("a", Inner("b")), file_size=msgspec.UNSET))


def test_what_a_model_lacks_is_no_answer() -> None:
    with pytest.raises(msgspec.ValidationError, match="inner"):
        copied(Shape, Inner("b"), name="a")
