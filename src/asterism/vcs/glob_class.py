"""Bracket expressions of ignore patterns: `[a-z]`, `[!x]`, `[[:digit:]]`, byte by byte as git reads them."""

import re


class NeverMatches(Exception):
    """The pattern can't match any name: an open class, an unknown class name, a lone backslash at the end."""


_NAMED = {
    b"alnum": rb"[0-9A-Za-z]",
    b"alpha": rb"[A-Za-z]",
    b"blank": rb"[ \t]",
    b"cntrl": rb"[\x00-\x1f\x7f]",
    b"digit": rb"[0-9]",
    b"graph": rb"[!-~]",
    b"lower": rb"[a-z]",
    b"print": rb"[ -~]",
    b"punct": rb"[!-/:-@\[-`{-~]",
    b"space": rb"[ \t\n\r]",
    b"upper": rb"[A-Z]",
    b"xdigit": rb"[0-9A-Fa-f]",
}
_ALL = (1 << 256) - 1


def read_class(pattern: bytes, position: int) -> tuple[bytes, int]:
    """Read the class that opens at a position; return its regular expression and where the next element begins.

    Members are bytes; a slash is never one. Raises NeverMatches when it is not closed, names an unknown class, or is
    empty.
    """
    reader = _Reader(pattern, position + 1)
    members = reader.read() & ~(1 << ord("/"))
    if not members:
        raise NeverMatches
    listed = b"".join(b"\\x%02x" % code for code in range(256) if members >> code & 1)
    return b"[%s]" % listed, reader.position


class _Reader:
    """Reads one class; sets of bytes are numbers with a bit for each byte."""

    def __init__(self, pattern: bytes, position: int) -> None:
        self._pattern = pattern
        self._end = -1  # the next closing bracket, once it was looked for
        self.position = position

    def read(self) -> int:
        """Return the members and leave `position` behind the closing bracket."""
        negated = self._pattern[self.position : self.position + 1] in (b"!", b"^")
        self.position += negated
        members, before, first = 0, 0, True
        while first or self._peek() != ord("]"):
            first = False
            named = self._named() if self._pattern.startswith(b"[:", self.position) else None
            if named is not None:
                members, before = members | named, 0
                continue
            dash = self._peek() == ord("-")
            code = self._byte()
            if dash and before and self._peek() != ord("]"):
                end = self._byte()
                members |= (1 << end + 1) - (1 << before) if end >= before else 0
                before = 0
            else:
                members, before = members | 1 << code, code
        self.position += 1
        return _ALL & ~members if negated else members

    def _peek(self) -> int:
        if self.position >= len(self._pattern):
            raise NeverMatches
        return self._pattern[self.position]

    def _byte(self) -> int:
        """Take a byte; a backslash gives the one that follows it."""
        if self._peek() == ord("\\"):
            self.position += 1
        code = self._peek()
        self.position += 1
        return code

    def _named(self) -> int | None:
        """Take `[:name:]` and return its set; None when it is not closed that way and so stands for itself."""
        start = self.position + 2
        if self._end < start:
            self._end = self._pattern.find(b"]", start)
        if self._end < 0:
            raise NeverMatches
        if self._end == start or self._pattern[self._end - 1] != ord(":"):
            return None
        name = self._pattern[start : self._end - 1]
        if name not in _NAMED:
            raise NeverMatches
        self.position = self._end + 1
        return sum(1 << code for code in range(256) if re.match(_NAMED[name], bytes([code])))
