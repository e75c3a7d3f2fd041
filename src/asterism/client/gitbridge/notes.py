"""What a transfer between git and a project could not carry, told once each."""

from collections.abc import Iterator

MOST = 1000


class Notes:
    """Collects sentences in their order; beyond `MOST` they are counted only."""

    def __init__(self) -> None:
        self._told: dict[str, None] = {}
        self._kinds: set[tuple[str, ...]] = set()
        self._more = 0

    def add(self, text: str) -> None:
        """Note a sentence, once."""
        if len(self._told) < MOST:
            self._told[text] = None
        elif text not in self._told:
            self._more += 1

    def once(self, *kind: str, text: str) -> None:
        """Note a sentence unless one of this kind was noted: what holds for many commits names the first."""
        if kind not in self._kinds:
            self._kinds.add(kind)
            self.add(text)

    def __iter__(self) -> Iterator[str]:
        yield from self._told
        if self._more:
            yield f"{self._more} more could not be carried"


def shown(raw: bytes) -> str:
    """Write a name of any bytes so that it can be read and printed."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
