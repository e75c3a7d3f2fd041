"""Secrets out of what programs say: lines are put together first, so that a value in pieces is seen whole. Pure."""

import codecs
from collections.abc import Callable, Iterable
from typing import Final

MASK: Final = "***"
SHORTEST: Final = 4  # characters: shorter values would mask ordinary words
LONGEST_LINE: Final = 64 * 1024  # characters: a longer line is told in pieces


def needles(values: Iterable[str]) -> tuple[str, ...]:
    """Return what is to be masked: values of four characters or more, each line of one of several; the long first."""
    lines = {line.strip() for value in values for line in (value, *value.splitlines())}
    return tuple(sorted((line for line in lines if len(line) >= SHORTEST), key=lambda line: (-len(line), line)))


def mask(text: str, secrets: Iterable[str]) -> str:
    """Return a text with `***` in the place of each secret."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


class Lines:
    """Bytes in, masked lines out: `say` is given each whole line, without its end."""

    def __init__(self, secrets: tuple[str, ...], say: Callable[[str], None]) -> None:
        self._secrets, self._say = secrets, say
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""

    def feed(self, data: bytes) -> None:
        """Take what a program said."""
        self._rest += self._decode(data).replace("\0", "\ufffd")
        *whole, self._rest = self._rest.replace("\r\n", "\n").split("\n")
        for line in whole:
            self._tell(line)
        if len(self._rest) > LONGEST_LINE:
            self._rest = self._begun(mask(self._rest, self._secrets))

    def end(self) -> None:
        """Tell what is left without an end."""
        rest, self._rest = self._rest + self._decode(b"", True), ""
        if rest:
            self._tell(rest)

    def _begun(self, line: str) -> str:
        """Tell a line that is too long, but for what may be the beginning of a secret."""
        keep = max((len(secret) - 1 for secret in self._secrets), default=0)
        told = len(line) - keep
        if told <= 0:
            return line
        self._say(line[:told])
        return line[told:]

    def _tell(self, line: str) -> None:
        self._say(mask(line.rstrip("\r"), self._secrets))
