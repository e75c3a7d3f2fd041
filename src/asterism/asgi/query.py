"""Reading query parameters into a Struct: strict, last one wins, problems named `query.<name>` (Fastest 0.2).

A field of the Struct is a parameter: `str`, `int` (with `Meta(ge=…, le=…)`), `bool`, a `Literal` of texts, or a list of
texts for a parameter that may be repeated; `| None` or a default for what need not be sent. What is declared is what is
documented. Undeclared parameters are ignored.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from asterism.base.errors import Invalid

Read = Callable[[str], Any]
LONGEST_INTEGER = 15


class Unchecked:
    """Marks a text whose reader has an error of its own for U+0000."""


@dataclass(frozen=True, slots=True)
class IgnoredWith:
    """Marks a parameter that is not even looked at when another one was sent."""

    name: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a face spells booleans, and what it makes of odd values.

    `clamps`: a number above its maximum counts as the maximum, else it is refused. `empties`: an empty text is a value
    where one is required, else it counts as missing.
    """

    true: frozenset[str] = frozenset({"true"})
    false: frozenset[str] = frozenset({"false"})
    clamps: bool = True
    empties: bool = False


class Parameter(NamedTuple):
    """One declared parameter, ready to be read."""

    field: str
    name: str
    read: Read
    repeated: bool
    required: bool
    fills: bool  # an empty text is a value
    rival: str | None  # when it was sent, this one is ignored


class QueryReader:
    """Reads query strings into `shape`; made once per endpoint."""

    def __init__(self, shape: type[msgspec.Struct], dialect: Dialect) -> None:
        self._shape = shape
        hints = get_type_hints(shape, include_extras=True)
        self._parameters = [_parameter(field, hints[field.name], dialect) for field in msgspec.structs.fields(shape)]
        self._asks = any(one.required or one.repeated for one in self._parameters)

    def read(self, values: Mapping[str, str], repeated: Callable[[str], Sequence[str]]) -> msgspec.Struct:
        """Return the parameters as a Struct. Raises Invalid.

        `values` holds the last value of each name, `repeated(name)` returns all of them.
        """
        if not values and not self._asks:
            return self._shape()
        found: dict[str, Any] = {}
        for field, name, read, is_list, required, fills, rival in self._parameters:
            if rival in values:
                continue
            if is_list:
                found[field] = [read(value) for value in repeated(name)]
            elif (value := values.get(name)) is not None and (value or fills):
                found[field] = read(value)
            elif required:
                raise Invalid.field(f"query.{name}", "is required")
        return self._shape(**found)


def check_text(values: Mapping[str, str]) -> None:
    """Raise Invalid for text that no database can hold."""
    for name, value in values.items():
        if "\x00" in value:
            raise Invalid.field(f"query.{name}", "holds U+0000")


def _parameter(field: msgspec.structs.FieldInfo, hint: Any, dialect: Dialect) -> Parameter:
    name = field.encode_name
    kind, metas = _core(hint)
    if get_origin(kind) is list:
        return Parameter(field.name, name, _text(name), repeated=True, required=False, fills=True, rival=None)
    read = _reader(name, kind, metas, dialect)
    fills = dialect.empties or not field.required
    rival = next((meta.name for meta in metas if isinstance(meta, IgnoredWith)), None)
    return Parameter(field.name, name, read, repeated=False, required=field.required, fills=fills, rival=rival)


def _core(hint: Any) -> tuple[Any, list[Any]]:
    """Return the type under Annotated and Optional, with everything that annotates it."""
    metas: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            metas += more
        elif get_origin(hint) in (Union, types.UnionType):
            [hint] = [one for one in get_args(hint) if one is not type(None)]
        else:
            return hint, metas


def _reader(name: str, kind: Any, metas: list[Any], dialect: Dialect) -> Read:
    if get_origin(kind) is Literal:
        return _choice(name, get_args(kind))
    if kind is bool:
        return _flag(name, dialect)
    if kind is int:
        bounds = [meta for meta in metas if isinstance(meta, msgspec.Meta)]
        minimum = next((meta.ge for meta in bounds if meta.ge is not None), 0)
        maximum = next((meta.le for meta in bounds if meta.le is not None), None)
        return _integer(name, int(minimum), None if maximum is None else int(maximum), clamps=dialect.clamps)
    if kind is not str:
        raise TypeError(f"query parameter {name} cannot be a {kind}")
    return str if any(meta is Unchecked for meta in metas) else _text(name)


def _text(name: str) -> Read:
    def read(value: str) -> str:
        if "\x00" in value:
            raise Invalid.field(f"query.{name}", "holds U+0000")
        return value

    return read


def _choice(name: str, allowed: tuple[str, ...]) -> Read:
    def read(value: str) -> str:
        if value not in allowed:
            raise Invalid.field(f"query.{name}", f"must be one of {', '.join(sorted(allowed))}")
        return value

    return read


def _flag(name: str, dialect: Dialect) -> Read:
    def read(value: str) -> bool:
        if value in dialect.true:
            return True
        if value not in dialect.false:
            raise Invalid.field(f"query.{name}", "must be true or false")
        return False

    return read


def _integer(name: str, minimum: int, maximum: int | None, *, clamps: bool) -> Read:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit()) or len(value) > LONGEST_INTEGER or int(value) < minimum:
            raise Invalid.field(f"query.{name}", f"must be an integer of at least {minimum}")
        number = int(value)
        if maximum is None or number <= maximum:
            return number
        if not clamps:
            raise Invalid.field(f"query.{name}", f"must be at most {maximum}")
        return maximum

    return read
