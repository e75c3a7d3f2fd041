"""Contents that are no text, in the form in which git carries them in a patch (gitformat-diff, "GIT binary patch")."""

import base64
import hashlib
import zlib
from typing import Final

NOTHING: Final = "0" * 40
_LINE: Final = 52  # bytes of a line at most, which its first letter counts
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def binary_lines(old: bytes | None, new: bytes | None) -> list[str]:
    """Return the lines that lead from one content to another, either way; None is no file."""
    index = f"index {_git_id(old)}..{_git_id(new)}"
    return [index, "GIT binary patch", *_literal(new or b""), *_literal(old or b"")]


def _git_id(content: bytes | None) -> str:
    """Return what git calls a content; it compares that with what it has before it applies a patch."""
    if content is None:
        return NOTHING
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _literal(content: bytes) -> list[str]:
    packed = zlib.compress(content)
    pieces = (packed[start : start + _LINE] for start in range(0, len(packed), _LINE))
    lines = [f"{_LETTERS[len(piece) - 1]}{base64.b85encode(piece, pad=True).decode()}" for piece in pieces]
    return [f"literal {len(content)}", *lines, ""]
