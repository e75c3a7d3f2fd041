"""Line differences of one file, for people: unified text and counts."""

import difflib
from dataclasses import dataclass

MAX_BYTES = 1024 * 1024
MAX_LINES = 20_000
CONTEXT = 3


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
    before, after = decode_text(old or b""), decode_text(new or b"")
    if before is None or after is None:
        return TextDiff(binary=True)
    old_lines, new_lines = split_lines(before), split_lines(after)
    if max(len(old or b""), len(new or b"")) > MAX_BYTES or max(len(old_lines), len(new_lines)) > MAX_LINES:
        return TextDiff(too_large=True)
    names = ("/dev/null" if old is None else f"a/{path}", "/dev/null" if new is None else f"b/{path}")
    lines = list(difflib.unified_diff(old_lines, new_lines, *names, n=CONTEXT))
    body = lines[2:]
    return TextDiff(
        text="".join(_terminated(line) for line in lines),
        additions=sum(line.startswith("+") for line in body),
        deletions=sum(line.startswith("-") for line in body),
    )


def _terminated(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, cut after line feeds alone (a form feed or U+2028 stays within its line)."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])
