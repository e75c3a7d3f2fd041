"""Reading bodies that are forms, as OAuth clients send them, or JSON objects with the same fields."""

from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec

from asterism.asgi.body import JSON_LIMIT, Upload
from asterism.base.errors import Invalid, Unsupported

V = TypeVar("V")
FORM = "application/x-www-form-urlencoded"


async def read_form(body: Upload) -> dict[str, str]:
    """Return the fields of a form body; of repeated ones the last. Raises Unsupported, Invalid, TooLarge."""
    raw, media = await body.read(JSON_LIMIT), body.media
    if media and media != FORM:
        raise Unsupported(f"This route takes a form, not {media[:80]}.", hint=f"Send Content-Type: {FORM}.")
    return _decode_form(raw)


async def read_fields(body: Upload) -> dict[str, object]:
    """Return the fields of a form or of a JSON object. Raises Unsupported, Invalid, TooLarge."""
    raw, media = await body.read(JSON_LIMIT), body.media
    if media == FORM:
        return dict(_decode_form(raw))
    if media and media != "application/json" and not media.endswith("+json"):
        raise Unsupported(f"This route takes JSON or a form, not {media[:80]}.")
    try:
        return _storable(msgspec.json.decode(raw or b"{}", type=dict[str, object]))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid("The body is not a JSON object.") from error


async def read_any_fields(body: Upload) -> dict[str, object]:
    """Return what fields can be made out in a body that may be anything. Raises TooLarge."""
    raw = await body.read(JSON_LIMIT)
    try:
        if body.media == FORM:
            return dict(_decode_form(raw))
        return msgspec.json.decode(raw or b"{}", type=dict[str, object])
    except (Invalid, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


def _decode_form(raw: bytes) -> dict[str, str]:
    try:
        fields = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError as error:
        raise Invalid("The body is not a form.") from error
    return _storable(dict(fields))


def _storable(fields: dict[str, V]) -> dict[str, V]:
    """Return the fields. Raises Invalid for a text that no database can hold."""
    for name, value in fields.items():
        if isinstance(value, str) and "\x00" in value:
            raise Invalid.field(name, "holds U+0000")
    return fields
