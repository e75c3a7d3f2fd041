"""Examples of Structs, made from their types and the names of their fields."""

from collections.abc import Mapping
from typing import Any

import msgspec

TIME = "2026-02-04T12:00:00.000Z"
ULID = "01JKH8W0ZQ4T9X2V6M3N5P7R8S"
UUID = "6f1c2a9e-0f6b-4f7e-9f6e-0a4c6b1d2e3f"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
BY_NAME: Mapping[str, str] = {
    "content": "Hello.",
    "email": "ada@example.org",
    "manifest_hash": HASH,
    "hash": HASH,
    "name": "compiler",
    "path": "src/main.py",
    "title": "First steps",
    "url": "http://127.0.0.1:3000/device",
}

BY_FORMAT: Mapping[str, str] = {"date-time": TIME, "uuid": UUID}


def example(kind: Any) -> Any:
    """Return a JSON-able value of a type; optional fields that may be absent are left out."""
    return _value(msgspec.inspect.type_info(kind), "")


def _value(info: msgspec.inspect.Type, name: str) -> Any:
    match info:
        case msgspec.inspect.Metadata():
            return _told(info.extra_json_schema or {}) or _value(info.type, name)
        case msgspec.inspect.StructType():
            return _struct(info)
        case msgspec.inspect.LiteralType():
            return info.values[0]
        case msgspec.inspect.UnionType():
            return _value(info.types[0], name)
        case msgspec.inspect.StrType():
            return _text(name)
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType():
            return 1 if info.ge is None else info.ge
        case msgspec.inspect.FloatType():
            return 0.5
        case msgspec.inspect.ListType() | msgspec.inspect.VarTupleType() | msgspec.inspect.CollectionType():
            return [_value(info.item_type, name)]
        case msgspec.inspect.DictType():
            return {_key(info.key_type): _value(info.value_type, name)}
        case msgspec.inspect.EnumType():
            return next(iter(info.cls)).value
    return None


def _told(schema: Mapping[str, Any]) -> Any:
    """Return what the JSON Schema that a type brings says of its values, None if nothing."""
    return schema["enum"][0] if "enum" in schema else BY_FORMAT.get(schema.get("format", ""))


def _struct(info: msgspec.inspect.StructType) -> dict[str, Any]:
    fields = {} if info.tag_field is None else {info.tag_field: info.tag}
    for field in info.fields:
        if field.default is not msgspec.UNSET:
            fields[field.encode_name] = _value(field.type, field.encode_name)
    return fields


def _key(info: msgspec.inspect.Type) -> str:
    return str(_value(info, "name"))


def _text(name: str) -> str:
    low = name.lower()
    text = BY_NAME.get(low, "")
    if not text and (low.endswith("_at") or name.endswith("At")):
        text = TIME
    if not text and low.endswith("id"):
        text = ULID if name.endswith("_id") or name == "id" else UUID
    if not text and "hash" in low:
        text = HASH
    return text or "text"
