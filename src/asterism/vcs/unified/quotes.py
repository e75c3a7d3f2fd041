"""How git writes paths and bytes in the header lines of a diff."""

import re

from asterism.vcs.unified.errors import DiffError

_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}


def decode(raw: bytes) -> str:
    """Read bytes as UTF-8, keeping what is not UTF-8 as surrogate escapes (undone by `encode`)."""
    return raw.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Undo `decode`."""
    return text.encode("utf-8", "surrogateescape")


def quote(path: str) -> str:
    """Write a path as git does: in quotes with escapes when it holds control characters, a quote or a backslash.

    A folder whose name ends with a space is quoted too: git reads quotes everywhere, but not the bare header that it
    writes itself for such a path.
    """
    if not re.search(r'["\\\x00-\x1f\x7f]| /', path):
        return path
    names = {value: name for name, value in _ESCAPES.items()}
    out = []
    for char in path:
        code = ord(char)
        if code in names:
            out.append("\\" + names[code])
        else:
            out.append(f"\\{code:03o}" if code < 32 or code == 127 else char)
    return '"' + "".join(out) + '"'


def unquote(text: str) -> tuple[str, int]:
    """Read a C-quoted text that begins at its opening quote; return it and the index after the closing quote.

    Raises DiffError when it is not closed.
    """
    raw = bytearray()
    index = 1
    while index < len(text):
        char = text[index]
        if char == '"':
            return decode(bytes(raw)), index + 1
        if char == "\\" and (octal := re.match(r"[0-7]{3}", text[index + 1 : index + 4])):
            raw.append(int(octal[0], 8) & 255)
            index += 4
        elif char == "\\":
            raw.append(_ESCAPES.get(text[index + 1 : index + 2], 63))
            index += 2
        else:
            raw += encode(char)
            index += 1
    raise DiffError("a quoted path is not closed")
