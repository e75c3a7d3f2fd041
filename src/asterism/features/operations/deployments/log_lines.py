"""Secrets out of what programs say: lines are put together first, so that a value in pieces is seen whole. Pure."""

import codecs
from collections.abc import Callable
from typing import Final

from asterism.base.masks import mask

LONGEST_LINE: Final = 64 * 1024  # characters: a longer line is told in pieces


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
