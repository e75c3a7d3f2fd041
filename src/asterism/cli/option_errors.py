"""What the parser of options says about a wrong value, in the words of all other messages."""

import re
from typing import Any

_WORDS = (
    (re.compile(r"^Value error, "), ""),
    (re.compile(r"^Input should be a valid integer\b.*"), "must be a whole number"),
    (re.compile(r"^Input should be a (?:valid|finite) number\b.*"), "must be a number"),
    (re.compile(r"^Input should be less than or equal to "), "must be at most "),
    (re.compile(r"^Input should be greater than or equal to "), "must be at least "),
    (re.compile(r"^Input should be "), "must be "),
)


def in_words(error: Any) -> str:
    """Return the message of a `BadParameter`, without the phrases of the library that checked the value."""
    message = str(error.message)
    if not hasattr(error.__cause__, "errors"):  # the parser's own words, which are plain
        return message
    for pattern, words in _WORDS:
        message, found = pattern.subn(words, message, count=1)
        if found:
            break
    given = error.__cause__.errors()[0].get("input")
    if message.startswith("must be ") and isinstance(given, str | int | float):
        message += f", not {str(given)[:100]!r}"
    return message if message.endswith(".") else f"{message}."
