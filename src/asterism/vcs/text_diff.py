"""Line differences of one file, for people: unified text and counts."""

from dataclasses import dataclass

from asterism.vcs.linediff import MAX_LINES, within_limits
from asterism.vcs.unified.writer import compare

MAX_BYTES = 1024 * 1024

__all__ = ["MAX_BYTES", "MAX_LINES", "TextDiff", "decode_text", "text_diff"]


@dataclass(frozen=True, slots=True)
class TextDiff:
    """How a file's lines changed. `binary` files have no lines; `too_large` ones were not compared (both: no text)."""

    text: str = ""
    additions: int | None = None
    deletions: int | None = None
    binary: bool = False
    too_large: bool = False


def decode_text(content: bytes) -> str | None:
    """Return content as text, None when it is binary: not UTF-8, or with a NUL in it."""
    if b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def text_diff(path: str, old: bytes | None, new: bytes | None) -> TextDiff:
    """Compare two contents of a file (None: it is not there) by lines, as `diff -u` writes it."""
    sides = (old or b"", new or b"")
    if any(decode_text(side) is None for side in sides):
        return TextDiff(binary=True)
    if any(len(side) > MAX_BYTES or not within_limits(side) for side in sides):
        return TextDiff(too_large=True)
    file = compare(path, old, new)
    return TextDiff(file.render() if file.hunks else "", file.additions, file.deletions)
