"""Colour for people: where a terminal shows it, or FORCE_COLOR asks for it, and NO_COLOR does not forbid it."""

import os
from typing import Literal, TextIO

Style = Literal["bold", "red", "green", "yellow", "blue", "magenta", "cyan", "dim"]
_CODES: dict[Style, str] = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}

DIFF: dict[str, Style] = {"+": "green", "-": "red", "@": "cyan"}
"""The styles of a diff's lines, by their first character."""


def coloured(stream: TextIO) -> bool:
    """Say whether what goes to `stream` is to have colours (no-color.org, force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0") or os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, style: Style | None, *, on: bool) -> str:
    """Return the text in a style, as it is without one or when colours are off."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if on and style is not None and text else text
