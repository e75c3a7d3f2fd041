"""What people may call things (Fastest 0.5)."""

import unicodedata

from asterism.base.errors import Invalid

MAX_NAME = 255


def clean_name(text: str, field: str = "name") -> str:
    """Return a name without surrounding blanks. Raises Invalid unless 1..255 characters and no control character."""
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise Invalid.field(field, f"must have 1 to {MAX_NAME} characters")
    if has_control(name):
        raise Invalid.field(field, "must not contain control characters")
    return name


def has_control(text: str) -> bool:
    """Say whether a text contains a control character (a line break included)."""
    return any(unicodedata.category(character) == "Cc" for character in text)
