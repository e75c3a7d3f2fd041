"""Thoughts that local models write into their text, between `<think>` and `</think>` at its beginning."""

from collections.abc import Iterator

_TAGS = {"<think>": "</think>", "<thinking>": "</thinking>"}


class ThoughtTags:
    """Splits a text, given in pieces, into thoughts and what follows them. Tags further on are text like any other."""

    def __init__(self) -> None:
        self._held = ""
        self._closing: str | None = None
        self._over = False
        self._margin = False  # white space between the thoughts and the text

    def take(self, piece: str) -> Iterator[tuple[bool, str]]:
        """Yield pieces, each with whether it is a thought. Holds back what may become a tag."""
        if self._over:
            yield False, self._without_margin(piece)
            return
        self._held += piece
        if self._closing is None and not self._opened():
            if self._over:
                yield False, self._let_go()
            return
        yield from self._inside(self._closing or "")

    def rest(self) -> Iterator[tuple[bool, str]]:
        """Yield what is still held back."""
        if self._held:
            yield self._closing is not None, self._let_go()

    def _opened(self) -> bool:
        start = self._held.lstrip()
        for opening, closing in _TAGS.items():
            if start.startswith(opening):
                self._closing, self._held = closing, start[len(opening) :]
                return True
        self._over = bool(start) and not any(opening.startswith(start) for opening in _TAGS)
        return False

    def _inside(self, closing: str) -> Iterator[tuple[bool, str]]:
        thought, found, after = self._held.partition(closing)
        if found:
            self._over, self._margin, self._held = True, True, ""
            yield True, thought
            yield False, self._without_margin(after)
            return
        kept = next(
            (n for n in range(min(len(closing) - 1, len(thought)), 0, -1) if closing.startswith(thought[-n:])), 0
        )
        self._held = thought[len(thought) - kept :]
        yield True, thought[: len(thought) - kept]

    def _without_margin(self, piece: str) -> str:
        if self._margin:
            piece = piece.lstrip()
            self._margin = not piece
        return piece

    def _let_go(self) -> str:
        held, self._held = self._held, ""
        return held
