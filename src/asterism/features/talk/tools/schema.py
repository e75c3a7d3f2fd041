"""JSON schemas of arguments, as providers take them, and arguments read by them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

from asterism.base.errors import Invalid

T = TypeVar("T")
_PREFIX = "#/$defs/"


@cache
def input_schema(arguments: type[msgspec.Struct]) -> Mapping[str, Any]:
    """Return the schema of a Struct without references, which not every provider follows."""
    (schema,), definitions = msgspec.json.schema_components([arguments], ref_template=_PREFIX + "{name}")
    found: Mapping[str, Any] = _inlined(schema, definitions)
    return found


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(one, definitions) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].removeprefix(_PREFIX)], definitions)
    return {key: _inlined(value, definitions) for key, value in node.items() if key != "title"}


def read_arguments(arguments: Mapping[str, Any] | None, shape: type[T]) -> T:
    """Return what a model gave, strictly read, as a request's body is. Raises Invalid, which says what is wrong."""
    if arguments is None:
        raise Invalid("The arguments are no JSON object.", hint="Call the tool again with valid JSON.")
    try:
        found = msgspec.convert(arguments, shape)
        "".join(_texts(arguments)).encode()
    except msgspec.ValidationError as error:
        raise Invalid(f"The arguments are wrong: {error}.") from None
    except UnicodeEncodeError:
        raise Invalid("The arguments hold text that is not valid Unicode.") from None
    if any("\0" in text for text in _texts(arguments)):
        raise Invalid("The arguments hold U+0000.")
    return found


def _texts(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    inner = [*node, *node.values()] if isinstance(node, dict) else node if isinstance(node, list) else []
    return [text for one in inner for text in _texts(one)]
