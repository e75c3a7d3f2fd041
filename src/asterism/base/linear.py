"""Regular expressions for text that others wrote: every search takes time linear in the text, whatever the text is.

The engine is RE2. It has no look-around and no back-references, it counts repetitions up to 1,000, its classes (`\\w`,
`\\d`, `\\s`, `\\b`) are ASCII, and it lets other threads run while it searches.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol, cast

from asterism.base.libraries import later

re2: Any = later("re2")
_MEMORY = 64 << 20


class PatternError(ValueError):
    """A text is no pattern of RE2's syntax."""


class Hit(Protocol):
    """A match, as `re.Match` has it; offsets count characters."""

    def __getitem__(self, group: int) -> str: ...
    def start(self, group: int = 0) -> int:
        """Return where a group begins, -1 when it took no part."""
        ...

    def end(self, group: int = 0) -> int:
        """Return where a group ends, -1 when it took no part."""
        ...

    def span(self, group: int = 0) -> tuple[int, int]:
        """Return both."""
        ...


class Pattern:
    """A pattern, compiled at its first use."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _engine(self) -> Any:
        try:
            return re2.compile(self.text)
        except re2.error as error:
            raise PatternError(str(error)) from error

    @cached_property
    def groups(self) -> dict[str, int]:
        """The numbers of the named groups."""
        return dict(self._engine.groupindex)

    def search(self, text: str) -> Hit | None:
        """Find the first match."""
        return cast("Hit | None", self._engine.search(_encodable(text)))

    def match(self, text: str) -> Hit | None:
        """Match at the beginning."""
        return cast("Hit | None", self._engine.match(_encodable(text)))

    def fullmatch(self, text: str) -> Hit | None:
        """Match all of it."""
        return cast("Hit | None", self._engine.fullmatch(_encodable(text)))

    def sub(self, new: Callable[[Hit], str], text: str) -> str:
        """Put `new(match)` in the place of every match."""
        pieces, at = [], 0
        for hit in self.finditer(text):
            start, end = hit.span()
            pieces += [text[at:start], new(hit)]
            at = end
        return "".join(pieces) + text[at:]

    def seen(self, hit: Hit) -> str:
        """Return what a match is about: its group `seen` where the pattern has one and it took part, else all of it."""
        group = self.groups.get("seen", 0)
        return hit[group] if hit.start(group) >= 0 else hit[0]

    def finditer(self, text: str) -> Iterator[Hit]:
        """Find every match, left to right, none overlapping."""
        return cast("Iterator[Hit]", self._engine.finditer(_encodable(text)))


class Choice:
    """Several patterns tried at the beginning of a text in one pass."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns

    @cached_property
    def _engine(self) -> Any:
        options = re2.Options()
        options.max_mem = _MEMORY
        engine = re2.Set.MatchSet(options)
        for pattern in self._patterns:
            engine.Add(pattern.text)
        engine.Compile()
        return engine

    def which(self, text: str) -> list[int]:
        """Return the places in the list of the patterns that match at the beginning, ascending."""
        return sorted(self._engine.Match(_encodable(text)) or ())


def compiled(text: str) -> Pattern:
    """Return a pattern of ours, in RE2's syntax."""
    return Pattern(text)


def checked(text: str) -> Pattern:
    """Return a pattern that somebody wrote, compiled. Raises PatternError when it is none."""
    pattern = Pattern(text)
    _ = pattern.groups
    return pattern


def _encodable(text: str) -> str:
    """Put a question mark in the place of every lone surrogate: the engine reads UTF-8, and offsets stay."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
