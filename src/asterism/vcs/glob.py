"""Patterns of ignore files as regular expressions over bytes that never backtrack for long (gitignore(5)).

A name is bytes: `?` and a class stand for one byte, as they do to git. `*` stays within one part of a path, and `**`
between slashes spans any number of parts. Each of them is translated so that the first place where what follows it fits
is final (an atomic group): nothing later can depend on that choice, so time is linear in the length of the name for any
pattern. Only the last piece, which has to reach the end, is tried at several places.
"""

import re
from dataclasses import dataclass, field

from asterism.vcs.glob_class import NeverMatches, read_class

__all__ = ["LONGEST_PATH", "NeverMatches", "literal_length", "translate_name", "translate_path"]

LONGEST_PATH = 4096  # PATH_MAX of Linux: what needs more bytes than this matches no path that can be asked about
_SPECIAL = re.compile(rb"[*?\[\\]")
_STARS = re.compile(rb"\*+")
_REST = b".*"
Element = bytes | None
"""One byte of a name as a regular expression; None for `*`."""


def literal_length(pattern: bytes) -> int:
    """Return how many bytes at the start of a pattern stand for themselves."""
    found = _SPECIAL.search(pattern)
    return found.start() if found else len(pattern)


def translate_name(pattern: bytes) -> bytes:
    """Return the regular expression of a pattern without slashes, for one part of a path. Raises NeverMatches."""
    block = _Block()
    position = 0
    while position < len(pattern):
        position = block.take(pattern, position)
    return _part(block.parts[0]) + rb"\Z"


def translate_path(pattern: bytes) -> bytes:
    """Return the regular expression of a pattern that is asked about whole paths. Raises NeverMatches.

    As in git, `**` is special after the pattern's literal beginning too, not only after a slash.
    """
    fixed = literal_length(pattern)
    regex = re.escape(pattern[:fixed])
    *blocks, last = _blocks(pattern, fixed)
    for block in blocks:
        regex += rb"(?>%s)" % block.regex()
    return regex + (_REST if last.spans == _REST else last.regex()) + rb"\Z"


@dataclass(slots=True)
class _Block:
    """What stands between two special `**`: parts, the last of them empty when the block ends in a slash.

    `spans` says how many parts may stand before it: none (`b""`, the first block), any number (`*?`), at least one
    (`+?`), or everything that is left (`.*`, and then the block is empty).
    """

    spans: bytes = b""
    parts: list[list[Element]] = field(default_factory=lambda: [[]])
    size: int = 0

    def take(self, pattern: bytes, position: int) -> int:
        """Take the element at a position and return where the next one begins."""
        element, position = _element(pattern, position)
        if element == b"/":
            self.parts.append([])
        elif element is not None or self.parts[-1][-1:] != [None]:
            self.parts[-1].append(element)
        self.size += element is not None
        if self.size > LONGEST_PATH:
            raise NeverMatches
        return position

    @property
    def begins_a_part(self) -> bool:
        """Whether nothing of the present part has been taken yet."""
        return not self.parts[-1]

    @property
    def empty(self) -> bool:
        """Whether nothing has been taken yet."""
        return self.parts == [[]]

    def regex(self) -> bytes:
        """Return the regular expression of what may stand before the block and of the block."""
        text = b"/".join(map(_part, self.parts))
        return rb"(?:[^/]*/)%s%s" % (self.spans, text) if self.spans else text


def _blocks(pattern: bytes, position: int) -> list[_Block]:
    """Cut a pattern at its special `**`, from a position on."""
    blocks = [_Block()]
    while position < len(pattern):
        stars = _STARS.match(pattern, position)
        end = stars.end() if stars else position
        after = pattern[end : end + 2]
        special = not after or after[:1] == b"/" or after == b"\\/"
        if not (special and end - position > 1 and blocks[-1].begins_a_part):
            position = blocks[-1].take(pattern, position)
            continue
        spans = _REST if not after else b"*?" if after[:1] == b"/" else b"+?"
        if blocks[-1].empty and blocks[-1].spans == spans == b"*?":  # `**/**/` is `**/`
            blocks.pop()
        blocks.append(_Block(spans))
        position = end + (0 if not after else 1 if after[:1] == b"/" else 2)
        if len(blocks) > LONGEST_PATH:
            raise NeverMatches
    return blocks


def _element(pattern: bytes, position: int) -> tuple[Element, int]:
    """Return the element at a position and where the next one begins. Raises NeverMatches."""
    first = pattern[position : position + 1]
    stars = _STARS.match(pattern, position)
    if stars:
        return None, stars.end()
    if first == b"?":
        return rb"[^/]", position + 1
    if first == b"[":
        return read_class(pattern, position)
    if first == b"\\":
        position += 1
        if position == len(pattern):
            raise NeverMatches
    return re.escape(pattern[position : position + 1]), position + 1


def _part(elements: list[Element]) -> bytes:
    """Return the regular expression of one part of a path, to be followed by a slash or the end."""
    pieces: list[list[bytes]] = [[]]
    for element in elements:
        if element is None:
            pieces.append([])
        else:
            pieces[-1].append(element)
    first, *others = [b"".join(piece) for piece in pieces]
    if not others:
        return first
    middle = b"".join(rb"(?>[^/]*?%s)" % text for text in others[:-1] if text)
    return first + middle + (rb"[^/]*?%s" % others[-1] if others[-1] else rb"[^/]*+")
