"""Bodies that are wrong, made from the type that an endpoint declares."""

from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec

from asterism.asgi.endpoint import Endpoint

MIB = 1024 * 1024


def bad_bodies(endpoint: Endpoint) -> Iterator[tuple[str, bytes]]:
    """Yield `(what is wrong, body)`: syntax, shape, size, and each field of the wrong type."""
    yield "cut off", b"{"
    yield "no JSON", b"\xff\xfe"
    yield "a list", b"[]"
    yield "a string", b'"x"'
    yield "null", b"null"
    yield "deeply nested", b"[" * 100_000
    yield "a number that is no JSON", b'{"limit": NaN}'
    yield "2 MiB", b'{"filler": "' + b"x" * (2 * MIB) + b'"}'
    for name, value in wrong_fields(endpoint.body):
        yield f"wrong type of {name}", msgspec.json.encode({name: value})


def wrong_fields(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield each field of a Struct with a value that its type does not allow; fields that take anything are skipped."""
    if not (isinstance(body, type) and issubclass(body, msgspec.Struct)):
        return
    hints = get_type_hints(body, include_extras=True)
    for field in msgspec.structs.fields(body):
        for value in (17, "text", [[1]], {"a": {"b": 1}}, True, 1.5):
            try:
                msgspec.convert(value, hints[field.name])
            except msgspec.ValidationError:
                yield field.encode_name, value
                break


def required_fields(body: Any) -> list[str]:
    """Return the names of the fields that a request must have."""
    if not (isinstance(body, type) and issubclass(body, msgspec.Struct)):
        return []
    return [f.encode_name for f in msgspec.structs.fields(body) if f.required]
